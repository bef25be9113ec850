"""The groups of an occasion: who is it? Unknown ones first, the largest first; each verb is a decision, and undone."""

from typing import Any
from uuid import UUID

from django.contrib.admin import ModelAdmin
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render as fragment
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _

from facepass.core.access.authentication import user_of
from galleries.faces import decisions, live_events
from galleries.matching import identification
from galleries.matching.descriptors import as_array
from galleries.models import FaceCluster, FaceDecision, Occasion, Person, PhotoFace
from galleries.models.face import BEST_FIRST
from galleries.people import naming
from galleries.staff import occasions, pairs, script_texts
from galleries.staff.occasions import decided_in, occasion_of
from galleries.staff_kit import markup, person_choice
from galleries.staff_kit.json_views import asked, invalid, named, page, reads, said, uuid, uuids, writes
from recognition.config import recognition_settings
from recognition.model_versions import current_model_version
from recognition.types import FloatArray

GROUPS_SHOWN, FACES_SHOWN, SINGLES_SHOWN = 16, 24, 48
# All faces of one group, when they are asked for.
MOST_FACES = 600
KINDS = ("unknown", "named", "hidden")


def urls(admin: ModelAdmin[FaceCluster]) -> list[URLPattern]:
    def overview(request: HttpRequest) -> HttpResponseBase:
        return occasions.overview(admin, request)

    def groups(request: HttpRequest, key: UUID) -> HttpResponseBase:
        return _page(admin, request, key)

    return [
        page(admin, "occasions/", overview, name="occasions"),
        page(admin, "occasions/list/", occasions.overview_list, name="occasion_list"),
        reads(admin, "occasions/state/", occasions.state_of_studios, name="all_state"),
        writes(admin, "undo/", occasions.undo, name="undo"),
        page(admin, "of/<uuid:key>/", groups, name="of"),
        page(admin, "of/<uuid:key>/list/", _list, name="list"),
        reads(admin, "of/<uuid:key>/state/", occasions.state, name="state"),
        reads(admin, "of/<uuid:key>/people/", _people, name="people"),
        reads(admin, "of/<uuid:key>/like/<uuid:pk>/", _like, name="like"),
        writes(admin, "of/<uuid:key>/name/", _name, name="name"),
        writes(admin, "of/<uuid:key>/merge/", _merge, name="merge"),
        writes(admin, "of/<uuid:key>/split/", _split, name="split"),
        writes(admin, "of/<uuid:key>/reject/", _reject, name="reject"),
        *pairs.urls(admin),
    ]


def _page(admin: ModelAdmin[FaceCluster], request: HttpRequest, key: UUID) -> HttpResponseBase:
    occasion = occasion_of(request, key)
    context = {
        **_context(request, occasion),
        "title": occasions.title_of(occasion),
        "kinds": KINDS,
        "keys": script_texts.keys_of_groups(),
    }
    return occasions.render(admin, request, "admin/galleries/facecluster/groups.html", context)


