"""Two groups side by side, the most alike first: the same person, or not?"""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from facepass.console.base import VERIFIERS, has_role
from facepass.core.access.authentication import user_of
from galleries.faces import decisions
from galleries.faces.suggestions import Suggestion, refresh_suggestions
from galleries.models import FaceCluster, FaceDecision, Occasion, PhotoFace
from galleries.staff import script_texts
from galleries.staff_kit.decision_history import answer_decisions, load_history
from galleries.staff_kit.faces import load_best_crops
from galleries.staff_kit.json_views import Context, parse_body, parse_uuid, render_page
from galleries.staff_kit.occasions import build_heading, find_occasion, occasion_version, require_occasion

PAIRS_SHOWN, FACES_SHOWN = 10, 9


def show_pairs(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Pairs of groups of the occasion that may be one person."""
    occasion = find_occasion(request, key)
    context = {
        **_build_context(request, occasion),
        **build_heading(request, occasion, task=_("Same person?")),
        "keys": script_texts.pair_keys(),
    }
    return render_page(request, "admin/galleries/facecluster/pairs.html", context)


def render_list(request: HttpRequest, key: UUID) -> HttpResponse:
    """The part of the page that changes."""
    context = _build_context(request, find_occasion(request, key))
    return render(request, "admin/galleries/facecluster/pair_list.html", context)


def _build_context(request: HttpRequest, occasion: Occasion) -> Context:
    skipped = set(request.GET.getlist("skip"))
    suggestions = refresh_suggestions(occasion)
    pairs = [pair for pair in suggestions if pair_id(pair) not in skipped][:PAIRS_SHOWN]
    groups = [group.pk for pair in pairs for group in (pair.one, pair.other)]
    crops = load_best_crops(PhotoFace.objects.all(), "cluster", groups, most=FACES_SHOWN)
    return {
        "occasion": occasion,
        "pairs": [
            {
                "id": pair_id(pair),
                "similarity": pair.similarity,
                "sides": [{"group": group, "crops": crops.get(group.pk, [])} for group in (pair.one, pair.other)],
            }
            for pair in pairs
        ],
        "skipped": len(skipped),
        "history": load_history(FaceDecision.objects.within(occasion)),
        "may_decide": has_role(request, occasion.studio_id, VERIFIERS),
        "version": occasion_version(occasion),
    }


def pair_id(pair: Suggestion) -> str:
    """Return what the page calls the pair when it skips it."""
    return f"{pair.one.pk}.{pair.other.pk}"


def keep_apart(request: HttpRequest, key: UUID) -> JsonResponse:
    """Decide that the groups `one` and `other` are different people."""
    occasion, body = require_occasion(request, key), parse_body(request)
    groups = FaceCluster.objects.within(occasion)
    one, other = (groups.filter(pk=parse_uuid(body.get(side))).first() for side in ("one", "other"))
    if one is None or other is None:
        raise Http404
    return answer_decisions([decisions.keep_apart(one, other, by=user_of(request))], text=_("Kept apart."))
