"""Galleries: how far their analysis is, live; uploading; a look at their photos."""

from typing import Any, TypedDict, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django_stubs_ext import WithAnnotations

from facepass.console.base import ExtraContext, column
from facepass.console.deletion import TrashAdmin
from facepass.core.access.authentication import user_of
from galleries.admin.gallery_form import GalleryForm, build_event_field, parse_id
from galleries.faces import event_change
from galleries.models import Gallery, GalleryImage, Occasion
from galleries.models.gallery import GalleryQuerySet
from galleries.models.photo import FAILED, UNFINISHED
from galleries.photos import ingest, progress
from galleries.photos.cameras import assumed_zones
from galleries.staff_kit import markup, photo_sessions
from galleries.staff_kit.photo_sessions import SessionEntry

# Enough to see what the gallery is; the list of photos has them all.
PHOTOS_SHOWN = 48
# A message that names a hundred files would hide the rest.
NAMES_SHOWN = 5


class PhotoCounts(TypedDict):
    """What the list's queryset adds to each gallery."""

    unfinished: int
    failed: int


class EventOfGallery(TypedDict):
    """What the list's page adds to each gallery."""

    event: SessionEntry | None


@admin.register(Gallery)
class GalleryAdmin(TrashAdmin[Gallery]):
    trash_kind = "gallery"
    list_display = ["title_shown", "studio", "shoot_date", "event_shown", "photo_count", "face_count", "analysis"]
    list_display_links = None
    list_select_related = ["studio"]
    list_filter = ["shoot_date"]
    date_hierarchy = "shoot_date"
    search_fields = ["title"]
    form = GalleryForm
    fields = ("title", "studio", "shoot_date", "session_id", "guest_title", "shown_from", "location_id")
    autocomplete_fields = ["studio"]
    change_form_outer_before_template = "admin/galleries/gallery/overview.html"
    change_form_outer_after_template = "admin/galleries/gallery/photos.html"

    class Media:
        css = {"all": ["facepass-admin/admin.css"]}
        js = [forms.Script("facepass-admin/gallery/progress.js", type="module")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Gallery]:
        counts = {
            "unfinished": UNFINISHED,
            "failed": FAILED,
        }
        rows = cast(GalleryQuerySet, super().get_queryset(request)).event_galleries().with_counts()
        return rows.annotate(**{name: _count_photos(states) for name, states in counts.items()})

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Add `event` to each gallery shown; galleries know no table of sessions to join."""
        changes = super().get_changelist_instance(request)
        galleries = list(changes.result_list)
        events = photo_sessions.find_sessions(request, [gallery.session_id for gallery in galleries])
        for gallery in galleries:
            gallery.event = events.get(gallery.session_id)
        changes.result_list = galleries
        return changes

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Gallery | None:
        gallery = super().get_object(request, object_id, from_field)
        if gallery:
            assumed_zones.read_in_time_of_event(gallery)
            gallery.event = photo_sessions.find_session(request, gallery.session_id)  # type: ignore[attr-defined]
        return gallery

    def get_form(
        self, request: HttpRequest, obj: Gallery | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Gallery]]:
        """Return a class that knows the request: what the list of events offers depends on who asks."""
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"request": request})

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name == "session_id":
            return build_event_field(request)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Gallery | None = None) -> tuple[str, ...]:
        """Show who may not change the gallery its event by name."""
        if self.has_change_permission(request, obj):
            return self.fields
        return tuple("event_shown" if field == "session_id" else field for field in self.fields)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str | list[str]]:
        """Return the studio of the event from whose page one comes, too."""
        initial = super().get_changeform_initial_data(request)
        event = photo_sessions.find_session(request, parse_id(initial.get("session_id")))
        return {**initial, "studio": str(event.studio_id)} if event else initial

    def save_model(self, request: HttpRequest, obj: Gallery, form: forms.ModelForm[Gallery], change: bool) -> None:
        """Take what is known of its faces along to another event."""
        former = Gallery.objects.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        if former:
            event_change.carry_gallery(obj, source=Occasion.for_gallery(former))

    def get_urls(self) -> list[URLPattern]:
        upload = self.admin_site.admin_view(require_POST(self.upload_view))
        own = [path("<uuid:pk>/upload/", upload, name="galleries_gallery_upload")]
        return [*own, *super().get_urls()]

    def upload_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        gallery = self.get_object(request, str(pk))
        if gallery is None:
            raise Http404
        if not self.has_change_permission(request, gallery):
            raise PermissionDenied
        _report_upload(request, ingest.add_photos(gallery, request.FILES.getlist("files"), by=user_of(request)))
        return redirect(markup.change_page_path("gallery", pk))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: ExtraContext = None
    ) -> HttpResponse:
        gallery = self.get_object(request, object_id)
        more = _build_overview(gallery, may_upload=self.has_change_permission(request, gallery)) if gallery else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def response_add(self, request: HttpRequest, obj: Gallery, post_url_continue: str | None = None) -> HttpResponse:
        """Go on where photos are added."""
        if {"_continue", "_addanother", "_popup"} & set(request.POST):
            return super().response_add(request, obj, post_url_continue)
        return redirect(reverse("admin:galleries_gallery_photos", args=[obj.pk]))

    @column(_("title"), ordering="title")
    def title_shown(self, gallery: Gallery) -> str:
        """To where its photos are; the form is a page of settings."""
        address = reverse("admin:galleries_gallery_photos", args=[gallery.pk])
        return format_html('<a class="fp-link" href="{}">{}</a>', address, gallery.title)

    @column(pgettext_lazy("photo session", "event"), ordering="session_id")
    def event_shown(self, gallery: "WithAnnotations[Gallery, EventOfGallery]") -> str:
        if gallery.event:
            return format_html('<a class="fp-link" href="{}">{}</a>', gallery.event.path, gallery.event.name)
        return str(gallery.session_id)[:8] if gallery.session_id else "–"

    @column(_("photos"), ordering="photo_count")
    def photo_count(self, gallery: Gallery) -> int:
        return gallery.photo_count

    @column(_("faces"), ordering="face_count")
    def face_count(self, gallery: Gallery) -> int:
        return gallery.face_count

    @column(_("analysis"), label={"busy": "info", "failed": "danger", "done": "success", "empty": ""})
    def analysis(self, gallery: "WithAnnotations[Gallery, PhotoCounts]") -> tuple[str, str]:
        if gallery.unfinished:
            left = {"number": gallery.unfinished}
            return "busy", ngettext("%(number)d photo left", "%(number)d photos left", gallery.unfinished) % left
        if gallery.failed:
            return "failed", ngettext("%(number)d failed", "%(number)d failed", gallery.failed) % {
                "number": gallery.failed
            }
        return ("done", gettext("done")) if gallery.photo_count else ("empty", gettext("empty"))


def _count_photos(states: Q) -> Coalesce:
    rows = GalleryImage.objects.filter(states, gallery=OuterRef("pk")).order_by().values("gallery")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def _build_overview(gallery: Gallery, *, may_upload: bool) -> dict[str, object]:
    photos = gallery.photos.with_face_count().order_by("created_at", "pk")[:PHOTOS_SHOWN]
    return {
        "event": gallery.event,  # type: ignore[attr-defined]
        "progress": progress.load_progress(gallery.pk),
        "socket_path": f"/ws/galleries/{gallery.pk}/progress/",
        "poll_path": f"/api/v1/galleries/{gallery.pk}/progress",
        "upload_path": reverse("admin:galleries_gallery_upload", args=[gallery.pk]) if may_upload else None,
        "photos": [(photo, markup.photo_thumbnail(photo)) for photo in photos],
        "photo_list_path": f"{reverse('admin:galleries_galleryimage_changelist')}?gallery__id__exact={gallery.pk}",
        "work_path": reverse("admin:galleries_gallery_photos", args=[gallery.pk]),
    }


def _report_upload(request: HttpRequest, report: ingest.UploadReport) -> None:
    """Show what became of an upload, in words."""
    if not (report.accepted or report.duplicates or report.rejected):
        messages.warning(request, gettext("No file was chosen."))
    if number := len(report.accepted):
        text = ngettext("%(number)s photo was added.", "%(number)s photos were added.", number)
        messages.success(request, text % {"number": number_format(number)})
    if report.duplicates:
        names = _join_first([name for name, _pk in report.duplicates])
        messages.info(request, gettext("These are in the gallery already: %(names)s") % {"names": names})
    if report.rejected:
        names = _join_first([f"{refusal.filename} ({refusal.message})" for refusal in report.rejected])
        messages.error(request, gettext("These were refused: %(names)s") % {"names": names})


def _join_first(names: list[str]) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - NAMES_SHOWN
    rest = [ngettext("and %(number)d more", "and %(number)d more", more) % {"number": more}] if more > 0 else []
    return ", ".join([*names[:NAMES_SHOWN], *rest])
