"""The photo session or gallery that a staff page works in."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count
from django.http import Http404, HttpRequest

from facepass.console.base import VERIFIERS
from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import studios_of
from galleries.faces import live_events
from galleries.models import Gallery, Occasion, PhotoFace
from galleries.staff_kit.json_views import Context, parse_page_uuid, require_role
from galleries.staff_kit.photo_sessions import SessionEntry, find_session, find_sessions


@dataclass(slots=True)
class OpenOccasion:
    """An occasion with names to confirm, whose key is the id of its photo session or gallery."""

    key: UUID
    proposed: int = 0
    titles: list[str] = field(default_factory=list)
    event: SessionEntry | None = None

    @property
    def title(self) -> str:
        """The event's name; of a gallery without one, its title."""
        return self.event.name if self.event else ", ".join(self.titles)


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


def find_chosen_occasion(request: HttpRequest) -> Occasion | None:
    """Return the occasion that the page's address names by `?of=`; None for all of them. Raise as `find_occasion`."""
    key = request.GET.get("of")
    return find_occasion(request, parse_page_uuid(key)) if key else None


def list_open_occasions(request: HttpRequest) -> list[OpenOccasion]:
    """Return the occasions of the user's studios that have names to confirm, the newest first; three queries."""
    proposed = PhotoFace.objects.visible_to(user_of(request)).proposed().order_by().values_list("gallery")
    numbers = dict(proposed.annotate(number=Count("*")))  # the partial index `named_faces` answers alone
    occasions: dict[UUID, OpenOccasion] = {}
    for gallery in Gallery.objects.filter(pk__in=numbers).order_by("-created_at"):
        key = Occasion.for_gallery(gallery).key
        one = occasions.setdefault(key, OpenOccasion(key))
        one.titles.append(gallery.title)
        one.proposed += numbers[gallery.pk]
    for key, event in find_sessions(request, list(occasions)).items():
        occasions[key].event = event
    return list(occasions.values())


def occasion_title(occasion: Occasion) -> str:
    """Return the titles of its galleries, the oldest first."""
    return ", ".join(occasion.galleries.order_by("created_at").values_list("title", flat=True))


def build_heading(request: HttpRequest, occasion: Occasion | None, *, task: str) -> Context:
    """Return `title` and `event` of a page where staff do that task.

    Within an event, to which the page leads back by its name, the task is the title; in a gallery alone its own title.
    """
    event = find_session(request, occasion.session_id) if occasion else None
    return {"title": occasion_title(occasion) if occasion and not event else task, "event": event}


def occasion_version(occasion: Occasion) -> str:
    """Return the version of what its pages show; it changes whenever somebody decides or new faces come."""
    return live_events.build_occasion_snapshot(occasion)["version"]


def studios_snapshot(request: HttpRequest) -> live_events.SnapshotEvent:
    """Return the state of all studios of the user, for pages that show more than one occasion."""
    return live_events.build_studios_snapshot(list(studios_of(user_of(request)).values_list("pk", flat=True)))
