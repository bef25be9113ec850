"""Django's settings. What differs between installations comes from `facepass.env`."""

import os
import socket
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django_stubs_ext
from corsheaders.defaults import default_headers
from django.utils.translation import gettext_lazy as _

import facepass
from facepass import env
from facepass.core import machine, secrets
from facepass.ops import embedded

# Lets annotations name what Django's generics hold, such as ModelAdmin[Gallery].
django_stubs_ext.monkeypatch()

BASE_DIR = env.BASE_DIR
ENV = env.load_environment()
HOME = ENV.facepass_home
# Model packs that `make` installs once, for all homes of this checkout.
SHARED_MODELS = BASE_DIR / "models"
# `up` sets the role of each child: "web" and "worker" differ in database pooling.
ROLE = os.environ.get("FACEPASS_ROLE", "command")

DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key or secrets.load_or_create_secret(HOME, "secret_key", hex_bytes=32)
TEMPLATE_KEY = bytes.fromhex(ENV.template_key or secrets.load_or_create_secret(HOME, "template_key", hex_bytes=32))

PUBLIC_URL = ENV.public_url or f"http://localhost:{ENV.port}"
ALLOWED_HOSTS = [*ENV.allowed_hosts] or list(
    dict.fromkeys(
        ["localhost", "127.0.0.1", "[::1]", socket.gethostname(), urlsplit(PUBLIC_URL).hostname or "localhost"]
    )
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PUBLIC_URL.startswith("https://") else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "facepass.apps.FacePassConfig",
    "recognition.apps.RecognitionConfig",
    "galleries.apps.GalleriesConfig",
    "training.apps.TrainingConfig",
    "sessions_app.apps.SessionsConfig",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "channels",
    "django_q",
    "corsheaders",
    "rest_framework",
    "rest_framework_simplejwt",
    "rest_framework_simplejwt.token_blacklist",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "storages",
]

MIDDLEWARE = [
    "facepass.ops.metrics.MetricsMiddleware",
    "facepass.core.requests.middleware.RequestIdMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "facepass.console.content_policy.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "facepass.core.requests.nul_characters.RejectNulMiddleware",
    "facepass.core.requests.middleware.OptionalSlashMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "facepass.core.requests.idempotency.IdempotencyMiddleware",
]

ROOT_URLCONF = "facepass.urls"
ASGI_APPLICATION = "facepass.asgi.application"
AUTH_USER_MODEL = "facepass.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def _database_at(address: str, **options: Any) -> dict[str, Any]:
    """Of a URL; what stands in its query goes to libpq as it is, such as `sslmode`."""
    url = urlsplit(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path[1:]),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "OPTIONS": {**options, **dict(parse_qsl(url.query))},
        "CONN_HEALTH_CHECKS": True,
    }


def pixora_database(address: str) -> dict[str, Any]:
    """Pixora's database, which is read and never written: it refuses that by itself, whoever asks by whatever way.

    Queries are cut off there after a second; how long anybody waits here is for `sessions_app.pixora.gateway` to say.
    """
    limits = "-c default_transaction_read_only=on -c statement_timeout=1000 -c lock_timeout=500"
    found = _database_at(address, connect_timeout=2, tcp_user_timeout=2000, keepalives_idle=10)
    found["OPTIONS"]["options"] = f"{found['OPTIONS'].get('options', '')} {limits}".strip()
    return {**found, "CONN_MAX_AGE": None, "DISABLE_SERVER_SIDE_CURSORS": True}


def _database() -> dict[str, Any]:
    """The database of DATABASE_URL, or the embedded one. Only the web process pools: a pool does not survive a fork.

    Workers keep theirs: they ask twice a second whether there is work, each time with a new one otherwise.
    """
    found = _database_at(ENV.database_url, connect_timeout=5) if ENV.database_url else embedded.database_settings(HOME)
    options = found.setdefault("OPTIONS", {})
    if ROLE == "web":
        options["pool"] = {"min_size": 1, "max_size": 20, "timeout": 10}
    if ROLE == "worker":
        found["CONN_MAX_AGE"] = 600
    # A connection may have outlived a restart of the database.
    return {**found, "ENGINE": "django.db.backends.postgresql", "CONN_HEALTH_CHECKS": True}


