"""The project's settings, with what makes hundreds of tests cheaper."""

from facepass.settings import *  # noqa: F403
from facepass.testing.home import run_folder

# Hundreds of tests sign somebody in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Static files are looked up when they are asked for. Each test's client would list all of them otherwise.
WHITENOISE_AUTOREFRESH = True
# Built once, for all processes of the run.
STATIC_ROOT = run_folder() / "static"
# All tests come from one address, and their queries are counted: no limits but where a test sets some.
RATE_LIMITS: dict[str, tuple[float, int]] = {}
# A test sees what it has just changed.
METRICS_SECONDS = 0.0