def _list(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The part of the page that changes."""
    return fragment(request, "admin/galleries/facecluster/list.html", _context(request, occasion_of(request, key)))


def _context(request: HttpRequest, occasion: Occasion) -> dict[str, Any]:
    kind = request.GET.get("show", "unknown")
    kind = kind if kind in KINDS else "unknown"
    asked_page = request.GET.get("page", "")
    first = GROUPS_SHOWN * (int(asked_page) - 1 if asked_page.isdecimal() and asked_page != "0" else 0)
    rows = _of_kind(occasion, kind)
    total = rows.count()
    opened = {named(pk) for pk in request.GET.getlist("open")}
    cards = [_card(group, opened=group.pk in opened) for group in _with_faces(rows)[first : first + GROUPS_SHOWN]]
    if kind == "hidden":
        _add_the_way_back(cards, occasion)
    singles = _singles(occasion) if kind == "unknown" else PhotoFace.objects.none()
    return {
        "occasion": occasion,
        "kind": kind,
        "total": total,
        "cards": cards,
        "page": first // GROUPS_SHOWN + 1,
        "next_page": first // GROUPS_SHOWN + 2 if total > first + GROUPS_SHOWN else None,
        "singles": [_face(face) for face in occasions.shown(singles)[:SINGLES_SHOWN]],
        "single_total": singles.count(),
        "history": occasions.history(FaceDecision.objects.within(occasion)),
        "may_decide": occasions.may_decide(request, occasion.studio_id),
        "version": live_events.build_occasion_snapshot(occasion)["version"],
    }


def _of_kind(occasion: Occasion, kind: str) -> Any:
    groups = FaceCluster.objects.within(occasion).defer("centroid").select_related("person")
    if kind == "hidden":
        return groups.filter(rejected=True, faces__isnull=False).distinct().order_by("-created_at", "pk")
    return groups.shown().filter(person__isnull=kind == "unknown").order_by("-size", "created_at", "pk")


def _with_faces(groups: Any) -> Any:
    """The best faces of each: the prefetch is sliced per group, in one query."""
    faces = PhotoFace.objects.defer("insightface_descriptor", "landmarks").select_related("photo")
    first = Prefetch("faces", faces.order_by(*BEST_FIRST)[:FACES_SHOWN], to_attr="best_faces")
    return groups.prefetch_related(first)


def _card(group: Any, *, opened: bool) -> dict[str, Any]:
    faces = group.best_faces
    if opened and group.size > len(faces):
        faces = list(occasions.shown(group.faces).order_by(*BEST_FIRST)[:MOST_FACES])
    return {
        "group": group,
        "faces": [_face(face) for face in faces],
        "total": max(group.size, len(faces)),
        "more": max(0, group.size - len(faces)),
        "version": f"{group.size}-{group.person_id}-{len(faces)}",
    }


def _add_the_way_back(cards: list[dict[str, Any]], occasion: Occasion) -> None:
    """To each hidden group the decision that hid it."""
    ids = [str(card["group"].pk) for card in cards]
    made = FaceDecision.objects.within(occasion).standing().filter(kind=FaceDecision.Kind.REJECT)
    hid = {
        group: pk
        for pk, groups in made.filter(before__groups__has_any_keys=ids).values_list("pk", "before__groups")
        for group in groups
    }
    for card, group_id in zip(cards, ids, strict=True):
        card["hidden_by"] = hid.get(group_id)


def _face(face: PhotoFace) -> dict[str, Any]:
    return {"pk": face.pk, "crop": markup.crop(face), "photo": face.photo, "reasons": markup.reasons(face)}


def _singles(occasion: Occasion) -> Any:
    faces = PhotoFace.objects.within(occasion).shown().filter(cluster=None, person=None)
    return faces.order_by(*BEST_FIRST)


def _people(request: HttpRequest, key: UUID) -> JsonResponse:
    return person_choice.offer(request, occasion_of(request, key).studio_id)


def _like(request: HttpRequest, key: UUID, pk: UUID) -> JsonResponse:
    """Whom the group is like, of the studio's people: at most three, none who is in one of its photos already."""
    occasion = occasion_of(request, key)
    group = _group(occasion, pk)
    if group.centroid is None or group.model_version_id != current_model_version().pk:
        return said(people=[])
    beside = PhotoFace.objects.filter(photo__faces__cluster=group, person__isnull=False).exclude(cluster=group)
    present = set(beside.values_list("person", flat=True))
    found = identification.identify(_unit(as_array(group.centroid)), studio_ids=[occasion.studio_id], candidates=6)
    least = recognition_settings().confidence_thresholds.suggest
    likely = [one for one in found.candidates if one.similarity >= least and one.person.pk not in present]
    faces = PhotoFace.objects.select_related("photo").in_bulk([one.face.pk for one in likely[:3]])
    return said(
        people=[
            {
                "id": str(one.person.pk),
                "name": one.person.real_name,
                "similarity": one.similarity,
                "crop": markup.crop(faces[one.face.pk]),
            }
            for one in likely[:3]
        ]
    )


def _unit(mean: FloatArray) -> FloatArray:
    unit: FloatArray = mean / max(float((mean @ mean) ** 0.5), 1e-6)
    return unit


@transaction.atomic
def _name(request: HttpRequest, key: UUID) -> JsonResponse:
    """`group`, or `faces` of one group or of none; `person` or `name`: see `naming`."""
    occasion, what = decided_in(request, key), asked(request)
    person = person_choice.chosen(request, what, studio_id=occasion.studio_id)
    if faces := _faces(occasion, what):
        return _decided(*naming.name_faces(faces, person, by=user_of(request)), person=person)
    group = _group(occasion, uuid(what.get("group")))
    return _decided(naming.name_group(group, person, by=user_of(request)), person=person)


def _merge(request: HttpRequest, key: UUID) -> JsonResponse:
    """`groups`: they are one person."""
    occasion, wanted = decided_in(request, key), uuids(asked(request).get("groups"))
    return _decided(decisions.merge([_group(occasion, pk) for pk in wanted], by=user_of(request)))


def _split(request: HttpRequest, key: UUID) -> JsonResponse:
    """`faces` are not the person whom the rest of their group shows."""
    return _decided(decisions.split(_faces(decided_in(request, key), asked(request)), by=user_of(request)))


def _reject(request: HttpRequest, key: UUID) -> JsonResponse:
    """`faces`, else the whole `group`, are no faces or nobody who should be found."""
    occasion, what = decided_in(request, key), asked(request)
    if faces := _faces(occasion, what):
        return _decided(decisions.ignore(faces, by=user_of(request)))
    return _decided(decisions.reject(_group(occasion, uuid(what.get("group"))), by=user_of(request)))


def _group(occasion: Occasion, pk: UUID) -> FaceCluster:
    found = FaceCluster.objects.within(occasion).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _faces(occasion: Occasion, what: dict[str, Any]) -> list[PhotoFace]:
    """Those that were named, all of them of the occasion and of one group (or of none)."""
    wanted = set(uuids(what.get("faces", [])))
    mine = PhotoFace.objects.within(occasion).filter(pk__in=wanted)
    faces = list(mine.select_related("gallery", "cluster").defer("insightface_descriptor", "landmarks"))
    if len(faces) != len(wanted):
        raise Http404
    if len({face.cluster_id for face in faces}) > 1:
        raise invalid()
    return faces


def _decided(*made: FaceDecision, person: Person | None = None) -> JsonResponse:
    words = {"merge": _("Same person."), "split": _("Split off."), "reject": _("Hidden."), "apart": _("Kept apart.")}
    text = _("Named: %(name)s") % {"name": person.real_name} if person else words.get(made[-1].kind, "")
    return said(decisions=[str(decision.pk) for decision in made], text=text, person=person and str(person.pk))


def page_of(occasion: Occasion) -> str:
    return reverse("admin:galleries_facecluster_of", args=[occasion.key])