DATABASES = {"default": _database()}
if ENV.main_app_database_url:
    DATABASES["pixora"] = pixora_database(ENV.main_app_database_url)
DATABASE_ROUTERS = ["sessions_app.pixora.router.PixoraRouter"]

# For what can be computed again: a row of the cache may vanish at any time. What must not vanish is in tables.
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENV.redis_url}
    if ENV.redis_url
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        # At most: whoever adds one more row has a third of them deleted, whichever they are.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    # django-q2 writes its status twice a second, over a connection that it never renews; nobody here reads it.
    "queue_status": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}

CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [ENV.redis_url], "prefix": "facepass"},
    }
    if ENV.redis_url
    else {"BACKEND": "facepass.core.live.postgres_channel_layer.PostgresChannelLayer"}
}

# The photo's row is the job; a task is a wake-up call (see galleries/tasks.py). One worker per cluster process and no
# prefetch, so that `retry` can never run a task that is still waiting in a prefetch queue a second time.
WORKERS = ENV.workers or machine.recommended_workers(threads=ENV.inference_threads)
ANALYSIS_LEASE_SECONDS = ENV.analysis_lease_seconds
# The queue lets a task run so long.
TASK_SECONDS = 600
Q_CLUSTER = {
    "name": "facepass",
    "orm": "default",
    "cache": "queue_status",
    "workers": 1,
    "queue_limit": 1,
    "bulk": 1,
    "timeout": TASK_SECONDS,
    "retry": 1500,
    "max_attempts": 3,
    "recycle": 200,
    "max_rss": 1_500_000,
    "poll": 0.5,
    "guard_cycle": 0.5,
    "catch_up": False,
    "scheduler": False,
    "save_limit": 200,
    "label": _("Jobs"),
    "log_level": "WARNING",
}

MAX_UPLOAD_BYTES = ENV.max_upload_mb * 1_000_000
MAX_PIXELS = ENV.max_pixels_mp * 1_000_000
# A request may carry several photos; each file is limited on its own while it is read (galleries/photos/ingest.py).
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FILES = 500

MEDIA_ROOT = HOME / "media"
# Where no server takes e-mail (EMAIL_URL), what staff would be told lies here as files.
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if ENV.email_url else 'filebased'}.EmailBackend"


def s3_storage(bucket: str, *, endpoint: str) -> dict[str, Any]:
    """Private objects behind links that expire; credentials come from the usual AWS variables."""
    options = {
        "default_acl": None,
        "querystring_auth": True,
        "querystring_expire": 900,
        "file_overwrite": False,
        "signature_version": "s3v4",  # the older one can not sign an upload's size
    }
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": bucket, "endpoint_url": endpoint or None, **options},
    }


