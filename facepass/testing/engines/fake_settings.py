"""The project's settings with the fake engine, for tests that start real worker processes.

DJANGO_SETTINGS_MODULE=facepass.testing.engines.fake_settings manage.py qcluster
"""

from facepass.settings import *  # noqa: F403

FACE_ENGINE_CLASS = "recognition.engines.fake.FakeEngine"
