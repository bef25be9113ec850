"""The photo session or gallery that a staff page works in."""

from uuid import UUID

from django.http import Http404, HttpRequest

from facepass.console.base import VERIFIERS
from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import studios_of
from galleries.faces import live_events
from galleries.models import Occasion
from galleries.staff_kit.json_views import require_role


def find_occasion(request: HttpRequest, key: UUID) -> Occasion:
    """Return the occasion of that photo session or gallery. Raise Http404 for a stranger's."""
    occasion = Occasion.find_visible(key, user_of(request))
    if occasion is None:
        raise Http404
    return occasion


def require_occasion(request: HttpRequest, key: UUID) -> Occasion:
    """Return the occasion for whoever may decide in it. Raise Http404, or PermissionDenied for who may look only."""
    occasion = find_occasion(request, key)
    require_role(request, occasion.studio_id, VERIFIERS)
    return occasion


def occasion_title(occasion: Occasion) -> str:
    """Return the titles of its galleries, the oldest first."""
    return ", ".join(occasion.galleries.order_by("created_at").values_list("title", flat=True))


def occasion_version(occasion: Occasion) -> str:
    """Return the version of what its pages show; it changes whenever somebody decides or new faces come."""
    return live_events.build_occasion_snapshot(occasion)["version"]


def studios_snapshot(request: HttpRequest) -> live_events.SnapshotEvent:
    """Return the state of all studios of the user, for pages that show more than one occasion."""
    return live_events.build_studios_snapshot(list(studios_of(user_of(request)).values_list("pk", flat=True)))
