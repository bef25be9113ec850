"""Photos: their state, and the faces drawn over the picture."""

from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from facepass.console.base import ExtraContext, column
from facepass.console.deletion import TrashAdmin
from facepass.core.figures import format_decimal
from galleries.jobs import queue
from galleries.models import GalleryImage
from galleries.models.photo import GalleryImageQuerySet
from galleries.photos import media_files
from galleries.staff_kit import markup


@admin.register(GalleryImage)
class GalleryImageAdmin(TrashAdmin[GalleryImage]):
    trash_kind = "photo"
    studio_path = "gallery__studio"
    list_display = ["thumbnail", "file_name", "gallery", "state_shown", "face_count", "error_shown", "created_at"]
    list_display_links = ["thumbnail", "file_name"]
    list_select_related = ["gallery"]
    list_filter = [("state", ChoicesDropdownFilter), ("gallery", AutocompleteSelectFilter)]
    search_fields = ["original_name", "gallery__title"]
    fields = readonly_fields = (
        "original_name", "gallery", "state", "error_shown", "attempts", "width", "height", "byte_size",
        "taken_at", "created_at", "processed_at", "sha256",
    )  # fmt: skip
    change_form_outer_before_template = "admin/galleries/galleryimage/picture.html"
    actions = ["analyse_again"]

    class Media:
        css = {"all": ["facepass-admin/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[GalleryImage]:
        photos = cast(GalleryImageQuerySet, super().get_queryset(request))
        return photos.select_related("gallery").with_face_count()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Photos come in on their gallery's page."""
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: ExtraContext = None
    ) -> HttpResponse:
        photo = self.get_object(request, object_id)
        # There is nothing to type in here.
        more = {"show_save": False, "show_save_and_continue": False, **(_build_picture(photo) if photo else {})}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    @admin.action(description=_("Analyse the selected photos again"), permissions=["change"])
    def analyse_again(self, request: HttpRequest, queryset: GalleryImageQuerySet) -> None:
        photos = self.editable(request, queryset)
        galleries = set(photos.order_by().values_list("gallery_id", flat=True))
        number = photos.with_files().requeue()
        for gallery_id in galleries:
            queue.wake_workers(gallery_id, photos=number)
        text = ngettext("%(number)d photo waits for analysis.", "%(number)d photos wait for analysis.", number)
        self.message_user(request, text % {"number": number}, messages.SUCCESS)

    @column(_("photo"))
    def thumbnail(self, photo: GalleryImage) -> str:
        return markup.photo_thumbnail(photo, alt=photo.original_name)

    @column(_("file name"), ordering="name_key")
    def file_name(self, photo: GalleryImage) -> str:
        return photo.original_name

    @column(_("status"), ordering="state", label=markup.STATE_LABELS)
    def state_shown(self, photo: GalleryImage) -> tuple[str, str]:
        return photo.state, photo.get_state_display()

    @column(_("faces"), ordering="face_count")
    def face_count(self, photo: GalleryImage) -> int:
        return photo.face_count

    @column(_("error"))
    def error_shown(self, photo: GalleryImage) -> str | None:
        return markup.photo_error(photo) or None


def _build_picture(photo: GalleryImage) -> dict[str, object]:
    """Return the picture and its faces. Coordinates are strings, so that no language writes them with a comma."""
    faces = photo.faces.defer("insightface_descriptor", "landmarks").select_related("person", "photo")
    boxes = [(face, {side: f"{value:.1f}" for side, value in face.box.items()}) for face in faces]
    return {
        "preview_path": media_files.photo_path(
            photo, "preview" if photo.processed_at and not photo.error else "original"
        ),
        "work_path": None if photo.subject_id else reverse("admin:galleries_galleryimage_faces", args=[photo.pk]),
        "size": {"width": str(photo.width), "height": str(photo.height)},
        "faces": [
            {
                "face": face,
                "number": number,
                "box": box,
                "crop": markup.face_crop(face),
                "reasons": markup.quality_reasons(face),
                "score": format_decimal(face.insightface_confidence, 2),
                "path": markup.change_page_path("photoface", face.pk),
            }
            for number, (face, box) in enumerate(boxes, 1)
        ],
    }
