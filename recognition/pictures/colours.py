"""Convert the colours of a picture file to 8-bit sRGB, as a viewer shows them.

What a file says of its colours is asked in the order of the formats' specifications: CICP numbers in PNG, an ICC
profile, CICP numbers elsewhere, PNG's sRGB, gAMA and cHRM, and last the words of cameras in EXIF.
"""

from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from recognition.pictures import colour_spaces, exif, hdr
from recognition.pictures.containers import Container
from recognition.types import Picture

_SRGB: Final = ImageCms.createProfile("sRGB")
_WIDE_GREY: Final = ("I", "I;16", "I;16B", "I;16L", "I;16N")
# Profiles are a few kilobytes; CMYK ones reach about a megabyte.
_LARGEST_PROFILE = 4_000_000
# Where a profile names its colour space. LittleCMS's binding raises for letters that are none.
_SPACE_BYTES: Final = slice(16, 20)
# Rows that are converted at once.
_STRIP_ROWS = 512
# What LittleCMS's binding raises for profiles that make no sense.
_BROKEN: Final = (OSError, ImageCms.PyCMSError, ValueError)


def convert_to_rgb(image: Image.Image, profile: bytes) -> Picture:
    """Return the pixels as uint8 RGB (height, width, 3), with white behind transparent parts.

    CMYK goes by the ICC profile to sRGB; RGB stays in the colour space of the file, see `convert_to_srgb`.
    """
    image.load()
    picture = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, _STRIP_ROWS):
        strip = image.crop((0, top, image.width, min(top + _STRIP_ROWS, image.height)))
        picture[top : top + strip.height] = _convert_strip(strip, profile)
    return picture


def _convert_strip(image: Image.Image, profile: bytes) -> Picture:
    """Return the RGB pixels of some rows: what one conversion makes for the next would fill the memory otherwise."""
    if image.mode in _WIDE_GREY:
        # Pillow's own conversion clips 16-bit greys to white.
        image = Image.fromarray(np.clip(np.asarray(image).astype(np.int64) >> 8, 0, 255).astype(np.uint8))
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    if image.mode == "CMYK":
        image = _apply(image, _load_profile(profile, "CMYK")) or image
    return np.asarray(image.convert("RGB"))


def convert_to_srgb(picture: Picture, file: Container, *, is_png: bool = False) -> Picture:
    """Return RGB pixels of a file in sRGB. What the file says of its colours and makes no sense is passed over."""
    if file.cicp is not None and (is_png or _load_profile(file.icc, "RGB ") is None):
        return _from_cicp(picture, *file.cicp)
    profile = file.icc or _profile_by_words(file)
    if (grey := _load_profile(profile, "GRAY")) is not None:
        return _convert(picture, np.ascontiguousarray(picture[:, :, 0]), grey)
    source = _load_profile(profile, "RGB ")
    return picture if source is None or _is_srgb(source) else _convert(picture, picture, source)


def _is_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    """Return whether it is one of the many sRGB profiles: most pictures have one, and converting them takes time."""
    red = profile.profile.red_colorant
    return (
        "sRGB" in _read_description(profile)
        and red is not None
        and bool(np.allclose(red[0], colour_spaces.SRGB.to_xyz()[:, 0], atol=0.005))
    )


def _read_description(profile: ImageCms.ImageCmsProfile) -> str:
    try:
        return profile.profile.profile_description or ""
    except ValueError:  # also UnicodeDecodeError: letters that are none
        return ""


def _from_cicp(picture: Picture, primaries: int, transfer: int) -> Picture:
    space = colour_spaces.from_cicp(primaries, transfer)
    if transfer in (colour_spaces.PQ, colour_spaces.HLG):
        return hdr.show_in_srgb(picture, space, transfer=transfer)
    if space == colour_spaces.SRGB:
        return picture
    source = _load_profile(colour_spaces.build_profile(space), "RGB ")
    return picture if source is None else _convert(picture, picture, source)


def _profile_by_words(file: Container) -> bytes:
    """Return an ICC profile for what PNG's chunks or EXIF say; empty where it is sRGB or nothing is said."""
    if file.is_srgb:
        return b""
    if file.gamma:
        space = colour_spaces.from_png(file.gamma, file.chromaticities)
        return b"" if space == colour_spaces.SRGB else colour_spaces.build_profile(space)
    return colour_spaces.build_profile(colour_spaces.ADOBE_RGB) if exif.says_adobe_rgb(file.exif) else b""


def _convert(picture: Picture, samples: NDArray[np.uint8], source: ImageCms.ImageCmsProfile) -> Picture:
    """Return the samples, RGB or one channel of grey, in sRGB; the picture where the profile cannot be applied."""
    converted = _apply(Image.fromarray(samples), source)
    return picture if converted is None else np.asarray(converted)


def _apply(image: Image.Image, source: ImageCms.ImageCmsProfile | None) -> Image.Image | None:
    """Return the picture of that profile in sRGB; None without one, or where it cannot be applied."""
    if source is None:
        return None
    try:
        return ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
    except _BROKEN:
        return None


def _load_profile(data: bytes, space: str) -> ImageCms.ImageCmsProfile | None:
    """Return the ICC profile; None where it is missing, too large, broken or for another colour space."""
    if data[_SPACE_BYTES].decode("latin-1").strip() != space.strip() or len(data) > _LARGEST_PROFILE:
        return None
    try:
        return ImageCms.ImageCmsProfile(BytesIO(data))
    except _BROKEN:
        return None
