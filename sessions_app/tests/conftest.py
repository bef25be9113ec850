from facepass.testing.clients import *  # noqa: F403
from facepass.testing.engines.real import opencv_zoo_engine  # noqa: F401 - a fixture
from facepass.testing.pages.guests import english, party  # noqa: F401 - fixtures
from facepass.testing.stand_ins.pixora import pixora  # noqa: F401 - a fixture
from facepass.testing.stand_ins.webhook_receiver import endpoint, receiver  # noqa: F401 - as above
