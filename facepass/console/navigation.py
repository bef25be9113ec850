"""The admin's menu: a dozen pages of daily work, and one that lists all tables."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse, reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from facepass.console.base import is_superuser

# Pages that are no list of rows, and the entry of the menu that each belongs to.
TASK_PAGES = {
    "galleries_galleryimage_faces": "galleries_gallery",
    "galleries_facecluster_occasions": "galleries_facecluster_occasions",
    "galleries_facecluster_of": "galleries_facecluster_occasions",
    "galleries_facecluster_pairs": "galleries_facecluster_occasions",
    "galleries_photoface_verify": "galleries_photoface_verify",
    "galleries_photoface_doubts": "galleries_photoface_verify",
    "galleries_person_grid": "galleries_person_grid",
    "galleries_person_changelist": "galleries_person_grid",
    "galleries_person_change": "galleries_person_grid",
    "galleries_person_merge": "galleries_person_grid",
    "galleries_person_photos": "galleries_person_grid",
    "training_settings": "training_settings",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the page behind *Advanced*: the admin's name of its model, and what one looks for there."""

    title: str
    note: str
    model: str

    @property
    def path(self) -> str:
        return reverse(f"admin:{self.model}_changelist")


def build_navigation(request: HttpRequest) -> list[dict[str, object]]:
    """Return the menu, as unfold takes it."""
    groups = [
        (None, [(_("Overview"), "dashboard", "index")]),
        (_("Events"), [
            (_("Events"), "event", "sessions_app_photosession"),
            (_("Galleries"), "photo_library", "galleries_gallery"),
            (_("Analytics"), "bar_chart", "sessions_app_sessionday"),
        ]),
        (_("People"), [
            (_("Name faces"), "frame_person", "galleries_facecluster_occasions"),
            (_("Confirm names"), "how_to_reg", "galleries_photoface_verify"),
            (_("People"), "person", "galleries_person_grid"),
        ]),
        (_("Recognition"), [
            (_("Training"), "model_training", "training_facetrainingsession"),
            (_("Settings"), "tune", "training_settings"),
        ]),
        (None, [
            (_("Studios"), "storefront", "facepass_studio"),
            (_("Trash"), "delete", "facepass_trashentry"),
            (_("Advanced"), "table_view", "advanced"),
        ]),
    ]  # fmt: skip
    return [
        {"title": title, "items": [_build_item(*item, request) for item in items], "separator": place > 0}
        for place, (title, offered) in enumerate(groups)
        if (items := [item for item in offered if may_see(item[2], request)])
    ]


def may_see(page: str, request: HttpRequest) -> bool:
    """Return whether the list opens for the user. `page`: the name of a model, or a page of everybody."""
    for model, model_admin in admin.site._registry.items():
        if f"{model._meta.app_label}_{model._meta.model_name}" == page:
            return model_admin.has_view_permission(request)
    return True


def _build_item(title: Promise, icon: str, page: str, request: HttpRequest) -> dict[str, object]:
    return {"title": title, "icon": icon, **_build_link(page, request)}


def _build_link(page: str, request: HttpRequest) -> dict[str, object]:
    """Return a link, with whether it is the current page where addresses do not say it.

    unfold goes by addresses, by which a page of tasks would belong to the list of its rows as well.
    """
    if page == "advanced":
        return {"link": reverse_lazy("admin:advanced"), "active": _is_advanced(request)}
    link = reverse_lazy(f"admin:{page if page in (*TASK_PAGES, 'index') else f'{page}_changelist'}")
    current = _current_task(request)
    return {"link": link, "active": page == current} if current else {"link": link}


def _is_advanced(request: HttpRequest) -> bool:
    """Return whether the page is the list of tables, or one of them and no page of tasks."""
    if _current_task(request):
        return False
    paths = [reverse("admin:advanced"), *(table.path for table in _list_tables(request))]
    return request.path.startswith(tuple(paths))


