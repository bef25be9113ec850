from facepass.tests.fixtures import *  # noqa: F403
from galleries.tests.browser import browser, serve, server  # noqa: F401
from galleries.tests.buckets import bucket  # noqa: F401
from galleries.tests.staff import gallery, staff, user  # noqa: F401
