"""Cameras that write a raw file and a JPEG of the same name: the JPEG is the photo, and the raw file its pair."""

from pathlib import PurePosixPath

from galleries.models import GalleryImage
from galleries.models.photo import GalleryImageQuerySet
from recognition.pictures.formats import RAW


def find_shown_pair(raw: GalleryImage) -> GalleryImage | None:
    """Return the gallery's photo of the same name in the same folder that is no raw file, or None."""
    return next((photo for photo in _same_name(raw) if not _is_raw(photo)), None)


def hide_raw_pair(photo: GalleryImage) -> None:
    """Hide from guests the raw photo that came before its JPEG; staff see both."""
    raw = [other.pk for other in _same_name(photo) if _is_raw(other)]
    GalleryImage.objects.filter(pk__in=raw).update(hidden_from_guests=True)


def _same_name(photo: GalleryImage) -> list[GalleryImage]:
    stem = _stem(photo)
    rows: GalleryImageQuerySet = GalleryImage.objects.filter(gallery=photo.gallery_id, folder=photo.folder)
    rows = rows.filter(original_name__istartswith=f"{stem}.").exclude(pk=photo.pk)
    return [other for other in rows if _stem(other) == stem]


def _stem(photo: GalleryImage) -> str:
    return PurePosixPath(photo.original_name).stem.lower()


def _is_raw(photo: GalleryImage) -> bool:
    return (photo.file.name or "").endswith(RAW.extension)
