from facepass.testing.clients import *  # noqa: F403
