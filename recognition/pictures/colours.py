"""Convert the colours of a picture file, whatever its mode and profile, to 8-bit sRGB as a viewer shows them."""

from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image, ImageCms

from recognition.types import Picture

_SRGB: Final = ImageCms.createProfile("sRGB")
_WIDE_GREY: Final = ("I", "I;16", "I;16B", "I;16L", "I;16N")
# Profiles are a few kilobytes; CMYK ones reach about a megabyte.
_LARGEST_PROFILE = 4_000_000


def convert_to_rgb(image: Image.Image) -> Picture:
    """Return the pixels as uint8 RGB (height, width, 3), with white behind transparent parts.

    RGB pictures stay in the colour space of the file; see `convert_to_srgb`.
    """
    if image.mode in _WIDE_GREY:
        # Pillow's own conversion clips 16-bit greys to white.
        grey = np.asarray(image).astype(np.int64)
        image = Image.fromarray(np.clip(grey >> 8, 0, 255).astype(np.uint8))
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    if image.mode == "CMYK":
        image = _from_cmyk(image)
    return np.asarray(image.convert("RGB"))


def convert_to_srgb(picture: Picture, profile: bytes | None) -> Picture:
    """Return RGB pixels of the given ICC profile (Display P3, Adobe RGB ...) in sRGB.

    A profile that is broken or not for RGB is ignored, as browsers do; the picture then counts as sRGB.
    """
    source = _load_profile(profile, "RGB ")
    if source is None or "sRGB" in ImageCms.getProfileDescription(source):
        return picture
    converted = ImageCms.profileToProfile(Image.fromarray(picture), source, _SRGB, outputMode="RGB")
    return picture if converted is None else np.asarray(converted)


def _from_cmyk(image: Image.Image) -> Image.Image:
    source = _load_profile(image.info.get("icc_profile"), "CMYK")
    converted = None if source is None else ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
    return image.convert("RGB") if converted is None else converted


def _load_profile(data: bytes | None, space: str) -> ImageCms.ImageCmsProfile | None:
    """Return the ICC profile; None where it is missing, too large, broken or for another colour space."""
    if not data or len(data) > _LARGEST_PROFILE:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(data))
    except (OSError, ImageCms.PyCMSError):
        return None
    return profile if profile.profile.xcolor_space.strip() == space.strip() else None
