"""The groups of an occasion: who is it? Unknown ones first, the largest first; each answer is a decision to undo."""

from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from facepass.console.base import VERIFIERS, has_role
from facepass.core.access.authentication import user_of
from galleries.faces import decisions
from galleries.matching.descriptors import as_array
from galleries.models import FaceCluster, FaceDecision, GalleryImage, Occasion, PhotoFace
from galleries.models.cluster import FaceClusterQuerySet
from galleries.models.face import BEST_FIRST
from galleries.models.gallery import Limit
from galleries.people import naming
from galleries.staff import script_texts
from galleries.staff_kit import markup
from galleries.staff_kit.decision_history import answer_decisions, load_history
from galleries.staff_kit.faces import find_faces, select_shown
from galleries.staff_kit.json_views import (
    Body,
    Context,
    answer_json,
    parse_body,
    parse_page_uuid,
    parse_uuid,
    parse_uuids,
    render_page,
)
from galleries.staff_kit.occasions import build_heading, find_occasion, occasion_version, require_occasion
from galleries.staff_kit.person_choice import answer_people, choose_person, suggest_people
from recognition.model_versions import current_model_version
from recognition.types import FloatArray

GROUPS_SHOWN, FACES_SHOWN, SINGLES_SHOWN = 16, 24, 48
# All faces of one group, when they are asked for.
MOST_FACES = 600
PEOPLE_SUGGESTED = 3
KINDS = ("unknown", "named", "hidden")
# Decisions after which nobody finds a group.
REJECTIONS = (FaceDecision.Kind.REJECT, FaceDecision.Kind.HIDE)


class ShownFace(TypedDict):
    pk: UUID
    crop: SafeString
    photo: GalleryImage
    reasons: str


