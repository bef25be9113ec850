"""Faces: who is it, and is that certain?"""

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from facepass.console.base import VERIFIERS, TenantAdmin, column
from facepass.core.access.authentication import user_of
from facepass.core.figures import format_decimal
from galleries.admin.person_forms import OwnPersonForm
from galleries.faces import decisions, erasure
from galleries.models import PhotoFace
from galleries.people import naming
from galleries.staff_kit import markup


class FacePaginator(Paginator[PhotoFace]):
    """Finds a page's rows by their ids first: a sort of all faces with their photos takes four times as long."""

    def page(self, number: Any) -> Page[PhotoFace]:
        page = super().page(number)
        rows: Any = self.object_list
        chosen: Any = page.object_list
        page.object_list = rows.filter(pk__in=chosen.values("pk"))
        return page


@admin.register(PhotoFace)
class PhotoFaceAdmin(TenantAdmin[PhotoFace]):
    studio_path = "gallery__studio"
    editors = VERIFIERS
    form = OwnPersonForm
    list_display = [
        "crop", "person_shown", "verified", "face_category", "similarity", "detection", "quality_shown", "gallery",
    ]  # fmt: skip
    list_select_related = ["photo", "person", "gallery"]
    paginator = FacePaginator
    list_filter = [
        "verified",
        "face_category",
        ("person", admin.EmptyFieldListFilter),
        ("gallery", AutocompleteSelectFilter),
        ("person", AutocompleteSelectFilter),
    ]
    search_fields = ["person__real_name", "photo__original_name"]
    fields = [
        "crop_large", "person", "verified", "face_category", "photo_link", "similarity", "detection", "quality_shown",
        "model_version", "training_used", "created_at", "leave_out",
    ]  # fmt: skip
    readonly_fields = [
        "crop_large", "photo_link", "similarity", "detection", "quality_shown", "model_version", "training_used",
        "created_at", "leave_out",
    ]  # fmt: skip
    autocomplete_fields = ["person"]
    actions = ["verify"]

    class Media:
        css = {"all": ["facepass-admin/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[PhotoFace]:
        """Without the descriptors: a page of them is 50 kB that nobody looks at."""
        return super().get_queryset(request).defer("insightface_descriptor", "landmarks")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Faces are found by the analysis."""
        return False

    def save_model(self, request: HttpRequest, obj: PhotoFace, form: ModelForm[PhotoFace], change: bool) -> None:
        """Who it is, is a decision of its own; the other columns follow it, as the form has them."""
        if "person" in form.changed_data and self.has_change_permission(request, obj):
            wanted = {name: getattr(obj, name) for name in form.changed_data if name != "person"}
            naming.name_faces([obj], obj.person, by=user_of(request))
            if wanted:
                PhotoFace.objects.filter(pk=obj.pk).update(**wanted)
        else:
            super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: PhotoFace) -> None:
        erasure.erase_face(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[PhotoFace]) -> None:
        erasure.erase_faces(queryset)

    @admin.action(description=_("Confirm the names of the selected faces"), permissions=["change"])
    def verify(self, request: HttpRequest, queryset: QuerySet[PhotoFace]) -> None:
        """One decision for each photo session, because it is undone there."""
        faces = self.editable(request, queryset).exclude(person=None).filter(verified=False)
        made = decisions.confirm_all(list(faces.select_related("gallery")), by=user_of(request))
        number = sum(decision.face_count for decision in made)
        text = ngettext("%(number)d face was confirmed.", "%(number)d faces were confirmed.", number)
        self.message_user(request, text % {"number": number}, messages.SUCCESS)

    @column(_("face"))
    def crop(self, face: PhotoFace) -> str:
        return markup.face_crop(face, alt=str(face))

    @column(_("face"))
    def crop_large(self, face: PhotoFace) -> str:
        return format_html('<span class="fp-large">{}</span>', markup.face_crop(face))

    @column(_("person"), ordering="person__real_name")
    def person_shown(self, face: PhotoFace) -> str:
        return str(face)

    @column(_("photo"))
    def photo_link(self, face: PhotoFace) -> str:
        return format_html(
            '<a class="fp-link" href="{}">{}</a>', markup.change_page_path("galleryimage", face.photo_id), face.photo
        )

    @column(_("asked to be left out"))
    def leave_out(self, face: PhotoFace) -> str:
        path = reverse("admin:galleries_photoface_leave_out", args=[face.pk])
        return format_html('<a class="fp-link" href="{}">{}</a>', path, _("Leave out…"))

    @column(_("similarity"), ordering="recognition_confidence")
    def similarity(self, face: PhotoFace) -> str | None:
        return None if face.recognition_confidence is None else format_decimal(face.recognition_confidence, 2)

    @column(_("detection"), ordering="insightface_confidence")
    def detection(self, face: PhotoFace) -> str:
        return format_decimal(face.insightface_confidence, 2)

    @column(_("quality"))
    def quality_shown(self, face: PhotoFace) -> str:
        return markup.quality_reasons(face) or str(_("good"))
