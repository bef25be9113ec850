"""TIFF files that Pillow does not write: tiles, planes, wide samples, either byte order."""

import struct
from io import BytesIO

import numpy as np
import tifffile

from recognition.types import Picture


def tiff_of(picture: np.ndarray, **options: object) -> bytes:
    out = BytesIO()
    options = {"photometric": "rgb" if picture.ndim == 3 else "minisblack", "metadata": None, **options}
    tifffile.imwrite(out, picture, **options)
    return out.getvalue()


def wide(picture: Picture) -> list[bytes]:
    """16 bits for each colour, in either byte order, and a predictor's differences."""
    samples = picture.astype(np.uint16) * 257
    return [
        tiff_of(samples),
        tiff_of(samples, byteorder=">"),
        tiff_of(samples, compression="zlib", predictor=True),
    ]


def wide_grey(picture: Picture) -> list[bytes]:
    grey = np.round(picture @ np.array([0.299, 0.587, 0.114])).astype(np.uint16) * 257
    return [tiff_of(grey), tiff_of(grey, byteorder=">")]


def tiled(picture: Picture) -> list[bytes]:
    return [
        tiff_of(picture, tile=(64, 64)),
        tiff_of(picture, tile=(64, 64), compression="zlib"),
        tiff_of(picture, tile=(64, 64), compression="zlib", predictor=True),
        tiff_of(picture.astype(np.uint16) * 257, tile=(64, 64)),
    ]


def in_planes(picture: Picture) -> list[bytes]:
    """Each colour by itself."""
    planes = np.ascontiguousarray(picture.transpose(2, 0, 1))
    return [tiff_of(planes, planarconfig="separate"), tiff_of(planes, planarconfig="separate", compression="zlib")]


def with_alpha(picture: Picture) -> list[bytes]:
    layer = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    return [tiff_of(layer, extrasamples=["unassalpha"]), tiff_of(layer, extrasamples=["assocalpha"])]


def with_xmp(picture: Picture, packet: bytes) -> bytes:
    return tiff_of(picture, extratags=[(700, 1, len(packet), packet, True)])


def by_words(stored: Picture) -> list[bytes]:
    """Adobe RGB by EXIF's ColorSpace, and by the InteropIndex in a directory below EXIF's."""
    end = len(wide_tiff(stored, extra=((34665, 4, 1, 0),)))
    place = struct.pack("<I", end + 2 + 2 * 12 + 4)
    index = struct.pack("<HHHI4sI", 1, 1, 2, 4, b"R03\0", 0)
    exif = (
        struct.pack("<H", 2) + struct.pack("<HHII", 0xA001, 3, 1, 0xFFFF) + struct.pack("<HHI4s", 0xA005, 4, 1, place)
    )
    told = struct.pack("<HHHIII", 1, 0xA001, 3, 1, 2, 0)
    plain = wide_tiff(stored, extra=((34665, 4, 1, end),))
    return [plain + told, plain + exif + struct.pack("<I", 0) + index]


def wide_tiff(samples: np.ndarray, *, photometric: int = 2, extra: tuple[tuple[int, int, int, int], ...] = ()) -> bytes:
    """An uncompressed TIFF, byte by byte, with tags of one's own."""
    data, (height, width, channels) = samples.tobytes(), samples.shape
    at = 8 + len(data)
    depths = struct.pack(f"<{channels}H", *[8 * samples.itemsize] * channels)
    tags = sorted([
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, channels, at), (259, 3, 1, 1), (262, 3, 1, photometric),
        (273, 4, 1, 8), (277, 3, 1, channels), (278, 4, 1, height), (279, 4, 1, len(data)), *extra,
    ])  # fmt: skip
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    head = b"II*\0" + struct.pack("<I", at + len(depths))
    return head + data + depths + struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0)
