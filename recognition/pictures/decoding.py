"""Decode untrusted bytes to an upright RGB picture, within bounds of time and memory.

There is one decoder and one coordinate frame: EXIF orientation is applied in `decoder.py` and nowhere else. The size is
checked by the header before any pixel is decoded, because 18 kilobytes of PNG can claim 784 megabytes of pixels.

Ordinary JPEGs, whose markers show that they are little work, are decoded here and now: selfies and nearly all photos.
Everything else goes to a process that is killed where it takes too long (`decoders/pool.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition.pictures import formats
from recognition.pictures.containers import tiff
from recognition.pictures.decoders import decoder, jpeg_markers, pool
from recognition.pictures.decoders.refusals import PictureRefused
from recognition.types import Picture

RETRY_AFTER_SECONDS = 10


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """What the header of a picture file says. `width` and `height` are those of the upright picture.

    `taken_at`: aware where the camera's offset from UTC is known, else naive local time. `camera`: its maker, model and
    serial number, empty where nothing is said. `is_whole`: False where the end of the file is missing, or its pixels
    are damaged as far as the format can tell.
    """

    format: str
    mime: str
    extension: str
    width: int
    height: int
    taken_at: datetime | None
    camera: str
    is_whole: bool


def inspect_picture(file: BinaryIO) -> PictureInfo:
    """Return what the header says, without decoding pixels unless the file is cut off. The file is left at its start.

    Raise FacePassError `not_an_image` or `unsupported_type` (415), `image_too_large` (413, over MAX_PIXELS),
    `truncated_image` (415) where the file is cut off before anything that could be shown, `image_too_complex` (413, too
    much work for what it shows), `decoders_busy` (503).
    """
    form = _require_format(file)
    data = _read_whole(file)
    try:
        header = _read_header(data, form)
    except PictureRefused as refusal:
        raise _as_error(refusal) from refusal
    size = header.width, header.height
    return PictureInfo(form.name, form.mime, form.extension, *size, header.taken_at, header.camera, header.is_whole)


def decode_picture(file: BinaryIO, *, longest_side: int | None = None, loosely: bool = False) -> Picture:
    """Return the upright picture, uint8 RGB (height, width, 3) in sRGB.

    Of an animation it is the first frame; transparent parts become white. With `longest_side` (pixels) a larger picture
    is reduced to exactly that, and a JPEG is decoded at a fraction of its size; a smaller one stays as it is.
    `loosely`: a JPEG may get any longest side above half of that, whichever is quickest to decode: a half, a quarter or
    an eighth of its own. A file that is cut off is shown as far as it goes, with grey or black below, as viewers do.
    Raise as `inspect_picture` does; `not_an_image` also where nothing of the pixels can be decoded.
    """
    form = _require_format(file)
    data = _read_whole(file)
    try:
        return _decode(data, form, longest_side=longest_side, loosely=loosely)
    except PictureRefused as refusal:
        raise _as_error(refusal) from refusal


def redraw_as_png(file: BinaryIO, *, longest_side: int, max_pixels: int) -> bytes:
    """Return the upright picture as a PNG with its transparency, reduced, and nothing else that was in the file.

    Raise as `decode_picture` does.
    """
    form = _require_format(file)
    question = {"do": "redraw", "format": form.name, "longest_side": longest_side}
    try:
        if form is formats.JPEG:
            jpeg_markers.read_outline(_read_whole(file))
        return bytes(_ask_pool(question, _read_whole(file), max_pixels=max_pixels)[1])
    except PictureRefused as refusal:
        raise _as_error(refusal, max_pixels=max_pixels) from refusal


def _read_header(data: bytes, form: formats.Format) -> decoder.Header:
    if _is_little_work(data, form):
        return decoder.read_header(data, form, max_pixels=settings.MAX_PIXELS)
    answer, _pixels = _ask_pool({"do": "read_header", "format": form.name}, data, max_pixels=settings.MAX_PIXELS)
    moment = datetime.fromisoformat(answer["taken_at"]) if answer["taken_at"] else None
    return decoder.Header(answer["width"], answer["height"], moment, answer["camera"], answer["is_whole"])


def _decode(data: bytes, form: formats.Format, *, longest_side: int | None, loosely: bool) -> Picture:
    if _is_little_work(data, form):
        return decoder.decode(
            data, form, max_pixels=settings.MAX_PIXELS, longest_side=longest_side, loosely=loosely, plain=True
        )
    question = {"do": "decode", "format": form.name, "longest_side": longest_side, "loosely": loosely}
    answer, pixels = _ask_pool(question, data, max_pixels=settings.MAX_PIXELS)
    return np.frombuffer(pixels, np.uint8).reshape(answer["height"], answer["width"], 3)


def _is_little_work(data: bytes, form: formats.Format) -> bool:
    """Return whether the picture may be decoded in this process. Raise PictureRefused for too many scans or parts."""
    return form is formats.JPEG and jpeg_markers.read_outline(data).is_plain


def _ask_pool(question: dict[str, Any], data: bytes, *, max_pixels: int) -> tuple[dict[str, Any], bytearray]:
    """Return a decoder's answer, and its pixels. Raise PictureRefused, and FacePassError 503 `decoders_busy`."""
    try:
        return pool.current_pool().ask(question, data, max_pixels=max_pixels)
    except pool.DecodersBusy:
        message = _("Other pictures are being read. Try again in a moment.")
        raise FacePassError("decoders_busy", message, status=503, retry_after=RETRY_AFTER_SECONDS) from None


def _require_format(file: BinaryIO) -> formats.Format:
    """Return the accepted format of the file. Raise `not_an_image` or `unsupported_type`."""
    file.seek(0)
    form = formats.detect_format(file.read(formats.HEAD_BYTES))
    file.seek(0)
    if form is formats.TIFF and tiff.is_raw(_read_whole(file)):
        form = formats.RAW_TIFF
    if form is None:
        raise _as_error(PictureRefused("not_an_image"))
    if formats.is_raw(form) and settings.RAW_PHOTOS:
        return formats.RAW
    if isinstance(form, str):
        raise FacePassError("unsupported_type", _advise(form), status=415, details={"format": form})
    return form


def _advise(form: str) -> str:
    if form == formats.VIDEO:
        return _("This is a video, and FacePass looks at photos only. Send photos.")
    if formats.is_raw(form):
        return _("This is a camera's raw file. Send the JPEG that the camera wrote beside it, or export one.")
    return _("%(format)s files are not accepted. Send JPEG, HEIC, PNG, WebP, AVIF, TIFF or JPEG XL.") % {"format": form}


def _read_whole(file: BinaryIO) -> bytes:
    data = file.read()
    file.seek(0)
    return data


def _as_error(refusal: PictureRefused, *, max_pixels: int | None = None) -> FacePassError:
    """Return the refusal with its status, and in words for people."""
    if refusal.code == "not_an_image":
        return FacePassError("not_an_image", _("This file is damaged or is not a picture."), status=415)
    if refusal.code == "truncated_image":
        message = _("The file is cut off: its end is missing, and nothing of the picture can be shown. Send it again.")
        return FacePassError("truncated_image", message, status=415)
    if refusal.code == "image_too_complex":
        message = _("This picture takes too long to read. Save it anew as an ordinary JPEG and send that.")
        return FacePassError("image_too_complex", message, status=413, details=refusal.details)
    limit = (max_pixels or settings.MAX_PIXELS) // 1_000_000
    message = _("The picture has too many pixels; the limit is %(limit)d megapixels.") % {"limit": limit}
    return FacePassError("image_too_large", message, status=413, details=refusal.details)
