"""The project's settings, with what makes hundreds of tests cheaper."""

from facepass.settings import *  # noqa: F403

# Hundreds of tests sign somebody in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Static files are looked up when they are asked for. Each test's client would list all of them otherwise.
WHITENOISE_AUTOREFRESH = True
