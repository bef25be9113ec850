"""A photo's files: where they are stored, who may fetch them, and how they are deleted.

A photo has three variants: the original as it was uploaded, and two made by the worker. Addresses in answers of the API
are signed and short-lived, so that an `<img>` can fetch them without a header; staff fetch with their sign-in.
"""

import hashlib
from typing import Literal
from urllib.parse import urlencode

from django.core import signing
from django.core.files.storage import default_storage
from django.urls import reverse

from galleries.models import GalleryImage, PhotoFace

Variant = Literal["original", "preview", "thumbnail"]
# Longest side, in pixels, of what the worker makes.
SIDES: dict[Variant, int] = {"preview": 1600, "thumbnail": 360}
SIGNED_FOR_SECONDS = 3600
SALT = "galleries.media"
WATERMARKED = "-marked-"


def storage_name(photo: GalleryImage, variant: Variant) -> str:
    """Return the name under which the storage has the file; empty for an original that was never stored."""
    if variant == "original":
        return photo.file.name or ""
    return f"{_folder(photo)}/{variant}.jpg"


def photo_path(photo: GalleryImage, variant: Variant) -> str:
    """Return the lasting path of a file; fetching it needs a sign-in, a key or a signature."""
    return reverse("photo-file", args=[photo.pk, variant])


def face_path(face: PhotoFace) -> str:
    """Return the lasting path of a face's picture, cut out of its photo; fetching it needs a sign-in or a key."""
    return reverse("face-file", args=[face.photo_id, face.pk])


def signed_path(photo: GalleryImage, variant: Variant) -> str:
    """Return the path with a signature that lets anyone who holds it fetch this one file for an hour."""
    path = photo_path(photo, variant)
    return f"{path}?{urlencode({'signature': signing.TimestampSigner(salt=SALT).sign(path).rpartition(path)[2][1:]})}"


def is_signed(path: str, signature: str) -> bool:
    """Return whether the signature is for that path and has not expired."""
    try:
        signing.TimestampSigner(salt=SALT).unsign(f"{path}:{signature}", max_age=SIGNED_FOR_SECONDS)
    except signing.BadSignature:
        return False
    return True


def storage_names(photo: GalleryImage) -> list[str]:
    """Return the names of all three files, written or not, and of the copies with a watermark."""
    variants: tuple[Variant, ...] = ("original", *SIDES)
    return [name for variant in variants if (name := storage_name(photo, variant))] + _watermarked_names(photo)


def watermarked_name(photo: GalleryImage, variant: Variant, *, text: str) -> str:
    """Return the storage name of the copy with that watermark."""
    return f"{_folder(photo)}/{variant}{WATERMARKED}{hashlib.sha256(text.encode()).hexdigest()[:12]}.jpg"


def _watermarked_names(photo: GalleryImage) -> list[str]:
    try:
        names = default_storage.listdir(_folder(photo))[1]
    except FileNotFoundError:
        return []
    return [f"{_folder(photo)}/{name}" for name in names if WATERMARKED in name]


def _folder(photo: GalleryImage) -> str:
    """Return the folder of all its files: where the original was stored, also after the photo moved to a gallery."""
    if photo.file.name:
        return photo.file.name.rpartition("/")[0]
    return f"photos/{photo.gallery_id}/{photo.pk}"


def delete_files(names: list[str]) -> None:
    """Delete the files; one that is not there is no error."""
    for name in names:
        default_storage.delete(name)
