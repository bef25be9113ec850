"""E-mail."""

from urllib.parse import unquote, urlsplit

from facepass.settings.base import ENV, HOME, PUBLIC_URL

# Where no server takes e-mail (EMAIL_URL), what staff would be told lies here as files.
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if ENV.email_url else 'filebased'}.EmailBackend"

# Without a server no e-mail is offered to anybody. Port 25 is for servers that talk in the clear, inside a house.
_MAIL = urlsplit(ENV.email_url)
EMAIL_HOST = _MAIL.hostname or ""
EMAIL_PORT = _MAIL.port or (465 if _MAIL.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_MAIL.username or ""), unquote(_MAIL.password or "")
EMAIL_USE_SSL = _MAIL.scheme == "smtps"
EMAIL_USE_TLS = _MAIL.scheme == "smtp" and EMAIL_PORT != 25
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from or f"facepass@{urlsplit(PUBLIC_URL).hostname}"
