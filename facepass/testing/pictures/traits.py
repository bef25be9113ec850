"""Files of every format with each trait that files of cameras and programs have: the rows of docs/pictures.md.

Each row makes files of a picture that is given, so that a decoder's answer can be compared with that picture. HEIC
files, for which there is no encoder here, show `heic_files.shown_picture` whatever is given.
"""

import tempfile
from collections.abc import Callable, Iterable
from functools import partial

import cv2
import numpy as np
from PIL import Image, ImageCms
from pillow_jxl import JpegXLImagePlugin  # noqa: F401 - lets Pillow write it

from facepass.testing.pictures import heic_files, tiff_files, told
from facepass.testing.pictures.files import STORED, exif_of, jpeg_with, saved
from facepass.testing.pictures.raw import dng_of
from recognition.types import Picture

Make = Callable[[Picture], Iterable[bytes]]
CORNERS = np.array([[[200, 30, 30], [30, 200, 30]], [[30, 30, 200], [220, 220, 40]]], np.uint8)
CLOSELY = {
    "JPEG": {"quality": 95}, "WEBP": {"lossless": True}, "AVIF": {"quality": 95, "subsampling": "4:4:4"},
    "JXL": {"lossless": True},
}  # fmt: skip
CUT_OFF = 0.6
# Larger than what Pillow's readers take of a text, and than a JPEG's segment, of which there are then several.
LARGE_XMP = b"<x:xmpmeta>" + bytes(range(65, 91)) * 50_000 + b"</x:xmpmeta>"


