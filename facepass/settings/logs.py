"""What is logged, and how."""

from facepass.core.requests import redaction
from facepass.settings.base import ENV

redaction.install()
# Those of Django's loggers whose records carry the request.
WITH_REQUEST = (
    "django.request",
    "django.security.csrf",
    *(
        f"django.security.{name}"
        for name in (
            "SuspiciousOperation", "SuspiciousFileOperation", "SuspiciousSession", "SuspiciousMultipartForm",
            "DisallowedHost", "DisallowedRedirect", "TooManyFieldsSent", "TooManyFilesSent", "RequestDataTooBig",
            "InvalidSessionKey", "BadRequest",
        )
    ),
)  # fmt: skip

# A request that takes longer has a line in the log; 0: none has.
SLOW_REQUEST_SECONDS = ENV.slow_request_ms / 1000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "facepass.core.requests.redaction.RedactingFormatter",
            "format": "{asctime} {levelname} {name} {request_id}: {message}",
            "style": "{",
        },
        "json": {"()": "facepass.core.requests.redaction.RedactingJsonFormatter"},
    },
    "filters": {
        "request_id": {"()": "facepass.core.requests.middleware.RequestIdFilter"},
        "without_probes": {"()": "facepass.core.requests.probe_hosts.WithoutProbesFilter"},
        "without_request": {"()": "facepass.core.requests.redaction.WithoutRequestFilter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": ENV.log_format, "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": ENV.log_level},
    "loggers": {
        "django-q": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # It tells at INFO which of its builds this processor can not run.
        "faiss": {"level": "WARNING"},
        # It tells which passkeys there are.
        "fido2": {"level": "WARNING"},
        # At DEBUG it tells the secrets of a sign-in.
        "authlib": {"level": "INFO"},
        # They tell of every letter that goes into a table card.
        "fontTools": {"level": "WARNING"},
        **{name: {"filters": ["without_probes", "without_request"]} for name in WITH_REQUEST},
    },
}
