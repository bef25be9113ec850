from facepass.testing.engines.real import *  # noqa: F403
