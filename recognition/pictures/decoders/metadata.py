"""Metadata that a decoder finds on its way, where the container's own reader leaves that to it."""

from dataclasses import replace
from typing import Final

from PIL import Image

from recognition.pictures import exif, formats
from recognition.pictures.containers import Container

# What `exif.py` asks for: of the picture's own tags, and of those in EXIF's, GPS's and DCF's folders.
_TAGS: Final = (0x010F, 0x0110, 0x0132)
_EXIF_FOLDER, _GPS_FOLDER, _DCF_FOLDER = 0x8769, 0x8825, 0xA005
_EXIF_TAGS: Final = (0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x9290, 0x9291, 0x9292, 0xA001, 0xA431)
_GPS_TAGS: Final = (7, 29)
_DCF_TAGS: Final = (1,)
# Moments and offsets; whoever writes more there means something else.
_LONGEST_VALUE = 100


def add_found(parts: Container, image: Image.Image, form: formats.Format) -> Container:
    """Return the parts with the metadata that the opened picture has; JPEG, PNG and WebP have had theirs taken out."""
    if form in (formats.JPEG, formats.PNG, formats.WEBP, formats.BMP):
        return parts
    known = replace(
        parts,
        exif=_block(image.info.get("exif")),
        xmp=_block(image.info.get("xmp")),
        icc=_block(image.info.get("icc_profile")),
    )
    if form is formats.TIFF:
        return replace(known, exif=_copy_tags(image))
    if form is formats.AVIF:
        # Pillow leaves turning to us, and gives what the container says in EXIF's place.
        return replace(known, turns_itself=False)
    if form is formats.JXL and getattr(image, "jpeg", False):
        # A JPEG that was packed comes out as it was, with EXIF that says how it is to be turned.
        return replace(known, turns_itself=False)
    return known


def _block(value: object) -> bytes:
    return value.removeprefix(b"Exif\0\0") if isinstance(value, bytes) else b""


def _copy_tags(image: Image.Image) -> bytes:
    """Return the few tags of a TIFF that are asked for as a block of EXIF; empty where they make no sense."""
    new = Image.Exif()
    try:
        tags = image.getexif()
        _copy(tags, new, _TAGS)
        _copy(tags.get_ifd(_GPS_FOLDER), new.get_ifd(_GPS_FOLDER), _GPS_TAGS)
        folder = tags.get_ifd(_EXIF_FOLDER)
        _copy(folder, new.get_ifd(_EXIF_FOLDER), _EXIF_TAGS)
        if _DCF_FOLDER in folder:  # it lies in EXIF's own
            inner: dict[int, object] = {}
            _copy(tags.get_ifd(_DCF_FOLDER), inner, _DCF_TAGS)
            new.get_ifd(_EXIF_FOLDER)[_DCF_FOLDER] = inner
        return new.tobytes().removeprefix(b"Exif\0\0")
    except exif.DAMAGED:
        return b""


def _copy(source: object, target: object, tags: tuple[int, ...]) -> None:
    for tag in tags:
        value = source.get(tag)  # type: ignore[attr-defined]  # Pillow's Exif and a plain dictionary
        if isinstance(value, int) or (isinstance(value, str | tuple) and len(value) <= _LONGEST_VALUE):
            target[tag] = value  # type: ignore[index]
