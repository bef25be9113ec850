"""Copies of pictures' files for guests: no place, no serial numbers, no owner, nothing of the maker's.

Of JPEG, PNG and WebP the pixels stay as they are, byte for byte. Of every other format the copy is a JPEG of the same
size, because nobody can say that such a file holds nothing else (HEIC has films, further pictures and blocks of its
makers).
"""

import io
from collections.abc import Callable
from typing import Final

import exiv2
import simplejpeg

from recognition.pictures.decoding import decode_picture
from recognition.pictures.formats import HEAD_BYTES, JPEG, PNG, WEBP, Format, detect_format
from recognition.pictures.stripping.bare_files import DamagedFile, bare_jpeg, bare_png, bare_webp
from recognition.pictures.tag_editing import LOCK

# Of a JPEG that has to be made: what it is seen by next to the original is nothing.
QUALITY: Final = 95
# How a picture is to be shown, when and how it was taken, and whose work it is. Times without their zone, which is a
# place as well.
KEPT: Final = (
    "Exif.Image.Orientation",
    "Exif.Image.Make",
    "Exif.Image.Model",
    "Exif.Image.Artist",
    "Exif.Image.Copyright",
    "Exif.Image.DateTime",
    "Exif.Photo.DateTimeOriginal",
    "Exif.Photo.DateTimeDigitized",
    "Exif.Photo.SubSecTimeOriginal",
    "Exif.Photo.ColorSpace",
    "Exif.Photo.ExposureTime",
    "Exif.Photo.FNumber",
    "Exif.Photo.ISOSpeedRatings",
    "Exif.Photo.ExposureBiasValue",
    "Exif.Photo.Flash",
    "Exif.Photo.FocalLength",
    "Exif.Photo.FocalLengthIn35mmFilm",
    "Exif.Photo.LensModel",
)
# No such value is longer; one that is holds something else.
LONGEST_VALUE: Final = 256
_BARE: Final[dict[Format, Callable[[bytes], bytes]]] = {JPEG: bare_jpeg, PNG: bare_png, WEBP: bare_webp}


def strip_file(file: bytes) -> bytes:
    """Return the file's copy, in the format that `stripped_format` says. Raise as `decode_picture` where it is none."""
    form = detect_format(file[:HEAD_BYTES])
    if not isinstance(form, Format) or form not in _BARE:
        return _draw_anew(file)
    try:
        bare = _BARE[form](file)
    except DamagedFile:
        return _draw_anew(file)
    return _with_kept_tags(bare, of=file) or _draw_anew(file)


def stripped_format(form: Format | None) -> Format:
    """Return the format of the copy of a file that has this one: the same, or JPEG."""
    return form if form in _BARE else JPEG


def _draw_anew(file: bytes) -> bytes:
    """Return an upright JPEG of full size, without any tags."""
    return bytes(simplejpeg.encode_jpeg(decode_picture(io.BytesIO(file)), QUALITY, "RGB", "444"))


def _with_kept_tags(bare: bytes, *, of: bytes) -> bytes | None:
    """Return the bare file with the tags that are kept; None where the file's tags cannot be read."""
    try:
        with LOCK:
            source, copy = exiv2.ImageFactory.open(of), exiv2.ImageFactory.open(bare)
            source.readMetadata()
            copy.readMetadata()
            former, tags = source.exifData(), copy.exifData()
            for key in KEPT:
                if key in former and former[key].size() <= LONGEST_VALUE:
                    tags[key] = former[key].value()
            copy.writeMetadata()
            return bytes(copy.io().mmap())
    except exiv2.Exiv2Error:
        return None
