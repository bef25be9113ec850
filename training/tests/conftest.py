from facepass.testing.clients import *  # noqa: F403
from facepass.testing.engines.real import insightface_engine  # noqa: F401
