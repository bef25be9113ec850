"""What everything else builds on: paths, secrets, hosts, apps, middleware, sign-in, languages."""

import os
import socket
from urllib.parse import urlsplit

import django_stubs_ext
from django.utils.translation import gettext_lazy as _

from facepass import env
from facepass.core import secrets

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
    "recognition.apps.RecognitionAppConfig",
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
    *(["facepass.oauth.apps.OAuthConfig", "oauth2_provider"] if ENV.oauth2_enabled else []),
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

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
# Of the link for a new password, whose mail says so.
PASSWORD_RESET_TIMEOUT = 86_400
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

LANGUAGE_CODE = ENV.language_code
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
# Our own texts; and Russian for texts of libraries, which makemessages cannot find in our code.
LOCALE_PATHS = [BASE_DIR / "facepass" / "locale", BASE_DIR / "facepass" / "locale_libraries"]
FORMAT_MODULE_PATH = "facepass.formats"
TIME_ZONE = ENV.time_zone
USE_TZ = True
