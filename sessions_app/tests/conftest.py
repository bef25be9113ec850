from facepass.tests.fixtures import *  # noqa: F403
from sessions_app.tests.pixora import pixora  # noqa: F401 - a fixture
