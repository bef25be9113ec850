"""The photo sessions and galleries whose faces staff name, what is left to do in each, and who decided what."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from django.contrib.admin import ModelAdmin
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render as fragment
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from facepass.console.base import VERIFIERS, has_role
from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import Principal, studios_of
from galleries.faces import decisions, live_events
from galleries.models import FaceCluster, FaceDecision, Gallery, Occasion, PhotoFace
from galleries.staff_kit import markup
from galleries.staff_kit.json_views import asked, require, said, uuid, uuids

# The newest ones; older galleries are found by the list of galleries.
OCCASIONS_SHOWN = 60
HISTORY_SHOWN = 15


@dataclass(slots=True)
class Task:
    """An occasion on the list of what is to do."""

    key: UUID
    titles: list[str] = field(default_factory=list)
    unnamed: int = 0
    unnamed_faces: int = 0
    named: int = 0
    proposed: int = 0

    @property
    def title(self) -> str:
        return ", ".join(self.titles)


def occasion_of(request: HttpRequest, key: UUID) -> Occasion:
    """A stranger's is not there."""
    found = Occasion.find_visible(key, cast(Principal, request.user))
    if found is None:
        raise Http404
    return found


def decided_in(request: HttpRequest, key: UUID) -> Occasion:
    """The occasion, for whoever may decide in it."""
    occasion = occasion_of(request, key)
    require(request, occasion.studio_id, VERIFIERS)
    return occasion


def title_of(occasion: Occasion) -> str:
    return ", ".join(occasion.galleries.order_by("created_at").values_list("title", flat=True))


def overview(admin: ModelAdmin[Any], request: HttpRequest) -> HttpResponseBase:
    """Every occasion with what is left to do in it."""
    context = {"title": _("Name faces"), **_left(request)}
    return render(admin, request, "admin/galleries/facecluster/occasions.html", context)


def overview_list(request: HttpRequest) -> HttpResponseBase:
    """The part of the overview that changes."""
    return fragment(request, "admin/galleries/facecluster/occasion_list.html", _left(request))


def _left(request: HttpRequest) -> dict[str, Any]:
    return {"tasks": tasks(request), "version": version_of_studios(request)}


def tasks(request: HttpRequest) -> list[Task]:
    """The newest galleries with faces, those of a session together; three queries, however many there are."""
    galleries = Gallery.objects.visible_to(cast(Principal, request.user)).event_galleries().order_by("-created_at")
    found: dict[UUID, Task] = {}
    homes: dict[UUID, UUID] = {}
    for pk, session_id, title in galleries.values_list("pk", "session_id", "title")[:OCCASIONS_SHOWN]:
        key = homes[pk] = session_id or pk
        found.setdefault(key, Task(key)).titles.append(title)
    _count_groups(found, studio_ids=studios_of(cast(Principal, request.user)))
    proposed = PhotoFace.objects.proposed().filter(gallery__in=homes)
    for gallery_id, number in proposed.order_by().values_list("gallery").annotate(number=Count("pk")):
        found[homes[gallery_id]].proposed += number
    return list(found.values())


def _count_groups(found: dict[UUID, Task], *, studio_ids: Any) -> None:
    groups = FaceCluster.objects.filter(studio__in=studio_ids).shown()
    groups = groups.filter(Q(session_id__in=found) | Q(gallery__in=found))
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
        task = found[session_id or gallery_id]
        task.unnamed, task.unnamed_faces, task.named = unnamed, faces, named


def history(rows: Iterable[FaceDecision]) -> list[FaceDecision]:
    """The latest decisions with who made them and who took them back, and how many of their faces are gone, in words;
    not the ids of the faces.
    """
    told = cast(Any, rows).with_faces_gone()
    found = told.select_related("made_by", "undone_by", "person").defer("before", "after", "same", "apart")
    shown = list(found.order_by("-made_at")[:HISTORY_SHOWN])
    for decision in shown:
        decision.gone = markup.gone(decision)
    return shown


def state(request: HttpRequest, key: UUID) -> JsonResponse:
    """What a page asks that has no socket."""
    return said(**live_events.build_occasion_snapshot(occasion_of(request, key)))


def state_of_studios(request: HttpRequest) -> JsonResponse:
    return said(**_snapshot_of_studios(request))


def version_of_studios(request: HttpRequest) -> str:
    """For pages that show more than one occasion."""
    return _snapshot_of_studios(request)["version"]


def _snapshot_of_studios(request: HttpRequest) -> live_events.SnapshotEvent:
    return live_events.build_studios_snapshot(
        list(studios_of(cast(Principal, request.user)).values_list("pk", flat=True))
    )


@transaction.atomic
def undo(request: HttpRequest) -> JsonResponse:
    """All of `decisions` (ids) or none; without ids the latest that the user made and that stands, in the occasion `of`
    where one is named.
    """
    what = asked(request)
    chosen = _named_ones(request, what) if "decisions" in what else _latest(request, what)
    for decision in chosen:
        require(request, decision.studio_id, VERIFIERS)
    for decision in chosen:
        decisions.undo(decision, by=user_of(request))
    groups = [group for decision in chosen for group in decision.before.get("groups", {})]
    faces = [face for decision in chosen for face in decision.before.get("faces", {})]
    return said(decisions=[str(decision.pk) for decision in chosen], groups=groups, faces=faces[:1])


def _named_ones(request: HttpRequest, what: dict[str, Any]) -> list[FaceDecision]:
    """The latest first, because a decision stands on those before it."""
    wanted = set(uuids(what["decisions"]))
    found = list(FaceDecision.objects.visible_to(user_of(request)).filter(pk__in=wanted).order_by("-made_at"))
    if len(found) != len(wanted):
        raise Http404
    return found


def _latest(request: HttpRequest, what: dict[str, Any]) -> list[FaceDecision]:
    mine = FaceDecision.objects.visible_to(user_of(request)).standing().filter(made_by=user_of(request))
    if what.get("of"):
        mine = mine.within(occasion_of(request, uuid(what["of"])))
    return list(mine.order_by("-made_at")[:1])


def render(admin: ModelAdmin[Any], request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
    return TemplateResponse(request, template, {**admin.admin_site.each_context(request), **context})


def may_decide(request: HttpRequest, studio_id: UUID) -> bool:
    return has_role(request, studio_id, VERIFIERS)


def shown(faces: Any) -> Any:
    """What a crop needs, and no descriptors. Ignored faces are not shown."""
    rows = faces.shown().select_related("photo")
    return rows.defer("insightface_descriptor", "landmarks")
