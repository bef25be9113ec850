"""The admin's first page and its sidebar."""

from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from facepass import notices
from facepass.admin_tenancy import is_superuser
from facepass.errors import FacePassError
from galleries.models import GalleryImage, Person, PhotoFace
from galleries.models.face import FaceCategory
from galleries.models.photo import State
from recognition import registry
from sessions_app.models import PhotoSession

# Pages that are no list of rows, and the entry of the sidebar that each belongs to.
TASKS = {
    "galleries_facecluster_occasions": "galleries_facecluster_occasions",
    "galleries_facecluster_of": "galleries_facecluster_occasions",
    "galleries_facecluster_pairs": "galleries_facecluster_occasions",
    "galleries_photoface_verify": "galleries_photoface_verify",
}


def fill(request: Any, context: dict[str, Any]) -> dict[str, Any]:
    """The first page: what waits, what there is, what happened, and which model is in use."""
    told = [(notice, notices.text_of(notice), notices.page_of(notice)) for notice in notices.shown_to(request.user)]
    return {**context, "title": _t("Overview"), "cards": _cards(request.user), "engine": _engine(), "notices": told}


def _cards(user: Any) -> list[dict[str, Any]]:
    photos = GalleryImage.objects.visible_to(user).aggregate(
        total=Count("pk"),
        waiting=Count("pk", filter=Q(state__in=[State.PENDING, State.PROCESSING])),
        failed=Count("pk", filter=Q(state__in=[State.FAILED, State.QUARANTINED])),
    )
    to_confirm = PhotoFace.objects.visible_to(user).filter(person__isnull=False, verified=False)
    to_confirm = to_confirm.exclude(face_category=FaceCategory.IGNORED)
    sessions = PhotoSession.objects.visible_to(user)
    return [
        _card(_t("Photos"), photos["total"], "galleryimage"),
        _card(_t("Waiting for analysis"), photos["waiting"], "galleryimage", "state__exact=pending"),
        _card(_t("Failed"), photos["failed"], "galleryimage", "state__exact=failed"),
        _card(_t("Faces to confirm"), to_confirm.count(), "photoface", "verified__exact=0&person__isempty=0"),
        _card(_t("People"), Person.objects.visible_to(user).count(), "person"),
        _card(_t("Sessions open to guests"), sessions.open_to_guests().count(), None),
    ]


def _card(title: str, number: int, model: str | None, query: str = "") -> dict[str, Any]:
    page = f"galleries_{model}" if model else "sessions_app_photosession"
    address = reverse(f"admin:{page}_changelist")
    return {"title": title, "number": number, "path": f"{address}?{query}" if query else address}


def _engine() -> dict[str, Any]:
    try:
        engine = registry.engine_in_use()
    except FacePassError as refusal:
        return {"problem": refusal.message}
    return {
        "name": engine.name,
        "model": engine.model,
        "license": engine.license.name,
        "commercial": engine.license.commercial,
    }


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    groups = [
        (_("Events"), [
            (_("Photo sessions"), "event", "sessions_app_photosession"),
            (_("Galleries"), "photo_library", "galleries_gallery"),
            (_("Photos"), "image", "galleries_galleryimage"),
            (_("Analytics"), "bar_chart", "sessions_app_sessionday"),
            (_("Hidden guests"), "visibility_off", "sessions_app_hiding"),
        ]),
        (_("Faces"), [
            (_("Name faces"), "frame_person", "galleries_facecluster_occasions"),
            (_("Confirm names"), "how_to_reg", "galleries_photoface_verify"),
            (_("People"), "person", "galleries_person"),
            (_("Faces"), "face", "galleries_photoface"),
            (_("Groups of faces"), "groups", "galleries_facecluster"),
            (_("Decisions"), "history", "galleries_facedecision"),
        ]),
        (_("Recognition"), [
            (_("Training"), "model_training", "training_facetrainingsession"),
            (_("Settings"), "tune", "recognition_recognitionconfig"),
            (_("Models"), "neurology", "recognition_modelversion"),
            *([(_("History"), "history", "recognition_recognitionconfigchange")] if is_superuser(request) else []),
        ]),
        (_("Accounts"), [
            (_("Studios"), "storefront", "facepass_studio"),
            (_("API keys"), "key", "facepass_apikey"),
            *([(_("OAuth applications"), "lock", "facepass_oauth_application")] if settings.ENV.oauth2_enabled else []),
            (_("Webhooks"), "webhook", "sessions_app_webhookendpoint"),
            (_("Deliveries"), "outbox", "sessions_app_webhookdelivery"),
            *([(_("Users"), "manage_accounts", "facepass_user")] if is_superuser(request) else []),
        ]),
        *([(_("Jobs"), [
            (_("Waiting"), "hourglass", "django_q_ormq"),
            (_("Failed"), "error", "django_q_failure"),
            (_("Finished"), "check_circle", "django_q_success"),
        ])] if is_superuser(request) else []),
    ]  # fmt: skip
    first = {"title": _("Overview"), "icon": "dashboard", "link": reverse_lazy("admin:index")}
    return [
        {"items": [first]},
        *({"title": title, "items": _items(items, request), "separator": True} for title, items in groups),
    ]


def _items(items: list[tuple[Any, str, str]], request: HttpRequest) -> list[dict[str, Any]]:
    return [{"title": title, "icon": icon, **_link(page, request)} for title, icon, page in items]


def _link(page: str, request: HttpRequest) -> dict[str, Any]:
    """By its address alone a page of tasks would belong to the list of its rows as well."""
    link = reverse_lazy(f"admin:{page if page in TASKS else f'{page}_changelist'}")
    here = TASKS.get(getattr(request.resolver_match, "url_name", None) or "")
    return {"link": link, "active": lambda _request: page == here} if here else {"link": link}
