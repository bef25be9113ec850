"""Names that the grouping proposed, one face beside the person's best: is it them?"""

from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from facepass.console.base import VERIFIERS, has_role_anywhere
from facepass.core.access.authentication import user_of
from galleries.models import FaceDecision, Occasion, PhotoFace
from galleries.staff import script_texts
from galleries.staff_kit import markup
from galleries.staff_kit.decision_history import load_history
from galleries.staff_kit.faces import load_best_crops, select_shown
from galleries.staff_kit.json_views import (
    Context,
    parse_page_uuid,
    render_page,
)
from galleries.staff_kit.occasions import (
    build_heading,
    find_chosen_occasion,
    list_open_occasions,
    occasion_version,
    studios_snapshot,
)

PROPOSALS_SHOWN, KNOWN_FACES_SHOWN = 12, 6
LEAST_CERTAIN_FIRST = F("recognition_confidence").asc(nulls_first=True)


def show_proposals(request: HttpRequest) -> HttpResponseBase:
    """Names to confirm, the least certain first: of all studios of the user, or of the occasion `of`."""
    occasion = find_chosen_occasion(request)
    state_page = "all_state" if occasion is None else "state"
    context = {
        **_build_context(request, occasion),
        **build_heading(request, occasion, task=_("Confirm names")),
        "occasion": occasion,
        "occasions": list_open_occasions(request),
        "keys": script_texts.proposal_keys(),
        "socket_path": f"/ws/occasions/{occasion.key}/" if occasion else "/ws/decisions/",
        "poll_path": reverse(f"admin:galleries_facecluster_{state_page}", args=[occasion.key] if occasion else []),
    }
    return render_page(request, "admin/galleries/photoface/verify.html", context)


def render_list(request: HttpRequest) -> HttpResponse:
    """The part of the page that changes."""
    context = _build_context(request, find_chosen_occasion(request))
    return render(request, "admin/galleries/photoface/verify_list.html", context)


def _build_context(request: HttpRequest, occasion: Occasion | None) -> Context:
    user = user_of(request)
    proposed, made = PhotoFace.objects.visible_to(user).proposed(), FaceDecision.objects.visible_to(user)
    if occasion:
        proposed, made = proposed.within(occasion), made.within(occasion)
    skipped = request.GET.getlist("skip")
    rows = select_shown(proposed.exclude(pk__in=[parse_page_uuid(pk) for pk in skipped])).select_related("person")
    faces = list(rows.order_by(LEAST_CERTAIN_FIRST, "pk")[:PROPOSALS_SHOWN])
    verified = PhotoFace.objects.filter(person__in={face.person_id for face in faces}, verified=True)
    known = load_best_crops(verified, "person", most=KNOWN_FACES_SHOWN)
    return {
        "total": proposed.count(),
        "rows": [
            {"face": face, "crop": markup.face_crop(face), "known": known.get(face.person_id, [])}  # type: ignore[arg-type]  # proposed faces have a person
            for face in faces
        ],
        "skipped": len(skipped),
        "history": load_history(made),
        "may_decide": has_role_anywhere(request, VERIFIERS),
        "version": occasion_version(occasion) if occasion else studios_snapshot(request)["version"],
    }
