"""The pages: their Content-Security-Policy, and the look of the admin."""

from collections.abc import Callable

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from facepass.core.storage.bucket_address import browser_origin
from facepass.settings.base import ENV

# Pages carry no inline script; the admin's Alpine and the API browser need more, and say so where they are served.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": [
            "'self'",
            "data:",
            "blob:",
            *([browser_origin(ENV)] if ENV.s3_bucket else []),
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

# The green of the guests' pages (`--accent` in static/facepass/base.css) is 600. White on 600 and darker, and 400 and
# lighter on the dark ground, have a contrast of more than 4.5.
GREEN = {
    "50": "#eef8f5", "100": "#d5eee8", "200": "#addcd2", "300": "#7cc5b8", "400": "#4fb3a3", "500": "#2f9c8b",
    "600": "#0f6b5f", "700": "#0a554b", "800": "#0b443d", "900": "#0b3833", "950": "#04201d",
}  # fmt: skip


def _static_address(name: str) -> Callable[[HttpRequest], str]:
    """Return what unfold calls for the address of a static file, which has a hash in its name."""
    return lambda request: static(name)


UNFOLD = {
    "SITE_TITLE": "FacePass",
    "SITE_HEADER": "FacePass",
    "SITE_SYMBOL": "face",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _static_address("facepass/logo.svg")}],
    "COLORS": {"primary": GREEN},
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"action": "/language/"},
    "DASHBOARD_CALLBACK": "facepass.console.dashboard.build_first_page",
    "STYLES": [_static_address("facepass-admin/admin.css")],
    "ACCOUNT": {"navigation": [{"title": _("How you sign in"), "link": reverse_lazy("admin:account")}]},
    "SIDEBAR": {"show_search": False, "navigation": "facepass.console.navigation.build_navigation"},
}
