"""What is left to do in each photo session and gallery; the state that pages without a socket poll; undoing."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import studios_of
from facepass.models import User
from galleries.faces import live_events
from galleries.models import FaceCluster, FaceDecision, Gallery, PhotoFace
from galleries.staff_kit import photo_sessions
from galleries.staff_kit.decision_history import find_decisions, undo_decisions
from galleries.staff_kit.json_views import (
    Body,
    Context,
    answer_json,
    parse_body,
    parse_uuid,
    parse_uuids,
    render_page,
)
from galleries.staff_kit.occasions import find_occasion, studios_snapshot
from galleries.staff_kit.photo_sessions import SessionEntry

# The newest ones; older galleries are found by the list of galleries.
GALLERIES_SHOWN = 60


@dataclass(slots=True)
class OpenWork:
    """What is left to do in one occasion, whose key is the id of its photo session or gallery."""

    key: UUID
    titles: list[str] = field(default_factory=list)
    unnamed: int = 0
    unnamed_faces: int = 0
    named: int = 0
    proposed: int = 0
    event: SessionEntry | None = None

    @property
    def title(self) -> str:
        """The event's name; of a gallery without one, its title."""
        return self.event.name if self.event else ", ".join(self.titles)


def show_open_work(request: HttpRequest) -> HttpResponseBase:
    """Every occasion with what is left to do in it."""
    return render_page(
        request, "admin/galleries/facecluster/occasions.html", {"title": _("Name faces"), **_build_context(request)}
    )


def render_list(request: HttpRequest) -> HttpResponse:
    """The part of the page that changes."""
    return render(request, "admin/galleries/facecluster/occasion_list.html", _build_context(request))


def _build_context(request: HttpRequest) -> Context:
    open_work = list_open_work(user_of(request))
    events = photo_sessions.find_sessions(request, [work.key for work in open_work])
    for work in open_work:
        work.event = events.get(work.key)
    return {"open_work": open_work, "version": studios_snapshot(request)["version"]}


def list_open_work(user: User) -> list[OpenWork]:
    """Return the newest galleries with faces, those of a session together; three queries, however many there are."""
    galleries = Gallery.objects.visible_to(user).event_galleries().order_by("-created_at")
    work: dict[UUID, OpenWork] = {}
    key_of_gallery: dict[UUID, UUID] = {}
    for pk, session_id, title in galleries.values_list("pk", "session_id", "title")[:GALLERIES_SHOWN]:
        key = key_of_gallery[pk] = session_id or pk
        work.setdefault(key, OpenWork(key)).titles.append(title)
    _count_groups(work, user)
    proposed = PhotoFace.objects.proposed().filter(gallery__in=key_of_gallery)
    for gallery_id, number in proposed.order_by().values_list("gallery").annotate(number=Count("pk")):
        work[key_of_gallery[gallery_id]].proposed += number
    return list(work.values())


def _count_groups(work: dict[UUID, OpenWork], user: User) -> None:
    """Write the numbers of groups with and without a name to each occasion's work."""
    groups = FaceCluster.objects.filter(studio__in=studios_of(user)).shown()
    groups = groups.filter(Q(session_id__in=work) | Q(gallery__in=work))
    counted = (
        groups.order_by()
        .values_list("session_id", "gallery")
        .annotate(
            unnamed=Count("pk", filter=Q(person=None)),
            unnamed_faces=Sum("size", filter=Q(person=None), default=0),
            named=Count("pk", filter=~Q(person=None)),
        )
    )
    for session_id, gallery_id, unnamed, faces, named in counted:
        one = work[session_id or gallery_id]
        one.unnamed, one.unnamed_faces, one.named = unnamed, faces, named


def read_occasion_state(request: HttpRequest, key: UUID) -> JsonResponse:
    """What a page of one occasion polls where it has no socket."""
    return answer_json(**live_events.build_occasion_snapshot(find_occasion(request, key)))


def read_studios_state(request: HttpRequest) -> JsonResponse:
    """What a page of several occasions polls where it has no socket."""
    return answer_json(**studios_snapshot(request))


def undo(request: HttpRequest) -> JsonResponse:
    """Undo all of `decisions` (ids) or none.

    Without ids: the latest that the user made and that stands, in the occasion `of` where one is named.
    """
    body = parse_body(request)
    if "decisions" in body:
        made = find_decisions(request, FaceDecision.objects.all(), parse_uuids(body["decisions"]))
    else:
        made = _find_latest(request, body)
    undo_decisions(request, made)
    groups = [group for decision in made for group in decision.before.get("groups", {})]
    faces = [face for decision in made for face in decision.before.get("faces", {})]
    return answer_json(decisions=[str(decision.pk) for decision in made], groups=groups, faces=faces[:1])


def _find_latest(request: HttpRequest, body: Body) -> list[FaceDecision]:
    """Return the user's latest decision that stands, if there is one."""
    user = user_of(request)
    own = FaceDecision.objects.visible_to(user).standing().filter(made_by=user)
    if body.get("of"):
        own = own.within(find_occasion(request, parse_uuid(body["of"])))
    return list(own.order_by("-made_at")[:1])
