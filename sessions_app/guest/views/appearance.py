"""`/s/CODE/brand.css`, `/logo` and `/manifest.webmanifest`: what the page looks like, here and on a home screen; and
`/worker.js`, which keeps what a guest has seen for the time without a connection.

Open to all, as the session's name is: they also dress the page that asks for the PIN, and the one that says that the
session is closed.
"""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from facepass.core.requests.hashed_static_files import strip_comments
from sessions_app.guest.domain import branding
from sessions_app.models import PhotoSession

# Their addresses carry the version of what they serve, see `Brand.version`.
cache_for_a_year = cache_control(public=True, max_age=365 * 24 * 3600, immutable=True)
WORKER = "facepass/offline/worker.js"
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-512.png", "512x512", "maskable"),
)


@require_safe
@cache_for_a_year
def brand_css(request: HttpRequest, code: str) -> HttpResponse:
    colour = _find_session(code).studio.colour
    if not colour:
        raise Http404
    return HttpResponse(branding.build_stylesheet(colour), content_type="text/css")


@require_safe
@cache_for_a_year
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


@require_safe
@never_cache
def worker(request: HttpRequest, code: str) -> HttpResponse:
    """Answer with the script under an address below which it sees the pages of this session, and of no other."""
    _find_session(code)
    path = finders.find(WORKER)
    if not isinstance(path, str):
        raise Http404
    return HttpResponse(strip_comments(Path(path).read_bytes()), content_type="text/javascript; charset=utf-8")


def _find_session(code: str) -> PhotoSession:
    sessions = PhotoSession.objects.filter(gone_at=None).select_related("studio")
    return get_object_or_404(sessions, code=code.lower())
