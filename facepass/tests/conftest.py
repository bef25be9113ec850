from facepass.tests.fixtures import *  # noqa: F403
