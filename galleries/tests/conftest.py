from facepass.testing.clients import *  # noqa: F403
from facepass.testing.pages.browser import browser, serve, server  # noqa: F401
from facepass.testing.pages.staff import gallery, staff, user  # noqa: F401
from facepass.testing.stand_ins.s3 import bucket  # noqa: F401
