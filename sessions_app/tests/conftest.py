from facepass.tests.fixtures import *  # noqa: F403
from recognition.tests.conftest import opencv_zoo_engine  # noqa: F401 - a fixture
from sessions_app.tests.guests import english, party  # noqa: F401 - fixtures
from sessions_app.tests.pixora import pixora  # noqa: F401 - a fixture
from sessions_app.tests.receiver import endpoint, receiver  # noqa: F401 - as above