STORAGES: dict[str, dict[str, Any]] = {
    "default": s3_storage(ENV.s3_bucket, endpoint=ENV.s3_endpoint_url)
    if ENV.s3_bucket
    else {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_ROOT}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Without a server no e-mail is offered to anybody. Port 25 is for servers that talk in the clear, inside a house.
_MAIL = urlsplit(ENV.email_url)
EMAIL_HOST = _MAIL.hostname or ""
EMAIL_PORT = _MAIL.port or (465 if _MAIL.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_MAIL.username or ""), unquote(_MAIL.password or "")
EMAIL_USE_SSL = _MAIL.scheme == "smtps"
EMAIL_USE_TLS = _MAIL.scheme == "smtp" and EMAIL_PORT != 25
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from or f"facepass@{urlsplit(PUBLIC_URL).hostname}"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

LANGUAGE_CODE = ENV.language_code
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
# Our own texts; and Russian for texts of libraries, which makemessages cannot find in our code.
LOCALE_PATHS = [BASE_DIR / "facepass" / "locale", BASE_DIR / "facepass" / "locale_libraries"]
FORMAT_MODULE_PATH = "facepass.formats"
TIME_ZONE = ENV.time_zone
USE_TZ = True

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "facepass.core.access.authentication.ApiKeyAuthentication",
        "facepass.core.access.authentication.JwtAuthentication",
        "facepass.core.access.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["facepass.core.access.authentication.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["facepass.core.access.authentication.PrincipalThrottle"],
    "DEFAULT_PARSER_CLASSES": ["facepass.core.api.parsers.JSONParser"],  # a view that takes files says so
    "DEFAULT_RENDERER_CLASSES": ["facepass.core.api.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "facepass.core.api.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "facepass.core.api.schema.Operation",
    # OPTIONS is a 405: what a path takes is in /openapi.json.
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "facepass.core.errors.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
if ENV.oauth2_enabled:
    INSTALLED_APPS += ["facepass.oauth.apps.OAuthConfig", "oauth2_provider"]
    OAUTH2_PROVIDER_APPLICATION_MODEL = "facepass_oauth.Application"
    OAUTH2_PROVIDER = {
        "SCOPES_BACKEND_CLASS": "facepass.oauth.scopes.ScopesOfKey",
        "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
        "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,  # digests, as of API keys
        "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
        "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    }
    # Before what takes every bearer token for a JWT.
    REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"].insert(1, "facepass.oauth.authentication.OAuthAuthentication")
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "CHECK_REVOKE_TOKEN": True,  # a new password ends all tokens
    "UPDATE_LAST_LOGIN": True,
}
# Name: requests a minute, and how many of them at once (see `facepass.core.access.rate_limits`).
RATE_LIMITS: dict[str, tuple[float, int]] = {
    "guest": (ENV.rate_limit_requests_per_minute, ENV.rate_limit_burst),
    "key": (ENV.rate_limit_key_requests_per_minute, ENV.rate_limit_key_burst),
    "login": (10, 5),
    # Guests who agreed (see `sessions_app.guest.domain.guest_search`). A whole party has its Wi-Fi's address.
    "guest_address": (120, 40),
    "guest_consent": (60, 40),
    "guest_device": (10, 6),
    "guest_session": (300, 60),
    "guest_miss": (0.5, 5),
    "guest_look": (60, 5),
    "guest_mail": (2, 3),
    "guest_alert": (0.05, 3),  # messages that ask for a confirmation: of one guest, and to one address
    "guest_pin": (2, 5),
    "guest_pin_session": (20, 40),
}
TRUSTED_PROXIES = ENV.trusted_proxies
WEBHOOK_ALLOWED_NETWORKS = [*ENV.webhook_allowed_networks]

# Other origins send their key in a header; cookies stay ours.
CORS_ALLOWED_ORIGINS = [*ENV.cors_allowed_origins]
CORS_ALLOW_HEADERS = [*default_headers, "idempotency-key", "if-match", "x-request-id", "x-studio"]
CORS_EXPOSE_HEADERS = ["ETag", "Idempotent-Replayed", "Location", "Retry-After", "X-Request-ID"]

SPECTACULAR_SETTINGS = {
    "TITLE": "FacePass",
    "DESCRIPTION": "Finds people in event photos by their face.",
    "VERSION": facepass.__version__,
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "facepass.core.api.schema.complete",
    ],
    "ENUM_NAME_OVERRIDES": {
        "DeliveryStateEnum": "sessions_app.models.DeliveryState",
        "TrainingStatusEnum": "training.models.FaceTrainingSession.Status",
    },
    "GET_LIB_DOC_EXCLUDES": "facepass.core.api.schema.bases_without_description",
    "COMPONENT_SPLIT_REQUEST": True,  # what is only read is not asked for
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# Pages carry no inline script; the admin's Alpine and the API browser need more, and say so where they are served.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": [
            "'self'",
            "data:",
            "blob:",
            *([ENV.s3_endpoint_url or "https://*.amazonaws.com"] if ENV.s3_bucket else []),
        ],
        "media-src": ["'self'", "blob:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

UNFOLD = {
    "SITE_TITLE": "FacePass",
    "SITE_HEADER": "FacePass",
    "SITE_SYMBOL": "face",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "/static/facepass/logo.svg"}],
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"action": "/language/"},
    "DASHBOARD_CALLBACK": "facepass.console.dashboard.fill",
    "STYLES": ["/static/facepass-admin/admin.css"],
    "SIDEBAR": {"show_search": False, "navigation": "facepass.console.dashboard.navigation"},
}

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
