"""The project's settings with cheap passwords: hundreds of tests sign somebody in."""

from facepass.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
