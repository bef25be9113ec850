"""Names that the grouping proposed, one face beside the person's best: is it them?"""

from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from galleries.models import Occasion, PhotoFace
from galleries.staff import script_texts
from galleries.staff_kit import markup
from galleries.staff_kit.faces import load_best_crops, select_shown
from galleries.staff_kit.json_views import (
    Context,
    parse_page_uuid,
    render_page,
)
from galleries.staff_kit.occasions import (
    find_chosen_occasion,
)
from galleries.staff_kit.open_proposals import build_frame, build_list_context, find_proposals

PROPOSALS_SHOWN, KNOWN_FACES_SHOWN = 12, 6
LEAST_CERTAIN_FIRST = F("recognition_confidence").asc(nulls_first=True)


def show_proposals(request: HttpRequest) -> HttpResponseBase:
    """Names to confirm, the least certain first: of all studios of the user, or of the occasion `of`."""
    occasion = find_chosen_occasion(request)
    frame = build_frame(request, occasion, keys=script_texts.proposal_keys())
    context = {**_build_context(request, occasion), **frame}
    return render_page(request, "admin/galleries/photoface/verify.html", context)


def render_list(request: HttpRequest) -> HttpResponse:
    """The part of the page that changes."""
    context = _build_context(request, find_chosen_occasion(request))
    return render(request, "admin/galleries/photoface/verify_list.html", context)


def _build_context(request: HttpRequest, occasion: Occasion | None) -> Context:
    proposed = find_proposals(request, occasion)
    skipped = [parse_page_uuid(pk) for pk in request.GET.getlist("skip")]
    rows = select_shown(proposed.exclude(pk__in=skipped)).select_related("person")
    faces = list(rows.order_by(LEAST_CERTAIN_FIRST, "pk").first_rows(PROPOSALS_SHOWN))
    people = {face.person_id for face in faces if face.person_id}  # as all proposed faces have
    known = load_best_crops(PhotoFace.objects.filter(verified=True), "person", people, most=KNOWN_FACES_SHOWN)
    return {
        "total": proposed.count(),
        "rows": [
            {"face": face, "crop": markup.face_crop(face), "known": known.get(face.person_id, [])}  # type: ignore[arg-type]  # proposed faces have a person
            for face in faces
        ],
        **build_list_context(request, occasion, skipped=len(skipped)),
    }
