"""Decode untrusted bytes to an upright RGB picture.

There is one decoder and one coordinate frame: EXIF orientation is applied here and nowhere else. The size is checked by
the header before any pixel is decoded, because 18 kilobytes of PNG can claim 784 megabytes of pixels.
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
# Up to this factor of reduction linear interpolation still uses every pixel.
LINEAR_LIMIT = 2.0


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """What the header of a picture file says. `width` and `height` are those of the upright picture.

    `taken_at`: EXIF DateTimeOriginal, aware where the camera wrote its UTC offset, else naive local time.
    """

    format: str
    mime: str
    extension: str
    width: int
    height: int
    taken_at: datetime | None


def inspect_picture(file: BinaryIO) -> PictureInfo:
    """Return what the header says, without decoding pixels. The file is left at its start.

    Raise FacePassError `not_an_image` or `unsupported_type` (415), `image_too_large` (413, over MAX_PIXELS).
    """
    form = _require_format(file)
    with _open_image(file, form) as image:
        tags = exif.read_exif(image, file)
        # Orientations from 5 on swap width and height.
        width, height = image.size if exif.read_orientation(image, tags) < 5 else image.size[::-1]
        info = PictureInfo(form.name, form.mime, form.extension, width, height, exif.read_taken_at(tags))
    file.seek(0)
    return info


def decode_picture(file: BinaryIO, *, longest_side: int | None = None, loosely: bool = False) -> Picture:
    """Return the upright picture, uint8 RGB (height, width, 3) in sRGB.

    Of an animation it is the first frame; transparent parts become white. With `longest_side` (pixels) a larger picture
    is reduced to exactly that, and a JPEG is decoded at a fraction of its size; a smaller one stays as it is.
    `loosely`: a JPEG may get any longest side above half of that, whichever is quickest to decode: a half, a quarter or
    an eighth of its own. Raise as `inspect_picture` does; `not_an_image` also where the pixels are damaged.
    """
    form = _require_format(file)
    with _open_image(file, form) as image:
        orientation = exif.read_orientation(image, exif.read_exif(image, file))
        target = _fitted_size(image.size, longest_side)
        if loosely and longest_side and image.format in _JPEG_FAMILY:
            target = _halved_size(image.size, longest_side)
        try:
            pixels = _decode_plain_jpeg(file, image, target)
            if pixels is None:
                # For JPEGs alone this has an effect: libjpeg omits frequencies that a smaller picture cannot show.
                image.draft(None, target)
                pixels = colours.convert_to_rgb(image)
        except BROKEN as error:
            raise _not_an_image_error() from error
        profile = image.info.get("icc_profile")
    file.seek(0)
    return exif.turn_upright(colours.convert_to_srgb(_resize(pixels, target), profile), orientation)


def shrink_to_fit(picture: Picture, *, longest_side: int) -> Picture:
    """Return the picture reduced so that its longer side has at most `longest_side` pixels; never enlarged."""
    height, width = picture.shape[:2]
    return _resize(picture, _fitted_size((width, height), longest_side))


def _decode_plain_jpeg(file: BinaryIO, image: Image.Image, target: tuple[int, int]) -> Picture | None:
    """Return an ordinary RGB or grey JPEG at the smallest fraction of its size that is no smaller than `target`.

    libjpeg-turbo on the whole file takes two thirds of the time of Pillow, which feeds it pieces. Return None where the
    file is of another kind or has any flaw: Pillow then decides what is damage and what a viewer would ignore.
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


def _require_format(file: BinaryIO) -> formats.Format:
    """Return the accepted format of the file. Raise `not_an_image` or `unsupported_type`."""
    file.seek(0)
    form = formats.detect_format(file.read(formats.HEAD_BYTES))
    file.seek(0)
    if form is None:
        raise _not_an_image_error()
    if isinstance(form, str):
        message = _("%(format)s files are not accepted. Send JPEG, PNG, WebP or HEIC.") % {"format": form}
        raise FacePassError("unsupported_type", message, status=415, details={"format": form})
    return form


def _open_image(file: BinaryIO, form: formats.Format) -> Image.Image:
    """Return the picture with its header parsed and its size accepted, not yet decoded."""
    if form is formats.HEIC and not heic.is_safe(file.read()):
        raise _not_an_image_error()
    file.seek(0)
    try:
        image = Image.open(file, formats=[form.pillow])
    except Image.DecompressionBombError as error:
        raise _too_large_error() from error
    except BROKEN as error:
        raise _not_an_image_error() from error
    if image.width * image.height > settings.MAX_PIXELS:
        raise _too_large_error(image.size)
    return image


def _fitted_size(size: tuple[int, int], longest_side: int | None) -> tuple[int, int]:
    longest = max(size)
    if longest_side is None or longest <= longest_side:
        return size
    width, height = (max(1, round(side * longest_side / longest)) for side in size)
    return width, height


def _halved_size(size: tuple[int, int], longest_side: int) -> tuple[int, int]:
    """Return the size halved until it fits. An eighth is the least that JPEG decoders can do, and they round up."""
    halvings = next((n for n in range(4) if -(-max(size) // 2**n) <= longest_side), None)
    if halvings is None:
        return _fitted_size(size, longest_side)
    width, height = (-(-side // 2**halvings) for side in size)
    return width, height


def _resize(picture: Picture, size: tuple[int, int]) -> Picture:
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    # Averaging over areas takes six times as long, and is better only where several pixels become one.
    method = cv2.INTER_LINEAR if picture.shape[1] < LINEAR_LIMIT * size[0] else cv2.INTER_AREA
    return np.asarray(cv2.resize(picture, size, interpolation=method), np.uint8)


def _not_an_image_error() -> FacePassError:
    return FacePassError("not_an_image", _("This file is damaged or is not a picture."), status=415)


def _too_large_error(size: tuple[int, int] | None = None) -> FacePassError:
    limit = settings.MAX_PIXELS
    message = _("The picture has too many pixels; the limit is %(limit)d megapixels.") % {"limit": limit // 1_000_000}
    details = {"max_pixels": limit} | ({} if size is None else {"width": size[0], "height": size[1]})
    return FacePassError("image_too_large", message, status=413, details=details)
