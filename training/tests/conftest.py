from facepass.tests.fixtures import *  # noqa: F403
from recognition.tests.conftest import insightface_engine  # noqa: F401