def show_groups(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The groups of the occasion, of the kind that `show` names, a page of them."""
    occasion = find_occasion(request, key)
    context = {
        **_build_context(request, occasion),
        **build_heading(request, occasion, task=_("Name faces")),
        "kinds": KINDS,
        "keys": script_texts.group_keys(),
    }
    return render_page(request, "admin/galleries/facecluster/groups.html", context)


def render_list(request: HttpRequest, key: UUID) -> HttpResponse:
    """The part of the page that changes."""
    context = _build_context(request, find_occasion(request, key))
    return render(request, "admin/galleries/facecluster/list.html", context)


def _build_context(request: HttpRequest, occasion: Occasion) -> Context:
    kind = request.GET.get("show", "unknown")
    kind = kind if kind in KINDS else "unknown"
    page_text = request.GET.get("page", "")
    page = max(1, int(page_text)) if page_text.isdecimal() else 1
    first, end = GROUPS_SHOWN * (page - 1), GROUPS_SHOWN * page
    groups = _list_groups(occasion, kind)
    total = groups.count()
    opened = {parse_page_uuid(pk) for pk in request.GET.getlist("open")}
    cards = [_build_card(group, is_open=group.pk in opened) for group in _with_best_faces(groups)[first:end]]
    if kind == "hidden":
        _add_hiding_decisions(cards, occasion)
    gallery_ids = list(occasion.galleries.values_list("pk", flat=True)) if kind == "unknown" else []
    singles = PhotoFace.objects.in_galleries(gallery_ids).single()
    best_singles = singles.best_of_each("gallery", gallery_ids, SINGLES_SHOWN)
    return {
        "occasion": occasion,
        "kind": kind,
        "total": total,
        "cards": cards,
        "page": page,
        "next_page": page + 1 if total > end else None,
        "singles": [_build_face(face) for face in select_shown(best_singles)[:SINGLES_SHOWN]],
        "single_total": singles.count(),
        "history": load_history(FaceDecision.objects.within(occasion)),
        "may_decide": has_role(request, occasion.studio_id, VERIFIERS),
        "version": occasion_version(occasion),
    }


def _list_groups(occasion: Occasion, kind: str) -> FaceClusterQuerySet:
    groups = FaceCluster.objects.within(occasion).defer("centroid").select_related("person")
    if kind == "hidden":
        return groups.filter(rejected=True, faces__isnull=False).distinct().order_by("-created_at", "pk")
    return groups.shown().filter(person__isnull=kind == "unknown").order_by("-size", "created_at", "pk")


def _with_best_faces(groups: FaceClusterQuerySet) -> FaceClusterQuerySet:
    """Add `best_faces` to each: the prefetch is sliced per group, in one query."""
    faces = PhotoFace.objects.defer("insightface_descriptor", "landmarks").select_related("photo")
    best = Prefetch("faces", faces.order_by(*BEST_FIRST)[:FACES_SHOWN], to_attr="best_faces")
    return groups.prefetch_related(best)


def _build_card(group: FaceCluster, *, is_open: bool) -> dict[str, Any]:  # the decision that hid it is added later
    faces: list[PhotoFace] = group.best_faces  # type: ignore[attr-defined]  # prefetched
    if is_open and group.size > len(faces):
        faces = list(select_shown(group.faces.all()).order_by(*BEST_FIRST)[:MOST_FACES])
    return {
        "group": group,
        "faces": [_build_face(face) for face in faces],
        "total": max(group.size, len(faces)),
        "more": max(0, group.size - len(faces)),
        "version": f"{group.size}-{group.person_id}-{len(faces)}",
    }


def _add_hiding_decisions(cards: list[dict[str, Any]], occasion: Occasion) -> None:
    """Add `hidden_by` to the card of each hidden group: the decision to undo, where there is one that stands."""
    ids = [str(card["group"].pk) for card in cards]
    rejections = FaceDecision.objects.within(occasion).standing().filter(kind__in=REJECTIONS)
    decision_of_group = {
        group: pk
        for pk, groups in rejections.filter(before__groups__has_any_keys=ids).values_list("pk", "before__groups")
        for group in groups
    }
    for card, group_id in zip(cards, ids, strict=True):
        card["hidden_by"] = decision_of_group.get(group_id)


def _build_face(face: PhotoFace) -> ShownFace:
    return {
        "pk": face.pk,
        "crop": markup.face_crop(face),
        "photo": face.photo,
        "reasons": markup.quality_reasons(face),
    }


def list_people(request: HttpRequest, key: UUID) -> JsonResponse:
    """The people of the occasion's studio who match what was typed."""
    return answer_people(request, find_occasion(request, key).studio_id)


def list_likely_people(request: HttpRequest, key: UUID, pk: UUID) -> JsonResponse:
    """Whom the group looks like, of the studio's people who are in none of its photos under another face."""
    occasion = find_occasion(request, key)
    group = _find_group(occasion, pk)
    is_described = group.centroid is not None and group.model_version_id == current_model_version().pk
    if not is_described or occasion.galleries.limited(Limit.ENDED).exists():
        return answer_json(people=[])
    others = PhotoFace.objects.filter(photo__faces__cluster=group, person__isnull=False).exclude(cluster=group)
    likely = suggest_people(
        _normalise(as_array(group.centroid)),
        studio_id=occasion.studio_id,
        excluded=set(others.values_list("person", flat=True)),
        most=PEOPLE_SUGGESTED,
    )
    faces = PhotoFace.objects.select_related("photo").in_bulk([candidate.face.pk for candidate in likely])
    return answer_json(
        people=[
            {
                "id": str(candidate.person.pk),
                "name": candidate.person.real_name,
                "similarity": candidate.similarity,
                "crop": markup.face_crop(faces[candidate.face.pk]),
            }
            for candidate in likely
        ]
    )


def _normalise(centroid: FloatArray) -> FloatArray:
    """Return the centroid at unit length: as a mean of unit descriptors it is shorter."""
    unit: FloatArray = centroid / max(float((centroid @ centroid) ** 0.5), 1e-6)
    return unit


@transaction.atomic
def name_faces(request: HttpRequest, key: UUID) -> JsonResponse:
    """Name `faces`, and the whole `groups` or `group`; see `choose_person` for `person` and `name`."""
    occasion, body = require_occasion(request, key), parse_body(request)
    faces, groups = _find_ticked(occasion, body)
    person, by = choose_person(request, body, studio_id=occasion.studio_id), user_of(request)
    made = naming.name_faces(faces, person, by=by) if faces else []
    made += [naming.name_group(group, person, by=by) for group in groups]
    return answer_decisions(made, text=_("Named: %(name)s") % {"name": person.real_name}, person=str(person.pk))


def merge_groups(request: HttpRequest, key: UUID) -> JsonResponse:
    """Decide that `groups` show one person."""
    occasion, ids = require_occasion(request, key), parse_uuids(parse_body(request).get("groups"))
    return _answer(decisions.merge([_find_group(occasion, pk) for pk in ids], by=user_of(request)))


def split_faces(request: HttpRequest, key: UUID) -> JsonResponse:
    """Decide that `faces` are not the person whom the rest of their group shows."""
    faces = _find_faces(require_occasion(request, key), parse_body(request))
    return _answer(decisions.split(faces, by=user_of(request)))


@transaction.atomic
def reject_faces(request: HttpRequest, key: UUID) -> JsonResponse:
    """Decide that `faces`, and the whole `groups` or `group`, are no faces or, with `hide`, nobody to be found."""
    body, by = parse_body(request), user_of(request)
    faces, groups = _find_ticked(require_occasion(request, key), body)
    kind = FaceDecision.Kind.HIDE if body.get("hide") else FaceDecision.Kind.REJECT
    made = [decisions.ignore(faces, by=by, kind=kind)] if faces else []
    made += [decisions.reject(group, by=by, kind=kind) for group in groups]
    return answer_decisions(made, text=_("Hidden."), person=None)


def _find_ticked(occasion: Occasion, body: Body) -> tuple[list[PhotoFace], list[FaceCluster]]:
    """Return the faces and groups that a decision is about: `faces`, `groups`, or one `group` where no face is named.

    Faces of a group that is named as a whole are the group's. Raise Http404 for what is not of the occasion, and 400
    `invalid_request` where nothing is named.
    """
    faces = _find_faces(occasion, body)
    ids = parse_uuids(body.get("groups", []))
    if not (ids or faces):
        ids = [parse_uuid(body.get("group"))]
    groups = [_find_group(occasion, pk) for pk in ids]
    return [face for face in faces if face.cluster not in groups], groups


def _find_group(occasion: Occasion, pk: UUID) -> FaceCluster:
    group = FaceCluster.objects.within(occasion).filter(pk=pk).first()
    if group is None:
        raise Http404
    return group


def _find_faces(occasion: Occasion, body: Body) -> list[PhotoFace]:
    """Return the faces that the body names. Raise Http404 for one of another occasion."""
    return find_faces(PhotoFace.objects.within(occasion), parse_uuids(body.get("faces", [])))


def _answer(decision: FaceDecision) -> JsonResponse:
    texts = {"merge": _("Same person."), "split": _("Split off.")}
    return answer_decisions([decision], text=texts.get(decision.kind, ""), person=None)
