"""What files say of their pictures beside the pixels: colours, directions, times; right, broken or at great length."""

import struct
import zlib
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

from facepass.testing.pictures.files import STORED, png_chunk
from recognition.pictures import colour_spaces
from recognition.types import Picture

ADOBE_RGB = colour_spaces.build_profile(colour_spaces.ADOBE_RGB)
DISPLAY_P3 = colour_spaces.build_profile(colour_spaces.from_cicp(12, 13))
REC_2020 = colour_spaces.build_profile(colour_spaces.from_cicp(9, 14))
WIDE_PROFILES = (ADOBE_RGB, DISPLAY_P3, REC_2020)
_SRGB = ImageCms.createProfile("sRGB")
# Twelve o'clock UTC, by each of the ways.
NOON = "2026:05:01 12:00:00"


def stored_in(picture: Picture, profile: bytes) -> Picture:
    """Return the sRGB picture as a file of that profile holds it."""
    target = ImageCms.ImageCmsProfile(BytesIO(profile))
    return np.asarray(ImageCms.profileToProfile(Image.fromarray(picture), _SRGB, target, outputMode="RGB"))


def orientation_in_xmp(orientation: int) -> bytes:
    return b'<x:xmpmeta><rdf:Description tiff:Orientation="%d"/></x:xmpmeta>' % orientation


def camera_words(colour_space: int, index: str | None) -> bytes:
    """EXIF's ColorSpace and InteropIndex."""
    tags = Image.Exif()
    folder = tags.get_ifd(0x8769)
    folder[0xA001] = colour_space
    if index:
        folder[0xA005] = {1: index}
    return tags.tobytes()


ADOBE_WORDS = (camera_words(2, None), camera_words(0xFFFF, "R03"), camera_words(2, "R03"))


def times_in_exif() -> list[bytes]:
    """EXIF blocks that tell noon: when taken, when it became digital, by the satellites, when changed."""
    made = []
    for folder, tag in ((0x8769, 0x9003), (0x8769, 0x9004), (0x8825, None), (None, 0x0132)):
        tags = Image.Exif()
        target = tags if folder is None else tags.get_ifd(folder)
        if tag is None:
            target.update({29: NOON[:10], 7: (12.0, 0.0, 0.0)})
        else:
            target[tag] = NOON
        made.append(tags.tobytes())
    return made


def _broken_exif() -> tuple[bytes, ...]:
    """Blocks that were cut, that name places outside of them or themselves, or are nothing at all."""
    whole = times_in_exif()[0]
    return (
        b"Exif\0\0" + b"\xff" * 40,
        whole[: len(whole) // 2],
        b"Exif\0\0II*\0\xff\xff\xff\x7f",
        b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x8769, 4, 1, 8) + b"\x08\0\0\0",
        b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHII", 1, 0x0112, 3, 1, 99 << 16) + b"\0\0\0\0",
    )


BROKEN_EXIF = _broken_exif()


def png_of(
    rows: bytes, *, size: tuple[int, int], chunks: tuple[tuple[bytes, bytes], ...] = (), interlaced=False
) -> bytes:
    """A PNG of RGB rows, each with its filter's number before it, and further chunks before the pixels."""
    header = struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, int(interlaced))
    parts = ((b"IHDR", header), *chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*part) for part in parts)


def rows_of(picture: Picture) -> bytes:
    return b"".join(b"\0" + row.tobytes() for row in picture)


def _cicp(primaries: int, transfer: int) -> tuple[bytes, bytes]:
    return b"cICP", bytes([primaries, transfer, 0, 1])


def _gamma(value: float) -> tuple[bytes, bytes]:
    return b"gAMA", struct.pack(">I", round(value * 100_000))


def _chromaticities(*values: float) -> tuple[bytes, bytes]:
    return b"cHRM", struct.pack(">8I", *(round(value * 100_000) for value in values))


def png_by_numbers(picture: Picture) -> list[bytes]:
    """Display P3 and Rec. 2020 by cICP alone."""
    stored = ((DISPLAY_P3, _cicp(12, 13)), (REC_2020, _cicp(9, 14)))
    return [_png_saying(stored_in(picture, profile), chunk) for profile, chunk in stored]


def png_by_gamma(picture: Picture) -> list[bytes]:
    adobe = (0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
    gamma = _gamma(256 / 563)
    return [_png_saying(stored_in(picture, ADOBE_RGB), gamma, _chromaticities(*adobe))]


def png_of_hdr(picture: Picture) -> list[bytes]:
    """PQ and HLG; the picture stands for their samples, so its colours are others when shown."""
    return [_png_saying(picture, _cicp(9, transfer)) for transfer in (16, 18)]


def png_of_many_texts(picture: Picture) -> list[bytes]:
    """More text than Pillow reads of one, in pieces and in one that is compressed."""
    pieces = tuple((b"tEXt", b"Comment\0" + b"x" * 60_000) for _ in range(80))
    packed = (b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 9_000_000))
    return [_png_saying(picture, *pieces), _png_saying(picture, packed)]


def png_with_xmp(picture: Picture, packet: bytes) -> bytes:
    """Packed, as Pillow #8363 has it."""
    return _png_saying(picture, (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(packet)))


def pngs_turned_by_xmp(picture: Picture) -> list[bytes]:
    return [
        png_with_xmp(np.ascontiguousarray(stored(picture)), orientation_in_xmp(turn)) for turn, stored in STORED.items()
    ]


def _png_saying(picture: Picture, *chunks: tuple[bytes, bytes]) -> bytes:
    return png_of(rows_of(picture), size=(picture.shape[1], picture.shape[0]), chunks=chunks)