def quadrants(width: int = 96, height: int = 64) -> Picture:
    return np.kron(CORNERS, np.ones((height // 2, width // 2, 1), np.uint8))


def write(form: str, picture: Picture, *, mode: str = "RGB", **options: object) -> bytes:
    image = Image.fromarray(picture).convert(mode)
    return saved(image, form, **{**CLOSELY.get(form, {}), **options}).getvalue()


def _plain(form: str, picture: Picture, **options: object) -> list[bytes]:
    return [write(form, picture, **options)]


def _in_every_direction(form: str, picture: Picture) -> list[bytes]:
    return [write(form, _stored(picture, turn), exif=exif_of(turn)) for turn in STORED]


def _stored(picture: Picture, orientation: int) -> Picture:
    return np.ascontiguousarray(STORED[orientation](picture))


def _directions_by_xmp(form: str, picture: Picture) -> list[bytes]:
    return [write(form, _stored(picture, turn), xmp=told.orientation_in_xmp(turn)) for turn in STORED]


def _by_profile(form: str, picture: Picture) -> list[bytes]:
    return [write(form, told.stored_in(picture, profile), icc_profile=profile) for profile in told.WIDE_PROFILES]


def _in_display_p3(form: str, picture: Picture) -> list[bytes]:
    """In wider spaces one step of a lossy file is several of sRGB."""
    return [write(form, told.stored_in(picture, told.DISPLAY_P3), icc_profile=told.DISPLAY_P3)]


def _packed_jpeg(data: bytes) -> bytes:
    """A JPEG XL from which that JPEG comes back as it was; Pillow's plugin packs files only, by their names."""
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        file.write(data)
        file.flush()
        return saved(Image.open(file.name), "JXL", lossless_jpeg=True).getvalue()


def _by_words(form: str, picture: Picture) -> list[bytes]:
    stored = told.stored_in(picture, told.ADOBE_RGB)
    return [write(form, stored, exif=block) for block in told.ADOBE_WORDS]


def _broken_profile(form: str, picture: Picture) -> list[bytes]:
    broken = (b"no profile at all" * 20, told.ADOBE_RGB[:200], b"\xff" * 3_000)
    return [write(form, picture, icc_profile=profile) for profile in broken]


def _srgb(form: str, picture: Picture) -> list[bytes]:
    return [write(form, picture, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())]


def _transparent(form: str, picture: Picture) -> list[bytes]:
    """A corner that nobody sees is white in the picture that is given."""
    layer = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    return [saved(Image.fromarray(layer), form, **CLOSELY.get(form, {})).getvalue()]


def _grey(form: str, picture: Picture) -> list[bytes]:
    return [write(form, picture, mode="L")]


def _several(form: str, picture: Picture) -> list[bytes]:
    others = [Image.new("RGB", picture.shape[1::-1], "black")]
    return [write(form, picture, save_all=True, append_images=others)]


def _large_metadata(form: str, picture: Picture) -> list[bytes]:
    return [write(form, picture, xmp=LARGE_XMP)]


def _large_segments(picture: Picture) -> list[bytes]:
    """As much in a JPEG, whose segments have 65 kB each: extended XMP, and pieces of the maker's own."""
    pieces = [LARGE_XMP[at : at + 65_000] for at in range(0, len(LARGE_XMP), 65_000)]
    extended = [(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + piece) for piece in pieces]
    own = [(0xEF, piece) for piece in pieces]
    return [jpeg_with(picture, *segments, **CLOSELY["JPEG"]).getvalue() for segments in (extended, own)]


def _broken_exif(form: str, picture: Picture) -> list[bytes]:
    return [write(form, picture, exif=block) for block in told.BROKEN_EXIF]


def _timed(form: str, picture: Picture) -> list[bytes]:
    return [write(form, picture, exif=block) for block in told.times_in_exif()]


def _cut_off(form: str, picture: Picture, **options: object) -> list[bytes]:
    data = write(form, _grainy(picture), **options)
    return [data[: int(len(data) * CUT_OFF)]]


def _grainy(picture: Picture) -> Picture:
    """The picture with so much grain that every part of the file is about some pixels."""
    grain = np.random.default_rng(1).normal(0, 12, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def _without_end_mark(picture: Picture) -> list[bytes]:
    return [write("JPEG", picture)[:-2]]


def _junk_behind(form: str, picture: Picture) -> list[bytes]:
    return [write(form, picture) + b"\0" * 500, write(form, picture) + b"junk" * 500]


def _wide_png(picture: Picture) -> list[bytes]:
    """16 bits for each colour; what grey has is in a row of its own."""
    written = (cv2.imencode(".png", picture[:, :, ::-1].astype(np.uint16) * 257)[1],)
    return [data.tobytes() for data in written]


def _wide_grey_png(picture: Picture) -> list[bytes]:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.uint16) * 257
    return [saved(Image.fromarray(grey), "PNG").getvalue()]


def _palette(form: str, picture: Picture) -> list[bytes]:
    image = Image.fromarray(picture).convert("P", palette=Image.Palette.ADAPTIVE, colors=256)
    return [saved(image, form).getvalue()]


def _interlaced(picture: Picture) -> list[bytes]:
    """Adam7 (PNG, 8.2): seven reduced pictures, one behind the other."""
    passes = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
    rows = b"".join(
        b"\0" + row.tobytes() for top, left, down, across in passes for row in picture[top::down, left::across]
    )
    return [told.png_of(rows, size=picture.shape[1::-1], interlaced=True)]


def _ten_bit_avif(picture: Picture) -> list[bytes]:
    wide = np.ascontiguousarray(picture[:, :, ::-1]).astype(np.uint16) * 4
    options = [cv2.IMWRITE_AVIF_DEPTH, 10, cv2.IMWRITE_AVIF_QUALITY, 95]
    return [cv2.imencode(".avif", wide, options)[1].tobytes()]


def _raw(*extra: tuple[int, int, int, int]) -> bytes:
    return tiff_files.wide_tiff(np.zeros((8, 8, 3), np.uint8), extra=extra)


def _canon_raw() -> bytes:
    data = bytearray(_raw())
    data[8:12] = b"CR\x02\0"
    return bytes(data)


def _dng(picture: Picture) -> list[bytes]:
    return [dng_of(write("JPEG", picture), size=(picture.shape[1], picture.shape[0]))]


def _always(data: bytes) -> Make:
    return lambda _picture: [data]


# Name in the document, and Pillow's.
_WRITTEN = (
    ("JPEG", "JPEG"), ("PNG", "PNG"), ("WebP", "WEBP"), ("AVIF", "AVIF"), ("TIFF", "TIFF"), ("JPEG XL", "JXL"),
    ("BMP", "BMP"),
)  # fmt: skip
# Which of them have the trait, and who makes it.
_COMMON: tuple[tuple[str, Callable[[str, Picture], list[bytes]], str], ...] = (
    ("plain", _plain, "JPEG PNG WEBP AVIF TIFF JXL BMP"),
    ("stored in each of the 8 orientations", _in_every_direction, "JPEG PNG WEBP AVIF TIFF"),
    ("orientation told by XMP alone", _directions_by_xmp, "JPEG WEBP"),
    ("sRGB by a profile", _srgb, "JPEG PNG WEBP AVIF TIFF"),
    ("Adobe RGB, Display P3, Rec. 2020 by a profile", _by_profile, "PNG WEBP TIFF"),
    ("Display P3 by a profile", _in_display_p3, "JPEG AVIF"),
    ("Adobe RGB by EXIF or the InteropIndex", _by_words, "JPEG PNG WEBP"),
    ("broken profile", _broken_profile, "JPEG PNG WEBP AVIF TIFF"),
    ("grey", _grey, "JPEG PNG WEBP AVIF TIFF JXL BMP"),
    ("alpha", _transparent, "PNG WEBP AVIF JXL"),
    ("several pictures or frames", _several, "PNG WEBP AVIF TIFF"),
    ("1.3 MB of XMP", _large_metadata, "WEBP AVIF JXL"),
    ("broken EXIF", _broken_exif, "JPEG PNG WEBP JXL"),
    ("time told by EXIF or GPS", _timed, "JPEG PNG WEBP AVIF TIFF JXL"),
    ("bytes behind the end", _junk_behind, "JPEG PNG WEBP AVIF TIFF JXL BMP"),
    ("end missing", _cut_off, "JPEG PNG WEBP AVIF TIFF JXL BMP"),
)
_REST = bytes(600)
# Format and trait, as the document names them.
TRAITS: dict[tuple[str, str], Make] = {
    **{
        (name, trait): partial(make, pillow)
        for name, pillow in _WRITTEN
        for trait, make, having in _COMMON
        if pillow in having.split()
    },
    ("JPEG", "1.3 MB of XMP"): _large_segments,
    ("JPEG", "progressive"): partial(_plain, "JPEG", progressive=True),
    ("JPEG", "CMYK"): partial(_plain, "JPEG", mode="CMYK"),
    ("JPEG", "RGB without conversion"): partial(_plain, "JPEG", keep_rgb=True),
    ("JPEG", "restart markers, fewer colours (4:2:0)"): partial(_plain, "JPEG", restart_marker_rows=1, subsampling=2),
    ("JPEG", "several pictures (MPO)"): partial(_several, "MPO"),
    ("JPEG", "progressive, end missing"): partial(_cut_off, "JPEG", progressive=True),
    ("JPEG", "end mark missing"): _without_end_mark,
    ("PNG", "orientation told by XMP alone"): told.pngs_turned_by_xmp,
    ("PNG", "1.3 MB of XMP"): lambda picture: [told.png_with_xmp(picture, LARGE_XMP)],
    ("PNG", "16 bits for each colour"): _wide_png,
    ("PNG", "16 bits, grey"): _wide_grey_png,
    ("PNG", "palette"): partial(_palette, "PNG"),
    ("PNG", "interlaced"): _interlaced,
    ("PNG", "Display P3, Rec. 2020 by cICP"): told.png_by_numbers,
    ("PNG", "Adobe RGB by gAMA and cHRM"): told.png_by_gamma,
    ("PNG", "PQ, HLG"): told.png_of_hdr,
    ("PNG", "megabytes of text"): told.png_of_many_texts,
    ("WebP", "lossy"): partial(_plain, "WEBP", lossless=False, quality=90),
    ("AVIF", "10 bits for each colour"): _ten_bit_avif,
    ("TIFF", "16 bits for each colour"): tiff_files.wide,
    ("TIFF", "16 bits, grey"): tiff_files.wide_grey,
    ("TIFF", "tiles"): tiff_files.tiled,
    ("TIFF", "Adobe RGB by EXIF or the InteropIndex"): lambda picture: tiff_files.by_words(
        told.stored_in(picture, told.ADOBE_RGB)
    ),
    ("TIFF", "1.3 MB of XMP"): lambda picture: [tiff_files.with_xmp(picture, LARGE_XMP)],
    ("TIFF", "planes"): tiff_files.in_planes,
    ("TIFF", "alpha"): tiff_files.with_alpha,
    ("TIFF", "palette"): partial(_palette, "TIFF"),
    ("TIFF", "CMYK"): partial(_plain, "TIFF", mode="CMYK"),
    ("TIFF", "LZW"): partial(_plain, "TIFF", compression="tiff_lzw"),
    ("TIFF", "deflate"): partial(_plain, "TIFF", compression="tiff_adobe_deflate"),
    ("TIFF", "JPEG inside"): partial(_plain, "TIFF", compression="jpeg", quality=95),
    ("TIFF", "BigTIFF"): partial(_plain, "TIFF", big_tiff=True),
    ("JPEG XL", "lossy"): partial(_plain, "JXL", lossless=False, quality=95),
    ("JPEG XL", "a packed JPEG"): lambda picture: map(_packed_jpeg, _in_every_direction("JPEG", picture)),
    ("JPEG XL", "Display P3 by a profile"): lambda picture: map(_packed_jpeg, _in_display_p3("JPEG", picture)),
    ("BMP", "palette"): partial(_palette, "BMP"),
    ("HEIC", "plain, by every camera's brand"): heic_files.of_every_brand,
    ("HEIC", "stored in each of the 8 orientations"): heic_files.in_every_direction,
    ("HEIC", "orientation told by EXIF alone"): heic_files.turned_by_exif_alone,
    ("HEIC", "10 bits for each colour (.hif)"): lambda _picture: [heic_files.read("ten_bits")],
    ("HEIC", "grey"): lambda _picture: [heic_files.read("grey")],
    ("HEIC", "alpha"): lambda _picture: [heic_files.read("alpha")],
    ("HEIC", "several pictures or frames"): lambda _picture: [heic_files.read("several")],
    ("HEIC", "Display P3 by a profile or by nclx"): heic_files.in_display_p3,
    ("HEIC", "PQ, HLG"): heic_files.of_hdr,
    ("HEIC", "broken profile"): lambda _picture: [heic_files.read("broken_profile")],
    ("HEIC", "1.3 MB of XMP"): lambda _picture: [heic_files.read("large_xmp")],
    ("HEIC", "broken EXIF"): lambda _picture: [heic_files.read("broken_exif")],
    ("HEIC", "time told by EXIF or GPS"): lambda _picture: [heic_files.read("turned_1")],
    ("HEIC", "end missing"): heic_files.cut_off,
    ("raw", "CR2"): _always(_canon_raw()),
    ("raw", "CR3"): _always(b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom" + _REST),
    ("raw", "NEF, ARW, PEF"): _always(_raw((254, 4, 1, 1))),
    ("raw", "DNG"): _dng,
    ("raw", "RAF"): _always(b"FUJIFILMCCD-RAW 0201" + _REST),
    ("raw", "ORF"): _always(b"IIRO\x08\0\0\0" + _REST),
    ("raw", "RW2"): _always(b"IIU\0\x18\0\0\0" + _REST),
    ("video", "MP4, MOV"): _always(b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + _REST),
    ("video", "AVI, MKV, MPEG"): _always(b"RIFF\x10\0\0\0AVI LIST" + _REST),
    ("GIF", "any"): partial(_plain, "GIF"),
    ("PSD, PDF, SVG, JPEG 2000", "any"): _always(b"8BPS\0\x01" + _REST),
}
