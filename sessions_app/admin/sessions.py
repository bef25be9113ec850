"""Photo sessions: their guest link, and whether guests may search."""

from typing import Any, TypedDict
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import WithAnnotations
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from facepass.console.base import ExtraContext, column
from facepass.console.deletion import TrashAdmin
from facepass.console.zone_field import build_zone_field
from galleries.models import Gallery, GalleryImage
from sessions_app import session_directory
from sessions_app.admin.analytics import build_usage_context
from sessions_app.admin.guests import PAPERS, GuestRulesInline, answer_paper, build_paper_links
from sessions_app.models import Origin, PhotoSession
from sessions_app.pixora import gateway


class SessionForm(ModelForm[PhotoSession]):
    """Of a new session, the code in its field is the one in its guest link: both come from one row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial.setdefault("code", self.instance.code)
        if "time_zone" in self.fields:
            column = PhotoSession._meta.get_field("time_zone")
            present = self.instance.time_zone
            self.fields["time_zone"] = build_zone_field(column, present=present, empty=str(_("that of the studio")))


class SessionCounts(TypedDict):
    """What the list's queryset adds to each session."""

    gallery_count: int
    photo_count: int


@admin.register(PhotoSession)
class PhotoSessionAdmin(TrashAdmin[PhotoSession]):
    trash_kind = "event"
    form = SessionForm
    list_display = [
        "name_shown", "studio", "status", "scheduled_at", "facepass_enabled", "guest_link", "gallery_count",
        "photo_count",
    ]  # fmt: skip
    list_display_links = None
    list_editable = ["facepass_enabled"]
    list_select_related = ["studio"]
    list_filter = [("status", ChoicesDropdownFilter), "facepass_enabled", "origin"]
    search_fields = ["name", "code"]
    shown_fields = (
        "name", "studio", "description", "status", "scheduled_at", "time_zone", "facepass_enabled", "code",
        "guest_link", "guest_papers", "origin", "gone_at",
    )  # fmt: skip
    fieldsets = [
        (None, {"fields": shown_fields}),
        (_("For other programs"), {"classes": ["collapse"], "fields": ["settings"]}),
    ]
    readonly_fields = ["guest_link", "guest_papers", "origin", "gone_at"]
    autocomplete_fields = ["studio"]
    change_form_outer_after_template = "admin/sessions_app/usage.html"

    class Media:
        css = {"all": ["facepass-admin/admin.css"]}

    inlines = [GuestRulesInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not gateway.is_configured() and super().has_add_permission(request)

    def trash_kind_of(self, obj: PhotoSession) -> str:
        """Of a session that is kept in Pixora, only what is here is deleted: its galleries and guests."""
        return "event" if _is_ours(obj) else "event_contents"

    def get_readonly_fields(self, request: HttpRequest, obj: PhotoSession | None = None) -> tuple[str, ...]:
        """Return every field of a session that is kept in Pixora, which is changed there. Rules for guests are ours."""
        return super().get_readonly_fields(request, obj) if _is_ours(obj) else (*self.shown_fields, "settings")

    def save_model(self, request: HttpRequest, obj: PhotoSession, form: ModelForm[PhotoSession], change: bool) -> None:
        if _is_ours(obj):
            super().save_model(request, obj, form, change)
        elif form.changed_data:  # a list that edits in place
            raise PermissionDenied

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.guest_paper)
        return [path("<uuid:pk>/paper/<str:name>", view, name="guest-paper"), *super().get_urls()]

    def guest_paper(self, request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
        session = PhotoSession.objects.select_related("studio").filter(pk=pk).first()
        if session is None or name not in PAPERS or not self.has_view_permission(request, session):
            raise Http404
        return answer_paper(session, name)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> PhotoSession | None:
        """Return the session, whose dates are from then on shown and read in its own time zone."""
        session = super().get_object(request, object_id, from_field)
        if session is not None and session.time_zone:
            timezone.activate(session.zone)
        return session

    def get_queryset(self, request: HttpRequest) -> QuerySet[PhotoSession]:
        """Galleries name their session without a foreign key, so they are counted by hand."""
        galleries = Gallery.objects.filter(session_id=OuterRef("pk"))
        photos = GalleryImage.objects.filter(gallery__session_id=OuterRef("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                gallery_count=_count(galleries, by="session_id"), photo_count=_count(photos, by="gallery__session_id")
            )
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: ExtraContext = None
    ) -> HttpResponse:
        session = self.get_object(request, object_id)
        query = f"session__id__exact={object_id}"
        usage = build_usage_context(session.days.all(), query=query) if session else {}
        event = {"event": session_directory.build_entry(session)} if session else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **usage, **event})

    def response_add(
        self, request: HttpRequest, obj: PhotoSession, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on at the event's page."""
        if {"_continue", "_addanother", "_popup"} & set(request.POST):
            return super().response_add(request, obj, post_url_continue)
        return redirect(session_directory.build_entry(obj).path)

    @column(pgettext_lazy("of a thing", "name"), ordering="name")
    def name_shown(self, session: PhotoSession) -> str:
        """To the event's page, where the work is; the form is a page of settings."""
        return format_html('<a class="fp-link" href="{}">{}</a>', session_directory.event_path(session), session.name)

    @column(_("guest page"))
    def guest_link(self, session: PhotoSession) -> str:
        address = session.guest_url
        return format_html('<a class="fp-link" href="{}" target="_blank" rel="noopener">{}</a>', address, address)

    @column(_("to print"), empty="")
    def guest_papers(self, session: PhotoSession) -> str | None:
        return None if session._state.adding else build_paper_links(session)

    @column(_("galleries"), ordering="gallery_count")
    def gallery_count(self, session: "WithAnnotations[PhotoSession, SessionCounts]") -> int:
        return session.gallery_count

    @column(_("photos"), ordering="photo_count")
    def photo_count(self, session: "WithAnnotations[PhotoSession, SessionCounts]") -> int:
        return session.photo_count


def _is_ours(session: PhotoSession | None) -> bool:
    return session is None or session.origin == Origin.LOCAL


def _count(rows: QuerySet[Model], *, by: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)
