"""People whom a studio knows by name."""

from typing import cast
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from facepass.console.base import VERIFIERS, ExtraContext, column
from facepass.console.deletion import TrashAdmin
from galleries.admin.person_forms import PersonForm
from galleries.models import Person
from galleries.models.person import PersonQuerySet
from galleries.staff_kit.person_overview import build_overview


@admin.register(Person)
class PersonAdmin(TrashAdmin[Person]):
    trash_kind = "person"
    editors = VERIFIERS
    form = PersonForm
    list_display = ["avatar", "real_name", "email", "external_id", "studio", "face_count", "created_at"]
    list_display_links = ["avatar", "real_name"]
    list_select_related = ["studio"]
    search_fields = ["real_name", "email", "external_id"]
    fieldsets = [
        (None, {"fields": ["real_name", "studio", "email", "notes", "is_vip", "is_hidden", "faces_link"]}),
        (_("For other programs"), {"classes": ["collapse"], "fields": ["external_id", "metadata"]}),
    ]
    readonly_fields = ["faces_link"]
    autocomplete_fields = ["studio"]

    change_form_outer_before_template = "admin/galleries/person/overview.html"

    class Media:
        css = {"all": ["facepass-admin/admin.css", "facepass-admin/kit/kit.css", "facepass-admin/faces/faces.css"]}
        js = [forms.Script("facepass-admin/faces/person.js", type="module")]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: ExtraContext = None
    ) -> HttpResponse:
        person = self.get_object(request, object_id)
        more = build_overview(request, person) if person else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return cast(PersonQuerySet, super().get_queryset(request)).with_face_count()

    @column(_("picture"))
    def avatar(self, person: Person) -> str:
        """Pictures of other hosts are not shown: the page's policy forbids them, and they would tell who looks."""
        if urlsplit(person.avatar_url).netloc or not person.avatar_url:
            return format_html(
                '<span class="fp-avatar fp-none" role="img" aria-label="{}">{}</span>',
                person.real_name,
                person.real_name[:1],
            )
        return format_html(
            '<img class="fp-avatar" loading="lazy" alt="{}" src="{}">', person.real_name, person.avatar_url
        )

    @column(_("faces"), ordering="face_count")
    def face_count(self, person: Person) -> int:
        return person.face_count

    @column(_("faces"))
    def faces_link(self, person: Person) -> str:
        address = f"{reverse('admin:galleries_photoface_changelist')}?person__id__exact={person.pk}"
        return format_html('<a class="fp-link" href="{}">{}</a>', address, getattr(person, "face_count", 0))
