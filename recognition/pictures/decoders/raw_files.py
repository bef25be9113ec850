"""Raw files of cameras, shown by the JPEG that the camera put into them. Optional: LibRaw's binding reads them."""

from importlib.util import find_spec
from io import BytesIO
from typing import Final

import simplejpeg
from PIL import Image

from recognition.pictures.decoders.refusals import not_an_image

# Some cameras put only a thumbnail in; then the picture is developed, at half its size.
LEAST_SIDE: Final = 1000
_QUALITY = 95


def is_available() -> bool:
    """Return whether LibRaw's binding is installed."""
    return find_spec("rawpy") is not None


def read_preview(data: bytes) -> bytes:
    """Return the preview of a raw file as a JPEG, whose EXIF says its orientation and when it was taken.

    Raise PictureRefused for a file that LibRaw cannot read.
    """
    import rawpy  # noqa: PLC0415 - may not be installed

    try:
        with rawpy.imread(BytesIO(data)) as raw:
            return _read_thumbnail(raw) or _develop(raw)
    except rawpy.LibRawError as error:
        raise not_an_image() from error


def _read_thumbnail(raw: "rawpy.RawPy") -> bytes | None:  # type: ignore[name-defined]  # noqa: F821
    """Return the largest JPEG of the file, to which LibRaw adds EXIF where the camera did not; None for a small one."""
    import rawpy  # noqa: PLC0415 - may not be installed

    try:
        thumbnail = raw.extract_thumb()
    except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError):
        return None
    if thumbnail.format is not rawpy.ThumbFormat.JPEG:
        return None
    try:
        with Image.open(BytesIO(thumbnail.data), formats=["JPEG"]) as image:
            return bytes(thumbnail.data) if max(image.size) >= LEAST_SIDE else None
    except (OSError, SyntaxError):
        return None


def _develop(raw: "rawpy.RawPy") -> bytes:  # type: ignore[name-defined]  # noqa: F821
    picture = raw.postprocess(half_size=True, use_camera_wb=True, output_bps=8)
    return bytes(simplejpeg.encode_jpeg(picture, _QUALITY, "RGB", "444"))
