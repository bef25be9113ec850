"""The files of a photo as people are given them: of one that was turned, copies, made when somebody asks first."""

from io import BytesIO
from typing import BinaryIO, cast

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from galleries.models import GalleryImage
from galleries.photos.media_files import SIDES, Variant, storage_name
from recognition.pictures import decoding
from recognition.pictures.rotation import turn_file, turn_picture
from recognition.pictures.thumbnails import encode_thumbnail

# Of pixels that had to be encoded again to be turned.
QUALITY = 95


def prepare_file(photo: GalleryImage, variant: Variant) -> str:
    """Return the storage name of the file as it is shown. Raise FileNotFoundError where a turned one has no original.

    Whether one that was not turned is there, whoever opens it finds out.
    """
    name = storage_name(photo, variant)
    if photo.rotation and not default_storage.exists(name):
        default_storage.save(name, ContentFile(_make_turned(photo, variant)))
    return name


def read_original(photo: GalleryImage) -> bytes:
    """Return the original as people are given it. Raise FileNotFoundError where it is not in the storage."""
    with default_storage.open(prepare_file(photo, "original")) as file:
        return cast(bytes, file.read())


def _make_turned(photo: GalleryImage, variant: Variant) -> bytes:
    with photo.file.open("rb") as stream:
        original: bytes = stream.read()
    if variant != "original":
        return _encode_turned(original, photo.rotation, longest_side=SIDES[variant])
    turned = None if photo.shown_as_jpeg else turn_file(original, photo.rotation)
    return turned or _encode_turned(original, photo.rotation)


def _encode_turned(original: bytes, rotation: int, *, longest_side: int | None = None) -> bytes:
    """Return the turned picture as a JPEG: a small one like the worker's, or a whole one."""
    picture = decoding.decode_picture(cast(BinaryIO, BytesIO(original)), longest_side=longest_side)
    turned = turn_picture(picture, rotation)
    if longest_side:
        return encode_thumbnail(turned, longest_side=longest_side)
    return encode_thumbnail(turned, longest_side=max(turned.shape[:2]), quality=QUALITY)
