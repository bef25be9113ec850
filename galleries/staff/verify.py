"""Names that the grouping proposed, one face beside the person's best: is it them?"""

from typing import Any, cast
from uuid import UUID

from django.contrib.admin import ModelAdmin
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render as fragment
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from facepass.console.base import VERIFIERS, roles
from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import Principal
from galleries.faces import decisions, live_events
from galleries.models import FaceDecision, Occasion, PhotoFace
from galleries.staff import occasions, script_texts
from galleries.staff.occasions import occasion_of
from galleries.staff_kit import markup
from galleries.staff_kit.json_views import asked, named, page, require, said, uuid, uuids, visible, writes

FACES_SHOWN, KNOWN_SHOWN = 12, 6
# The least certain first; or everything of one person together.
ORDERS: dict[str, tuple[Any, ...]] = {
    "doubt": (F("recognition_confidence").asc(nulls_first=True), "pk"),
    "person": ("person__real_name", "person", F("recognition_confidence").asc(nulls_first=True), "pk"),
}


def urls(admin: ModelAdmin[PhotoFace]) -> list[URLPattern]:
    def queue(request: HttpRequest) -> HttpResponseBase:
        return _page(admin, request)

    return [
        page(admin, "verify/", queue, name="verify"),
        page(admin, "verify/list/", _list, name="verify_list"),
        writes(admin, "verify/confirm/", _confirm, name="confirm"),
        writes(admin, "verify/deny/", _deny, name="deny"),
    ]


def _page(admin: ModelAdmin[PhotoFace], request: HttpRequest) -> HttpResponseBase:
    occasion = _occasion(request)
    title = occasions.title_of(occasion) if occasion else _("Confirm names")
    where = "all_state" if occasion is None else "state"
    context = {
        **_context(request, occasion),
        "title": title,
        "keys": script_texts.keys_of_names(),
        "occasion": occasion,
        "socket_path": f"/ws/occasions/{occasion.key}/" if occasion else "/ws/decisions/",
        "poll_path": reverse(f"admin:galleries_facecluster_{where}", args=[occasion.key] if occasion else []),
    }
    return occasions.render(admin, request, "admin/galleries/photoface/verify.html", context)


def _list(request: HttpRequest) -> HttpResponseBase:
    context = _context(request, _occasion(request))
    return fragment(request, "admin/galleries/photoface/verify_list.html", context)


def _occasion(request: HttpRequest) -> Occasion | None:
    key = request.GET.get("of")
    return occasion_of(request, named(key)) if key else None


def _context(request: HttpRequest, occasion: Occasion | None) -> dict[str, Any]:
    user = cast(Principal, request.user)
    proposed = PhotoFace.objects.visible_to(user).proposed()
    made = FaceDecision.objects.visible_to(user)
    if occasion:
        proposed, made = proposed.within(occasion), made.within(occasion)
    order = request.GET.get("order", "")
    order = order if order in ORDERS else "doubt"
    skipped = request.GET.getlist("skip")
    rows = occasions.shown(proposed.exclude(pk__in=[named(pk) for pk in skipped])).select_related("photo", "person")
    faces = list(rows.order_by(*ORDERS[order])[:FACES_SHOWN])
    known = _known({face.person_id for face in faces})
    version = (
        live_events.build_occasion_snapshot(occasion)["version"] if occasion else occasions.version_of_studios(request)
    )
    return {
        "order": order,
        "total": proposed.count(),
        "rows": [{"face": face, "crop": markup.crop(face), "known": known.get(face.person_id, [])} for face in faces],
        "skipped": len(skipped),
        "history": occasions.history(made),
        "may_decide": request.user.is_superuser or any(role in VERIFIERS for role in roles(request).values()),
        "version": version,
    }


def _known(person_ids: set[UUID | None]) -> dict[UUID | None, list[Any]]:
    """The best verified faces of each person, in one query."""
    found: dict[UUID | None, list[Any]] = {}
    verified = occasions.shown(PhotoFace.objects.filter(person__in=person_ids, verified=True))
    for face in verified.best_of("person", KNOWN_SHOWN):
        found.setdefault(face.person_id, []).append(markup.crop(face))
    return found


def _confirm(request: HttpRequest) -> JsonResponse:
    """`faces`: their names are right."""
    wanted = set(uuids(asked(request).get("faces")))
    rows = PhotoFace.objects.visible_to(cast(Principal, request.user)).filter(pk__in=wanted)
    faces = list(rows.select_related("gallery").defer("insightface_descriptor", "landmarks"))
    if not faces or len(faces) != len(wanted):
        raise Http404
    for studio_id in {face.gallery.studio_id for face in faces}:
        require(request, studio_id, VERIFIERS)
    made = decisions.confirm_all(faces, by=user_of(request))
    text = ngettext("%(number)d face was confirmed.", "%(number)d faces were confirmed.", len(faces))
    return said(decisions=[str(decision.pk) for decision in made], text=text % {"number": len(faces)})


def _deny(request: HttpRequest) -> JsonResponse:
    """`face` is not the person whose name it has."""
    rows = PhotoFace.objects.select_related("gallery").defer("insightface_descriptor", "landmarks")
    face = visible(request, cast(Any, rows), uuid(asked(request).get("face")))
    require(request, face.gallery.studio_id, VERIFIERS)
    decision = decisions.deny(face, by=user_of(request))
    return said(decisions=[str(decision.pk)], text=_("Somebody else."))
