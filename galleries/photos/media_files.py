"""A photo's files: where they are stored, who may fetch them, and how they are deleted.

A photo has three variants: the original as it was uploaded, and two made by the worker. Addresses in answers of the API
are signed and short-lived, so that an `<img>` can fetch them without a header; staff fetch with their sign-in.
"""

import hashlib
from functools import cache
from pathlib import PurePath
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.core.files.storage import default_storage
from django.urls import reverse

from galleries.models import GalleryImage, PhotoFace

Variant = Literal["original", "preview", "thumbnail"]
# Longest side, in pixels, of what the worker makes.
SIDES: dict[Variant, int] = {"preview": 1600, "thumbnail": 360}
SIGNED_FOR_SECONDS = 3600
SALT = "galleries.media"
NOBODY = UUID(int=0)
_WATERMARKED, _TURNED, _WEBP = "-marked-", "-turned-", "-copy.webp"
# Files that are made from others, when somebody asks for them first.
_MADE = (_WATERMARKED, _TURNED, _WEBP)


def storage_name(photo: GalleryImage, variant: Variant) -> str:
    """Return the name under which the storage has the file as it is shown; empty for an original never stored.

    A photo that was turned has files of its own beside those that it had: one that is fetched never changes.
    """
    if photo.rotation:
        extension = ".jpg" if variant != "original" or photo.shown_as_jpeg else PurePath(photo.file.name or "").suffix
        return f"{_folder(photo)}/{variant}{_TURNED}{photo.rotation}{extension}" if photo.file.name else ""
    if variant == "original":
        return photo.file.name or ""
    return f"{_folder(photo)}/{variant}.jpg"


def photo_path(photo: GalleryImage, variant: Variant) -> str:
    """Return the lasting path of a file; fetching it needs a sign-in, a key or a signature.

    Of a photo that was turned it says how far, so that no browser shows what it has kept from before.
    """
    path = reverse("photo-file", args=[photo.pk, variant])
    return f"{path}?{urlencode(turned_query(photo))}" if photo.rotation else path


def turned_query(photo: GalleryImage) -> dict[str, str]:
    """Return what addresses of the photo's files say beside their path; nothing checks it."""
    return {"turned": str(photo.rotation)} if photo.rotation else {}


def face_path(face: PhotoFace) -> str:
    """Return the lasting path of a face's picture, cut out of its photo; fetching it needs a sign-in or a key."""
    return reverse("face-file", args=[face.photo_id, face.pk])


def signed_path(photo: GalleryImage, variant: Variant) -> str:
    """Return the path with a signature that lets anyone who holds it fetch this one file for an hour."""
    path = _lay_out(variant).replace(str(NOBODY), str(photo.pk))
    signature = signing.TimestampSigner(salt=SALT).sign(path).rpartition(path)[2][1:]
    return f"{path}?{urlencode({'signature': signature, **turned_query(photo)})}"


@cache
def _lay_out(variant: Variant) -> str:
    """Return the path of a photo that does not exist. A list has a hundred paths, and Django makes each slowly."""
    return reverse("photo-file", args=[NOBODY, variant])


def is_signed(path: str, signature: str) -> bool:
    """Return whether the signature is for that path and has not expired."""
    try:
        signing.TimestampSigner(salt=SALT).unsign(f"{path}:{signature}", max_age=SIGNED_FOR_SECONDS)
    except signing.BadSignature:
        return False
    return True


def storage_names(photo: GalleryImage) -> list[str]:
    """Return the names of the original and what the worker makes, written or not, and of what was made from them."""
    original = [photo.file.name] if photo.file.name else []
    return [*original, *made_by_workers(photo), *_made_names(photo)]


def made_by_workers(photo: GalleryImage) -> list[str]:
    """Return the names of the preview and the thumbnail that the analysis makes, written or not."""
    return [f"{_folder(photo)}/{variant}.jpg" for variant in SIDES]


def watermarked_name(photo: GalleryImage, variant: Variant, *, text: str) -> str:
    """Return the storage name of the copy with that watermark."""
    shown = PurePath(storage_name(photo, variant)).stem
    return f"{_folder(photo)}/{shown}{_WATERMARKED}{hashlib.sha256(text.encode()).hexdigest()[:12]}.jpg"


def webp_name(name: str) -> str:
    """Return the storage name of the WebP copy of a preview, with or without a watermark."""
    return f"{name.removesuffix('.jpg')}{_WEBP}"


def _made_names(photo: GalleryImage) -> list[str]:
    """Return the names of the copies that were turned, have a watermark or are WebP."""
    try:
        names = default_storage.listdir(_folder(photo))[1]
    except FileNotFoundError:
        return []
    return [f"{_folder(photo)}/{name}" for name in names if is_made(name)]


def is_made(name: str) -> bool:
    """Return whether the name is that of a copy that is made from another file when somebody asks for it first."""
    return any(mark in name for mark in _MADE)


def _folder(photo: GalleryImage) -> str:
    """Return the folder of all its files: where the original was stored, also after the photo moved to a gallery."""
    if photo.file.name:
        return photo.file.name.rpartition("/")[0]
    return f"photos/{photo.gallery_id}/{photo.pk}"


def delete_files(names: list[str]) -> None:
    """Delete the files; one that is not there is no error."""
    for name in names:
        default_storage.delete(name)
