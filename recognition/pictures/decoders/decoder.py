"""The decoder: bytes to an upright RGB picture, as it runs in a process of its own and, for ordinary JPEGs, in any.

It knows neither Django nor FacePass. `decoding.py` says where it runs, and within which limits.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final

import cv2
import numpy as np
import pi_heif
import simplejpeg
from PIL import Image, ImageFile
from pillow_jxl import JpegXLImagePlugin

from recognition.pictures import colours, exif, formats, heic
from recognition.pictures.containers import Container, bmp, iso_media, jpeg, jxl, png, tiff, webp
from recognition.pictures.decoders import metadata, raw_files
from recognition.pictures.decoders.parts import check_parts
from recognition.pictures.decoders.refusals import not_an_image, too_large, truncated
from recognition.types import Picture

pi_heif.register_heif_opener(thumbnails=False)
JpegXLImagePlugin.DECODE_THREADS = 1
# Pillow's own limit, which it doubles, stands above the highest that an installation may set.
Image.MAX_IMAGE_PIXELS = 300_000_000
# A file that is cut off is shown as far as it goes. That it is, the containers tell, alike for all decoders.
ImageFile.LOAD_TRUNCATED_IMAGES = True

# What Pillow's and libheif's decoders raise for bytes that are cut off or make no sense. Pillow computes with what the
# tags of a TIFF hold before it looks what kind of number that is.
BROKEN: Final = (*exif.DAMAGED, ArithmeticError, EOFError, RuntimeError, zlib.error)
# MPO: a JPEG with further pictures behind it, as many telephones write it.
_JPEG_FAMILY: Final = ("JPEG", "MPO")
_REDUCIBLE: Final = ("L", "RGB", "RGBA", "CMYK")
_CONTAINERS: Final[dict[formats.Format, Callable[[bytes], Container]]] = {
    formats.JPEG: jpeg.read,
    formats.PNG: png.read,
    formats.WEBP: webp.read,
    formats.HEIC: iso_media.read,
    formats.AVIF: iso_media.read,
    formats.TIFF: tiff.read,
    formats.JXL: jxl.read,
    formats.BMP: bmp.read,
}
# In this size it is looked whether a file that is cut off shows anything.
_LOOK_SIDE = 512
# The standard deviation of its pixels. One block of a JPEG that is there, in a picture that is not, has about one.
_LEAST_SHOWN = 1.0
# Up to this factor of reduction linear interpolation still uses every pixel.
LINEAR_LIMIT = 2.0


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says of the upright picture, as `decoding.PictureInfo` has it."""

    width: int
    height: int
    taken_at: datetime | None
    camera: str
    is_whole: bool


def read_header(data: bytes, form: formats.Format, *, max_pixels: int) -> Header:
    """Return what the header says, without decoding pixels unless the file is cut off. Raise PictureRefused."""
    parts, image = _open_image(data, form, max_pixels)
    with image:
        # Orientations from 5 on swap width and height.
        width, height = image.size if _read_orientation(parts, image) < 5 else image.size[::-1]
        moment, camera = exif.read_taken_at(parts.exif, parts.xmp), exif.read_camera(parts.exif)
    if not parts.is_whole:
        _require_something_to_show(data, form, max_pixels)
    return Header(width, height, moment, camera, parts.is_whole)


def decode(
    data: bytes, form: formats.Format, *, max_pixels: int, longest_side: int | None, loosely: bool, plain: bool = False
) -> Picture:
    """Return the upright picture, as `decoding.decode_picture` describes it. Raise PictureRefused.

    `plain`: an ordinary JPEG, see `jpeg_markers.py`.
    """
    parts, image = _open_image(data, form, max_pixels)
    with image:
        orientation = _read_orientation(parts, image)
        target = _fitted_size(image.size, longest_side)
        if loosely and longest_side and image.format in _JPEG_FAMILY:
            target = _halved_size(image.size, longest_side)
        try:
            pixels = _decode_plain_jpeg(parts.pixels, image, target) if plain else None
            if pixels is None:
                image = heic.decode(parts.pixels) if form is formats.HEIC else image
                # For JPEGs alone this has an effect: libjpeg omits frequencies that a smaller picture cannot show.
                image.draft(None, target)
                pixels = colours.convert_to_rgb(_reduce(image, target), parts.icc)
        except BROKEN as error:
            raise (not_an_image() if parts.is_whole else truncated()) from error
    return exif.turn_upright(
        colours.convert_to_srgb(_resize(pixels, target), parts, is_png=form is formats.PNG), orientation
    )


