"""Two groups side by side, the most alike first: the same person, or not?"""

from typing import Any
from uuid import UUID

from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render as fragment
from django.urls import URLPattern
from django.utils.translation import gettext as _

from facepass.core.access.authentication import user_of
from galleries.faces import decisions, live_events, suggestions
from galleries.models import FaceCluster, FaceDecision, Occasion, PhotoFace
from galleries.staff import occasions, script_texts
from galleries.staff.occasions import decided_in, occasion_of
from galleries.staff_kit import markup
from galleries.staff_kit.json_views import asked, page, said, uuid, writes

PAIRS_SHOWN, FACES_SHOWN = 10, 9


def urls(admin: ModelAdmin[FaceCluster]) -> list[URLPattern]:
    def compare(request: HttpRequest, key: UUID) -> HttpResponseBase:
        return _page(admin, request, key)

    return [
        page(admin, "of/<uuid:key>/pairs/", compare, name="pairs"),
        page(admin, "of/<uuid:key>/pairs/list/", _list, name="pairs_list"),
        writes(admin, "of/<uuid:key>/apart/", _apart, name="apart"),
    ]


def _page(admin: ModelAdmin[FaceCluster], request: HttpRequest, key: UUID) -> HttpResponseBase:
    occasion = occasion_of(request, key)
    context = {
        **_context(request, occasion),
        "title": occasions.title_of(occasion),
        "keys": script_texts.keys_of_pairs(),
    }
    return occasions.render(admin, request, "admin/galleries/facecluster/pairs.html", context)


def _list(request: HttpRequest, key: UUID) -> HttpResponseBase:
    return fragment(request, "admin/galleries/facecluster/pair_list.html", _context(request, occasion_of(request, key)))


def _context(request: HttpRequest, occasion: Occasion) -> dict[str, Any]:
    skipped = set(request.GET.getlist("skip"))
    found = suggestions.refresh_suggestions(occasion)
    open_pairs = [one for one in found if pair_id(one) not in skipped][:PAIRS_SHOWN]
    faces = _faces([group.pk for one in open_pairs for group in (one.one, one.other)])
    return {
        "occasion": occasion,
        "pairs": [
            {
                "id": pair_id(one),
                "similarity": one.similarity,
                "sides": [{"group": group, "crops": faces.get(group.pk, [])} for group in (one.one, one.other)],
            }
            for one in open_pairs
        ],
        "skipped": len(skipped),
        "history": occasions.history(FaceDecision.objects.within(occasion)),
        "may_decide": occasions.may_decide(request, occasion.studio_id),
        "version": live_events.build_occasion_snapshot(occasion)["version"],
    }


def pair_id(one: suggestions.Suggestion) -> str:
    return f"{one.one.pk}.{one.other.pk}"


def _faces(group_ids: list[UUID]) -> dict[UUID, list[Any]]:
    """The best faces of each group, in one query."""
    found: dict[UUID, list[Any]] = {}
    rows = occasions.shown(PhotoFace.objects.filter(cluster__in=group_ids)).best_of("cluster", FACES_SHOWN)
    for face in rows:
        found.setdefault(face.cluster_id, []).append(markup.crop(face))
    return found


def _apart(request: HttpRequest, key: UUID) -> JsonResponse:
    """`one` and `other` are different people."""
    occasion, what = decided_in(request, key), asked(request)
    groups = FaceCluster.objects.within(occasion)
    one, other = (groups.filter(pk=uuid(what.get(side))).first() for side in ("one", "other"))
    if one is None or other is None:
        raise Http404
    decision = decisions.keep_apart(one, other, by=user_of(request))
    return said(decisions=[str(decision.pk)], text=_("Kept apart."))
