"""Pictures, codes and addresses as staff see them. Nothing here queries."""

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from facepass.core.database.storable_values import storable_moment
from galleries.models import FaceDecision, GalleryImage, PhotoFace
from galleries.models.photo import PhotoState
from galleries.photos import media_files

STATE_LABELS = {
    PhotoState.PENDING: "info",
    PhotoState.PROCESSING: "primary",
    PhotoState.PROCESSED: "success",
    PhotoState.FAILED: "danger",
    PhotoState.QUARANTINED: "warning",
}
ERRORS = {
    "worker_lost": _("The analysis was interrupted three times. The picture may be too much for this machine."),
    "internal_error": _("The analysis failed on our side. The log says more."),
    "storage_unavailable": _("The storage of the photos does not answer. The photo is analysed when it does."),
    "unreadable_value": _("Something stored with the photo cannot be read, such as its date."),
    "file_missing": _("The photo's file is not in the storage."),
    "not_an_image": _("The file is damaged or is not a picture."),
    "truncated_image": _("The file is cut off before anything of the picture."),
    "unsupported_type": _("This kind of picture cannot be read here."),
    "image_too_large": _("The picture is too large."),
}
QUALITY_REASONS = {
    "too_small": _("too small"),
    "blurred": _("blurred"),
    "turned_away": _("turned away"),
    "too_dark": _("too dark"),
    "too_bright": _("too bright"),
    "low_confidence": _("possibly not a face"),
    "sunglasses": _("sunglasses"),
    "mask": _("mask"),
    "not_live": _("on a poster or a screen?"),
    "whole_photo": _("no face is seen"),
    "not_described": _("drawn by hand; the engine sees no face there, so no search finds it"),
}
# How much of a face's surroundings its crop shows, as a multiple of the box's longer side.
CROP_MARGIN = 1.3


def photo_thumbnail(photo: GalleryImage, *, alt: str = "") -> SafeString:
    """Return a small picture. The worker makes it, so before the analysis there is only a frame.

    `alt` says which photo it is where nothing beside it does.
    """
    if photo.state != PhotoState.PROCESSED:
        name = format_html('role="img" aria-label="{}"', alt) if alt else SafeString('aria-hidden="true"')
        return format_html('<span class="fp-thumbnail fp-none" {}></span>', name)
    address = media_files.photo_path(photo, "thumbnail")
    return format_html('<img class="fp-thumbnail" loading="lazy" alt="{}" src="{}">', alt, address)


def format_capture_time(photo: GalleryImage, name: str = "DATETIME_FORMAT") -> str:
    """Return when the photo was taken, as the language writes it by the format of that name; empty where none knows."""
    moment = storable_moment(photo.taken_at)
    return date_format(timezone.localtime(moment), name) if moment else ""


def describe_place(photo: GalleryImage, taken: str) -> str:
    """Return a line: whether the file is cut off, when the photo was taken, its folder, and its tags."""
    damage = _("file cut off") if photo.truncated else ""
    return " · ".join(filter(None, [str(damage), taken, photo.folder, *(f"#{tag}" for tag in photo.tag_list)]))


def face_crop(face: PhotoFace, *, alt: str = "") -> SafeString:
    """Return the face, cut out of the photo's preview by style alone.

    The style is in percent of the face's frame, so it holds for any size of the preview. `alt` says who it is where
    nothing beside it does.
    """
    photo, box = face.photo, face.box
    side = max(box["width"], box["height"]) * CROP_MARGIN
    left, top = box["x"] + box["width"] / 2 - side / 2, box["y"] + box["height"] / 2 - side / 2
    style = f"width:{100 * photo.width / side:.2f}%;left:{-100 * left / side:.2f}%;top:{-100 * top / side:.2f}%"
    address = media_files.photo_path(photo, "preview")
    frame = '<span class="fp-crop"><img loading="lazy" alt="{}" src="{}" style="{}"></span>'
    return format_html(frame, alt, address, style)


def face_picture(face: PhotoFace) -> SafeString:
    """Return the face as a picture of its own: where many are shown, their photos would be too much to load."""
    return format_html('<img class="fp-portrait" loading="lazy" alt="" src="{}">', media_files.face_path(face))


def quality_reasons(face: PhotoFace) -> str:
    """Return what is wrong with the face, or to be noticed, in words; empty for a good one."""
    codes = [*face.quality.get("reasons", []), *face.quality.get("marks", [])]
    return ", ".join(str(QUALITY_REASONS.get(code, code)) for code in codes)


def gone_faces(decision: FaceDecision) -> str:
    """Return how many of a decision's faces are gone, in words; empty for none. Reads rows of `with_faces_gone`."""
    if not decision.faces_gone:
        return ""
    text = ngettext("%(number)d face no longer exists", "%(number)d faces no longer exist", decision.faces_gone)
    return text % {"number": decision.faces_gone}


def photo_error(photo: GalleryImage) -> str:
    """Return why the photo could not be analysed, in words; empty where nothing is wrong."""
    return str(ERRORS.get(photo.problem_code, photo.problem_code))


def change_page_path(model: str, pk: object) -> str:
    """Return the address of a row's page in the admin: `change_page_path("photoface", face.pk)`."""
    return reverse(f"admin:galleries_{model}_change", args=[pk])
