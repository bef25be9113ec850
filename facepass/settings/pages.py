"""The pages: their Content-Security-Policy, and the look of the admin."""

from facepass.settings.base import ENV

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
    "DASHBOARD_CALLBACK": "facepass.console.dashboard.build_first_page",
    "STYLES": ["/static/facepass-admin/admin.css"],
    "SIDEBAR": {"show_search": False, "navigation": "facepass.console.navigation.build_navigation"},
}