def _current_task(request: HttpRequest) -> str | None:
    return TASK_PAGES.get(getattr(request.resolver_match, "url_name", None) or "")


def show_advanced(request: HttpRequest) -> HttpResponse:
    """The page that lists the tables which nobody needs in daily work."""
    context = {"title": gettext("Advanced"), "groups": _list_groups(request)}
    return TemplateResponse(request, "admin/advanced.html", {**admin.site.each_context(request), **context})


def _list_tables(request: HttpRequest) -> list[Table]:
    return [table for _title, tables in _list_groups(request) for table in tables]


def _list_groups(request: HttpRequest) -> list[tuple[str, list[Table]]]:
    """Return the tables that the user may see, by what they are about."""
    groups = [
        (gettext("Events"), [
            Table(gettext("Photos"), gettext("every photo, with its state and file"), "galleries_galleryimage"),
            Table(gettext("Hidden guests"), gettext("guests who asked to be found by nobody"), "sessions_app_hiding"),
            Table(gettext("Records of consents"), gettext("who agreed to which notice, without names, as proof"),
                  "sessions_app_consentrecord"),
        ]),
        (gettext("Faces"), [
            Table(gettext("People"), gettext("with their e-mail addresses and ids"), "galleries_person"),
            Table(gettext("Faces"), gettext("every face found, with its quality"), "galleries_photoface"),
            Table(gettext("Groups of faces"), gettext("named or not, of all events"), "galleries_facecluster"),
            Table(gettext("Requests to be left out"), gettext("entered for people who asked, and taken back for them"),
                  "galleries_leftoutrequest"),
            Table(gettext("Decisions"), gettext("who said what about which faces"), "galleries_facedecision"),
        ]),
        (gettext("Other programs"), [
            Table(gettext("API keys"), gettext("by which partner apps come in"), "facepass_apikey"),
            Table(gettext("Webhooks"), gettext("addresses that are told what happens"), "sessions_app_webhookendpoint"),
            Table(gettext("Deliveries"), gettext("what they were told, and whether it arrived"),
                  "sessions_app_webhookdelivery"),
            *_list_oauth(),
        ]),
        (gettext("Records"), [
            Table(gettext("Audit"), gettext("who changed what, when and from where"), "facepass_auditentry"),
        ]),
        (gettext("Deleted"), [
            Table(gettext("Receipts of erasures"), gettext("what was deleted for good, when and by whom"),
                  "facepass_erasure"),
        ]),
        (gettext("Recognition"), [
            Table(gettext("Models"), gettext("model versions that described faces"), "recognition_modelversion"),
            Table(gettext("Settings as JSON"), gettext("all values of the recognition in one text"),
                  "recognition_recognitionconfig"),
        ]),
    ]  # fmt: skip
    shown = [(title, [table for table in tables if may_see(table.model, request)]) for title, tables in groups]
    groups = [(title, tables) for title, tables in shown if tables]
    return [*groups, *(_list_groups_of_superusers() if is_superuser(request) else [])]


def _list_oauth() -> list[Table]:
    text = gettext("apps that sign users in through FacePass")
    name = gettext("OAuth applications")
    return [Table(name, text, "facepass_oauth_application")] if settings.ENV.oauth2_enabled else []


def _list_groups_of_superusers() -> list[tuple[str, list[Table]]]:
    return [
        (gettext("This installation"), [
            Table(gettext("Users"), gettext("accounts that sign in"), "facepass_user"),
            Table(gettext("History"), gettext("changes of the recognition settings"),
                  "recognition_recognitionconfigchange"),
        ]),
        (gettext("Jobs"), [
            Table(gettext("Waiting"), gettext("tasks that no worker has taken yet"), "django_q_ormq"),
            Table(gettext("Failed"), gettext("tasks that ended with an error"), "django_q_failure"),
            Table(gettext("Finished"), gettext("tasks that are done"), "django_q_success"),
        ]),
    ]  # fmt: skip
