"""Read two things from a photo's metadata: its orientation, and when it was taken."""

import struct
from datetime import datetime
from typing import BinaryIO, Final

import numpy as np
from PIL import Image

from recognition.types import Picture

# What Pillow raises for tags that are cut off or make no sense.
DAMAGED: Final = (SyntaxError, ValueError, KeyError, OSError, struct.error)

_ORIENTATION, _EXIF_FOLDER, _TAKEN, _TAKEN_OFFSET = 0x0112, 0x8769, 0x9003, 0x9011


def read_exif(image: Image.Image, file: BinaryIO) -> Image.Exif:
    """Return the EXIF tags of a picture that was opened but not decoded; empty where damaged, as viewers have it."""
    if image.format == "PNG" and "exif" not in image.info:
        # PNG allows eXIf after the pixels. Pillow would decode them all to look there.
        chunk = _read_png_chunk(file, b"eXIf")
        if chunk:
            image.info["exif"] = b"Exif\x00\x00" + chunk
    try:
        return Image.Image.getexif(image)
    except DAMAGED:
        return Image.Exif()


def read_orientation(image: Image.Image, tags: Image.Exif) -> int:
    """Return the EXIF orientation, 1..8.

    It is always 1 for HEIC, which libheif has already turned upright by the container's own rotation.
    """
    value = tags.get(_ORIENTATION, 1)
    return value if image.format != "HEIF" and isinstance(value, int) and 1 <= value <= 8 else 1


def turn_upright(picture: Picture, orientation: int) -> Picture:
    """Return the upright picture, given EXIF orientation 1..8 (Exif 2.32, 4.6.4): 2 mirrors, 3 turns by 180 degrees."""
    if orientation >= 5:
        picture = picture.transpose(1, 0, 2)
    if orientation in (3, 4, 7, 8):
        picture = picture[::-1]
    if orientation in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    return np.ascontiguousarray(picture)


def read_taken_at(tags: Image.Exif) -> datetime | None:
    """Return DateTimeOriginal: aware where the camera wrote its UTC offset, else naive; None if missing or nonsense."""
    try:
        folder = tags.get_ifd(_EXIF_FOLDER)
    except DAMAGED:
        return None
    moment = _text(folder.get(_TAKEN))
    offset = _text(folder.get(_TAKEN_OFFSET))
    for text, form in ((moment + offset, "%Y:%m:%d %H:%M:%S%z"), (moment, "%Y:%m:%d %H:%M:%S")):
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def _text(value: object) -> str:
    return value.strip("\x00 ") if isinstance(value, str) else ""


def _read_png_chunk(file: BinaryIO, kind: bytes) -> bytes:
    """Return up to 64 KiB of the first chunk of that type, empty without one; other chunks are skipped unread."""
    position = file.tell()
    file.seek(8)
    try:
        while len(head := file.read(8)) == 8 and head[4:] != b"IEND":
            length = int.from_bytes(head[:4], "big")
            if head[4:] == kind:
                return file.read(min(length, 65_536))
            file.seek(length + 4, 1)
        return b""
    finally:
        file.seek(position)
