"""The API: how requests are authenticated, limited, documented, and allowed from other origins."""

from datetime import timedelta
from typing import Any

from corsheaders.defaults import default_headers

import facepass
from facepass.settings.base import ENV

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
    "DEFAULT_PAGINATION_CLASS": "facepass.core.api.pagination.Cursors",
    # As moments: the renderer writes all of them in one way.
    "DATETIME_FORMAT": None,
    "DEFAULT_SCHEMA_CLASS": "facepass.core.api.schema.Operation",
    # OPTIONS is a 405: what a path takes is in /openapi.json.
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "facepass.core.errors.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
if ENV.oauth2_enabled:
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
    "LEEWAY": timedelta(seconds=30),  # hosts' clocks differ
    "CHECK_REVOKE_TOKEN": True,  # a new password ends all tokens
    "UPDATE_LAST_LOGIN": True,
}
# Name: requests a minute, and how many of them at once (see `facepass.core.access.rate_limits`).
RATE_LIMITS: dict[str, tuple[float, int]] = {
    "guest": (ENV.rate_limit_requests_per_minute, ENV.rate_limit_burst),
    "key": (ENV.rate_limit_key_requests_per_minute, ENV.rate_limit_key_burst),
    "media": (1200, 400),  # files of photos, by a key
    "media_original": (240, 120),  # of these the originals: by a key, a member, or an address with signed links
    "login": (10, 5),
    "second_factor": (0.5, 6),  # wrong codes for one account
    "password_mail": (0.05, 3),  # links for a new password, to one address
    # Guests who agreed (see `sessions_app.guest.domain.guest_search`). A whole party has its Wi-Fi's address.
    "guest_address": (120, 40),
    "guest_consent": (60, 40),
    "guest_device": (10, 6),
    "guest_session": (300, 60),
    "guest_miss": (0.5, 5),
    # Beyond these a search takes the challenge before the camera, and nobody is refused. A party of 60 behind one
    # address searches twice each, and half of them may find nothing at first.
    "guest_device_searches": (0.2, 10),
    "guest_address_searches": (1, 120),
    "guest_address_misses": (0.5, 30),
    "guest_session_misses": (5, 150),
    "guest_look": (60, 5),
    "guest_give": (6, 10),  # forms with photos of their own, of one guest
    "guest_mail": (2, 3),
    "guest_alert": (0.05, 3),  # messages that ask for a confirmation: of one guest, and to one address
    # Wrong ones: a right PIN takes nothing away from who comes next.
    "guest_pin": (0.5, 20),
    "guest_pin_session": (4, 60),
    "guest_code": (60, 300),  # codes that no session has
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
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "facepass.core.api.document.completion.complete_document",
    ],
    "ENUM_NAME_OVERRIDES": {
        "PhotoStateEnum": "galleries.models.photo.PhotoState",
        "EnrolmentStateEnum": "galleries.api.enrolments.STATES",
        "DeletionOutcomeEnum": "facepass.core.api.bulk_deletion.OUTCOMES",
        "LegalBasisEnum": "sessions_app.models.LegalBasis",
        "PrivacyLevelEnum": "sessions_app.api.privacy_shapes.LEVELS",
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
