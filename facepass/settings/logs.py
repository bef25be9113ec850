"""What is logged, and how."""

from facepass.settings.base import ENV

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {request_id}: {message}", "style": "{"}},
    "filters": {"request_id": {"()": "facepass.core.requests.middleware.RequestIdFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": ENV.log_level},
    "loggers": {
        "django-q": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # It tells at INFO which of its builds this processor can not run.
        "faiss": {"level": "WARNING"},
        # They tell of every letter that goes into a table card.
        "fontTools": {"level": "WARNING"},
    },
}
