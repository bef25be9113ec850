"""Read from a photo's metadata what decides about it: its orientation, its colours, and when it was taken."""

import re
import struct
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
from PIL import Image

from recognition.types import Picture

# What Pillow raises for tags that are cut off or make no sense.
DAMAGED: Final = (SyntaxError, ValueError, KeyError, TypeError, IndexError, OSError, struct.error, ZeroDivisionError)

# Pillow warns of every flaw in tags. They are passed over here.
warnings.filterwarnings("ignore", module=r"PIL\.TiffImagePlugin")

_ORIENTATION, _CHANGED, _EXIF_FOLDER, _GPS_FOLDER, _INTEROP_FOLDER = 0x0112, 0x0132, 0x8769, 0x8825, 0xA005
_MAKER, _MODEL, _SERIAL = 0x010F, 0x0110, 0xA431
CAMERA_LENGTH = 120
_COLOUR_SPACE, _INTEROP_INDEX = 0xA001, 0x0001
_SRGB, _ADOBE_RGB = 1, 2
# The camera's clock when the photo was taken, and when it became digital: moment, offset from UTC, fraction of seconds.
# Cameras of before 2016 have no offset, and some write only that of the file's change.
_TAKEN, _DIGITAL, _OFFSET = (0x9003, 0x9011, 0x9291), (0x9004, 0x9012, 0x9292), 0x9010
_GPS_TIME, _GPS_DATE = 7, 29
# In the order of how well they tell when the photo was taken.
_XMP_MOMENTS: Final = ("exif:DateTimeOriginal", "photoshop:DateCreated", "exif:DateTimeDigitized", "xmp:CreateDate")
# An XMP packet says such things near its start; edits by hand and thumbnails can make it megabytes long.
_XMP_BYTES = 2_000_000


def read_orientation(exif: bytes, xmp: bytes) -> int:
    """Return the EXIF orientation, 1..8; that of XMP where EXIF has none."""
    value = _load(exif).get(_ORIENTATION)
    if value is None:
        found = re.search(rb"tiff:Orientation(?:=[\"']|>)\s*([1-8])\s*[\"'<]", xmp[:_XMP_BYTES])
        value = int(found[1]) if found else 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def turn_upright(picture: Picture, orientation: int) -> Picture:
    """Return the upright picture, given EXIF orientation 1..8 (Exif 2.32, 4.6.4): 2 mirrors, 3 turns by 180 degrees."""
    if orientation >= 5:
        picture = picture.transpose(1, 0, 2)
    if orientation in (3, 4, 7, 8):
        picture = picture[::-1]
    if orientation in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    return np.ascontiguousarray(picture)


def says_adobe_rgb(exif: bytes) -> bool:
    """Return whether the colours are Adobe RGB by the words of cameras: ColorSpace 2, or DCF's optional file "R03"."""
    tags = _load(exif)
    said = _folder(tags, _EXIF_FOLDER).get(_COLOUR_SPACE)
    index = _text(_folder(tags, _INTEROP_FOLDER).get(_INTEROP_INDEX))
    return said == _ADOBE_RGB or (index == "R03" and said != _SRGB)


def read_taken_at(exif: bytes, xmp: bytes) -> datetime | None:
    """Return when the photo was taken: aware where its offset from UTC is known, else naive; None if not said.

    Asked in this order, as each tells it less well: DateTimeOriginal, DateTimeDigitized, XMP, GPS, DateTime.
    """
    tags = _load(exif)
    folder = _folder(tags, _EXIF_FOLDER)
    return (
        _by_clock(folder, *_TAKEN)
        or _by_clock(folder, *_DIGITAL)
        or _by_xmp(xmp[:_XMP_BYTES])
        or _by_gps(_folder(tags, _GPS_FOLDER))
        or _by_clock({_CHANGED: tags.get(_CHANGED), **folder}, _CHANGED, _OFFSET, 0x9290)
    )


def read_camera(exif: bytes) -> str:
    """Return the camera by its maker, model and serial number, empty where EXIF names none.

    Two cameras of one model, as photographers carry them, have clocks of their own.
    """
    tags = _load(exif)
    maker, model = _text(tags.get(_MAKER)), _text(tags.get(_MODEL))
    name = model if model.startswith(maker.split(" ")[0]) else f"{maker} {model}"
    parts = (name.strip(), _text(_folder(tags, _EXIF_FOLDER).get(_SERIAL)))
    return "".join(c for c in " · ".join(filter(None, parts)) if c.isprintable())[:CAMERA_LENGTH]


def _by_clock(folder: dict[int, Any], moment: int, offset: int, fraction: int) -> datetime | None:
    """Return the moment of those three tags; OffsetTime counts where the moment has no offset of its own."""
    text = _text(folder.get(moment))
    offsets = (text[19:].strip(), _text(folder.get(offset)), _text(folder.get(_OFFSET)))
    for zone in (*filter(None, offsets), ""):
        try:
            # Some programs write hyphens in the date, as ISO 8601 has it.
            clock = datetime.strptime(text[:19].replace("-", ":") + zone, "%Y:%m:%d %H:%M:%S" + ("%z" if zone else ""))
            return clock + _fraction(folder.get(fraction))
        except (ValueError, OverflowError):
            continue
    return None


def _fraction(value: object) -> timedelta:
    """Return a fraction of a second, whose digits follow the point: "5" is half a second."""
    digits = _text(value)
    return (
        timedelta(microseconds=int(digits[:6].ljust(6, "0"))) if digits.isascii() and digits.isdigit() else timedelta()
    )


def _by_xmp(xmp: bytes) -> datetime | None:
    for name in _XMP_MOMENTS:
        found = re.search(rb"%s(?:=[\"']|>)\s*([0-9T:.+Z-]{10,35})\s*[\"'<]" % name.encode(), xmp)
        try:
            if found:
                return datetime.fromisoformat(found[1].decode())
        except ValueError:
            continue
    return None


def _by_gps(folder: dict[int, Any]) -> datetime | None:
    """Return the moment by the satellites, which is UTC."""
    try:
        hours, minutes, seconds = (float(part) for part in folder[_GPS_TIME])
        day = datetime.strptime(_text(folder[_GPS_DATE]), "%Y:%m:%d").replace(tzinfo=UTC)
        return day + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except (*DAMAGED, OverflowError):
        return None


def _load(data: bytes) -> Image.Exif:
    tags = Image.Exif()
    try:
        if data:
            tags.load(b"Exif\x00\x00" + data)
    except DAMAGED:
        return Image.Exif()
    return tags


def _folder(tags: Image.Exif, tag: int) -> dict[int, Any]:
    try:
        return dict(tags.get_ifd(tag))
    except DAMAGED:
        return {}


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    return value.strip("\x00 ") if isinstance(value, str) else ""