def redraw(data: bytes, form: formats.Format, *, max_pixels: int, longest_side: int) -> bytes:
    """Return the upright picture as a PNG with its transparency, reduced to `longest_side`. Raise PictureRefused."""
    parts, image = _open_image(data, form, max_pixels)
    with image:
        orientation = _read_orientation(parts, image)
        try:
            picture = image.convert("RGBA")
        except BROKEN as error:
            raise not_an_image() from error
    picture.thumbnail((longest_side, longest_side))
    picture = Image.fromarray(exif.turn_upright(np.asarray(picture), orientation))
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def shrink_to_fit(picture: Picture, *, longest_side: int) -> Picture:
    """Return the picture reduced so that its longer side has at most `longest_side` pixels; never enlarged."""
    height, width = picture.shape[:2]
    return _resize(picture, _fitted_size((width, height), longest_side))


def _require_something_to_show(data: bytes, form: formats.Format, max_pixels: int) -> None:
    """Raise `truncated_image` for a picture of one colour: decoders fill what is missing with it."""
    picture = decode(data, form, max_pixels=max_pixels, longest_side=_LOOK_SIDE, loosely=False)
    if picture.std() < _LEAST_SHOWN:
        raise truncated()


def _read_orientation(parts: Container, image: Image.Image) -> int:
    if parts.turns_itself:
        return 1
    # The binding of libheif resets the tag in what it returns, and tells it here.
    told = image.info.get("original_orientation")
    return told if isinstance(told, int) and 1 <= told <= 8 else exif.read_orientation(parts.exif, parts.xmp)


def _decode_plain_jpeg(data: bytes, image: Image.Image, target: tuple[int, int]) -> Picture | None:
    """Return an ordinary RGB or grey JPEG at the smallest fraction of its size that is no smaller than `target`.

    libjpeg-turbo on the whole file takes two thirds of the time of Pillow, which feeds it pieces. Return None where the
    file is of another kind or has any flaw: Pillow then decides what is damage and what a viewer would ignore.
    """
    if image.format not in _JPEG_FAMILY or image.mode not in ("RGB", "L"):
        return None
    try:
        height, width, *_ = simplejpeg.decode_jpeg_header(data)
        if (width, height) != image.size:
            return None
        return np.asarray(simplejpeg.decode_jpeg(data, "RGB", min_width=target[0], min_height=target[1]), np.uint8)
    except ValueError:
        return None


def _open_image(data: bytes, form: formats.Format, max_pixels: int) -> tuple[Container, Image.Image]:
    """Return the file in its parts and the picture with its header parsed and its size accepted, not yet decoded."""
    check_parts(data, form)
    if form is formats.HEIC and not heic.is_safe(data):
        raise not_an_image()
    if form is formats.RAW:
        data, form = raw_files.read_preview(data), formats.JPEG
    if form is formats.JXL:  # opening one decodes it
        _check_size(jxl.read_size(data), max_pixels)
    parts = _CONTAINERS[form](data)
    try:
        image = Image.open(BytesIO(parts.pixels), formats=[form.pillow])
    except Image.DecompressionBombError as error:
        raise too_large(max_pixels) from error
    except BROKEN as error:
        raise not_an_image() from error
    _check_size(image.size, max_pixels)
    return metadata.add_found(parts, image, form), image


def _check_size(size: tuple[int, int] | None, max_pixels: int) -> None:
    if size is None:
        raise not_an_image()
    if size[0] * size[1] > max_pixels:
        raise too_large(max_pixels, size)


def _reduce(image: Image.Image, target: tuple[int, int]) -> Image.Image:
    """Return the picture with blocks of pixels averaged, no smaller than `target`, which saves memory from here on."""
    factor = min(side // wanted for side, wanted in zip(image.size, target, strict=True))
    return image.reduce(factor) if factor > 1 and image.mode in _REDUCIBLE else image


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
