"""Untrusted bytes to an upright RGB picture.

One decoder and one coordinate frame: EXIF orientation is applied here, once, and nowhere else. Size is judged from the
header before a single pixel is decoded, because 18 kilobytes of PNG can claim 784 megabytes of pixels.
"""

import struct
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

import cv2
import numpy as np
import pi_heif
import simplejpeg
from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image

from facepass.core.errors import FacePassError
from recognition.pictures import colours, exif, formats, heic
from recognition.types import Picture

pi_heif.register_heif_opener(thumbnails=False)

# What Pillow's and libheif's decoders raise for bytes that are cut off or make no sense.
BROKEN: Final = (OSError, SyntaxError, ValueError, EOFError, IndexError, RuntimeError, struct.error, zlib.error)
# MPO: a JPEG with further pictures behind it, as many telephones write it.
_JPEG_FAMILY: Final = ("JPEG", "MPO")
# Up to here every pixel still counts in linear interpolation between two of them.
SLIGHTLY = 2.0


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """What the header says. `width` and `height` are those of the upright picture.

    `taken_at`: EXIF DateTimeOriginal, aware where the camera wrote its UTC offset, else naive local time.
    """

    format: str
    mime: str
    extension: str
    width: int
    height: int
    taken_at: datetime | None


def inspect(file: BinaryIO) -> PictureInfo:
    """Read the header only. The file is left at its start.

    Raises FacePassError `not_an_image` or `unsupported_type` (415), `image_too_large` (413, over MAX_PIXELS).
    """
    kind = _kind(file)
    with _opened(file, kind) as image:
        tags = exif.metadata(image, file)
        width, height = image.size if exif.orientation(image, tags) < 5 else image.size[::-1]
        found = PictureInfo(kind.name, kind.mime, kind.extension, width, height, exif.taken_at(tags))
    file.seek(0)
    return found


def decode(file: BinaryIO, *, longest_side: int | None = None, loosely: bool = False) -> Picture:
    """The upright picture, uint8 RGB (h, w, 3) in sRGB; the first frame of an animation, transparency over white.

    With `longest_side` (pixels) a larger picture is reduced to exactly that, and a JPEG is decoded at a fraction of its
    size; a smaller one stays as it is. `loosely`: a JPEG may come out with any size above half of that, whichever is
    quickest: a half, a quarter or an eighth of its own. Raises as `inspect` does; `not_an_image` also where the pixels
    are damaged.
    """
    kind = _kind(file)
    with _opened(file, kind) as image:
        turn = exif.orientation(image, exif.metadata(image, file))
        target = _fitted_size(image.size, longest_side)
        if loosely and longest_side and image.format in _JPEG_FAMILY:
            target = _halved(image.size, longest_side)
        try:
            pixels = _plain_jpeg(file, image, target)
            if pixels is None:
                # JPEG only: libjpeg leaves out frequencies that a smaller picture can not show.
                image.draft(None, target)
                pixels = colours.as_rgb(image)
        except BROKEN as error:
            raise _not_an_image() from error
        profile = image.info.get("icc_profile")
    file.seek(0)
    return exif.turned(colours.to_srgb(_resized(pixels, target), profile), turn)


def fitted(picture: Picture, *, longest_side: int) -> Picture:
    """The picture reduced so that its longer side has `longest_side` pixels; never enlarged."""
    height, width = picture.shape[:2]
    return _resized(picture, _fitted_size((width, height), longest_side))


def _plain_jpeg(file: BinaryIO, image: Image.Image, target: tuple[int, int]) -> Picture | None:
    """An ordinary RGB or grey JPEG at the smallest fraction of its size that is no smaller than `target`.

    libjpeg-turbo on the whole file takes two thirds of the time of Pillow, which feeds it pieces. None where the file
    is of another kind or not flawless: Pillow then decides what is damage and what a viewer would pass over.
    """
    if image.format not in _JPEG_FAMILY or image.mode not in ("RGB", "L"):
        return None
    position = file.tell()
    file.seek(0)
    try:
        data = file.read()
        height, width, *_ = simplejpeg.decode_jpeg_header(data)
        if (width, height) != image.size:
            return None
        return np.asarray(simplejpeg.decode_jpeg(data, "RGB", min_width=target[0], min_height=target[1]), np.uint8)
    except ValueError:
        return None
    finally:
        file.seek(position)


def _kind(file: BinaryIO) -> formats.Format:
    file.seek(0)
    kind = formats.sniff(file.read(formats.HEAD_BYTES))
    file.seek(0)
    if kind is None:
        raise _not_an_image()
    if isinstance(kind, str):
        message = _("%(format)s files are not taken. Send JPEG, PNG, WebP or HEIC.") % {"format": kind}
        raise FacePassError("unsupported_type", message, status=415, details={"format": kind})
    return kind


def _opened(file: BinaryIO, kind: formats.Format) -> Image.Image:
    """The picture with its header parsed and its size accepted, not yet decoded."""
    if kind is formats.HEIC and not heic.is_safe(file.read()):
        raise _not_an_image()
    file.seek(0)
    try:
        image = Image.open(file, formats=[kind.pillow])
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except BROKEN as error:
        raise _not_an_image() from error
    if image.width * image.height > settings.MAX_PIXELS:
        raise _too_large(image.size)
    return image


def _fitted_size(size: tuple[int, int], longest_side: int | None) -> tuple[int, int]:
    longest = max(size)
    if longest_side is None or longest <= longest_side:
        return size
    width, height = (max(1, round(side * longest_side / longest)) for side in size)
    return width, height


def _halved(size: tuple[int, int], longest_side: int) -> tuple[int, int]:
    """As often as it takes. An eighth is the least that JPEG decoders can do, and they round up."""
    halvings = next((n for n in range(4) if -(-max(size) // 2**n) <= longest_side), None)
    if halvings is None:
        return _fitted_size(size, longest_side)
    width, height = (-(-side // 2**halvings) for side in size)
    return width, height


def _resized(picture: Picture, size: tuple[int, int]) -> Picture:
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    # Averaging over areas takes six times as long, and tells only where several pixels become one.
    slightly = picture.shape[1] < SLIGHTLY * size[0]
    method = cv2.INTER_LINEAR if slightly else cv2.INTER_AREA
    return np.asarray(cv2.resize(picture, size, interpolation=method), np.uint8)


def _not_an_image() -> FacePassError:
    return FacePassError("not_an_image", _("This file is not a picture, or it is damaged."), status=415)


def _too_large(size: tuple[int, int] | None = None) -> FacePassError:
    limit = settings.MAX_PIXELS
    message = _("The picture has too many pixels; the limit is %(limit)d megapixels.") % {"limit": limit // 1_000_000}
    details = {"max_pixels": limit} | ({} if size is None else {"width": size[0], "height": size[1]})
    return FacePassError("image_too_large", message, status=413, details=details)
