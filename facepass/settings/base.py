"""What everything else builds on: paths, secrets, hosts, apps, middleware, sign-in, languages."""

import os
import socket

import django_stubs_ext

from facepass import env
from facepass.core.keys.configured_secrets import KEYS_PATTERN, data_key_source, find_secret
from facepass.core.keys.sources import RereadSource
from facepass.core.public_address import host_of, normalise_host
from facepass.settings.languages import list_languages

# Lets annotations name what Django's generics hold, such as ModelAdmin[Gallery].
django_stubs_ext.monkeypatch()


BASE_DIR = env.BASE_DIR
ENV = env.load_environment()
HOME = ENV.facepass_home
# Model packs that `make` installs once, for all homes of this checkout.
SHARED_MODELS = BASE_DIR / "models"
# `up` sets the role of each child: "web" and "worker" differ in database pooling.
ROLE = os.environ.get("FACEPASS_ROLE", "command")

# As which this machine, or this home of it, stands in the list of hosts.
HOST_NAME = f"{socket.gethostname()}:{HOME}"[:300]

DEBUG = ENV.debug
SECRET_KEY = find_secret(ENV, "secret_key")
TEMPLATE_KEY = bytes.fromhex(find_secret(ENV, "template_key"))
# What must be read back is sealed by the first of these keys (`facepass.core.keys`).
DATA_KEYS = RereadSource(data_key_source(ENV), KEYS_PATTERN)

# Where nobody says how FacePass is reached: for people on this machine.
LOCAL_URL = f"http://localhost:{ENV.port}"
PUBLIC_URL = ENV.public_url or LOCAL_URL
OWN_HOSTS = ["localhost", "127.0.0.1", "[::1]", socket.gethostname()]
if not ENV.host.is_unspecified:
    OWN_HOSTS.append(normalise_host(str(ENV.host)))
ALLOWED_HOSTS = list(dict.fromkeys([*(ENV.allowed_hosts or OWN_HOSTS), host_of(PUBLIC_URL)]))
CSRF_FAILURE_VIEW = "facepass.pages.csrf_failure"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PUBLIC_URL.startswith("https://") else None
# Under digests of their keys, which are the cookies.
SESSION_ENGINE = "facepass.core.access.sign_in.session_store"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
# Sent where PUBLIC_URL is https, for a year. Neighbours of the host are their own to decide.
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PUBLIC_URL.startswith("https://") else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "facepass.apps.FacePassConfig",
    "facepass.ops.apps.OpsConfig",
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
    "facepass.core.api.waiting.WaitMiddleware",
    "facepass.core.requests.probe_hosts.ProbeHostMiddleware",
    "facepass.core.requests.security_headers.SecurityHeadersMiddleware",
    "facepass.ops.metrics.MetricsMiddleware",
    "facepass.core.requests.middleware.RequestIdMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "facepass.core.requests.compression.CompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "facepass.console.content_policy.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "sessions_app.guest.views.error_pages.MethodPageMiddleware",
    "facepass.core.requests.nul_characters.RejectNulMiddleware",
    "facepass.core.requests.middleware.OptionalSlashMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "facepass.core.requests.sign_in_gate.SignInGateMiddleware",
    "facepass.core.requests.audited_requests.AuditMiddleware",
    "facepass.core.access.installation.InstallationMiddleware",
    "facepass.console.studio_time.StudioTimeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "facepass.core.requests.rate_limit_headers.RateLimitMiddleware",
    "facepass.core.requests.idempotency.IdempotencyMiddleware",
    "facepass.pages.UnavailableMiddleware",
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
# Empty, "all", or roles of studios: who has to have a second factor.
REQUIRE_TWO_FACTOR = frozenset(ENV.require_two_factor)
# Without it everybody signs in at the provider (`facepass.core.access.openid`).
PASSWORD_LOGIN = ENV.password_login
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

LANGUAGE_CODE = ENV.language_code
LANGUAGES = list_languages(BASE_DIR / "facepass" / "locale")
# Our own texts; and Russian for texts of libraries, which makemessages cannot find in our code.
LOCALE_PATHS = [BASE_DIR / "facepass" / "locale", BASE_DIR / "facepass" / "locale_libraries"]
FORMAT_MODULE_PATH = "facepass.formats"
TIME_ZONE = ENV.time_zone
USE_TZ = True
