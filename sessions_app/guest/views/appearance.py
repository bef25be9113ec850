"""`/s/CODE/brand.css`, `/logo` and `/manifest.webmanifest`: what the page looks like, here and on a home screen.

Open to all, as the session's name is: they also dress the page that asks for the PIN, and the one that says that the
session is closed.
"""

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from sessions_app.guest.domain import branding
from sessions_app.models import PhotoSession

# Their addresses carry the version of what they serve, see `Brand.version`.
cache_for_a_month = cache_control(public=True, max_age=30 * 24 * 3600, immutable=True)
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-512.png", "512x512", "maskable"),
)


@require_safe
@cache_for_a_month
def brand_css(request: HttpRequest, code: str) -> HttpResponse:
    colour = _find_session(code).studio.colour
    if not colour:
        raise Http404
    return HttpResponse(branding.build_stylesheet(colour), content_type="text/css")


@require_safe
@cache_for_a_month
def logo(request: HttpRequest, code: str) -> HttpResponse:
    """Answer with the studio's logo, which the admin's form has made a PNG."""
    name = _find_session(code).studio.logo.name
    if not name:
        raise Http404
    with default_storage.open(name) as file:
        return HttpResponse(file.read(), content_type="image/png")


@require_safe
def manifest(request: HttpRequest, code: str) -> HttpResponse:
    """Let the page be put on the home screen, under the session's name."""
    session = _find_session(code)
    address = reverse("guest-page", args=[session.code])
    content = {
        "id": address,
        "name": session.name,
        "short_name": session.name[:24],
        "lang": get_language(),
        "start_url": address,
        "scope": address,
        "display": "standalone",
        "background_color": "#f6f6f2",
        "theme_color": session.studio.colour or "#0f6b5f",
        "icons": [
            {"src": static(f"facepass/icons/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


def _find_session(code: str) -> PhotoSession:
    sessions = PhotoSession.objects.filter(gone_at=None).select_related("studio")
    return get_object_or_404(sessions, code=code.lower())
