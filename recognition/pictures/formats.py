"""Detect the format of a file from its first bytes. Its name and a browser's Content-Type prove nothing."""

from dataclasses import dataclass
from typing import Final

from recognition.pictures.containers import bmp, jxl, tiff


@dataclass(frozen=True, slots=True)
class Format:
    """A format that FacePass accepts.

    `pillow` is the name of Pillow's plugin; `endings`: those of names that agree with it. `in_browsers`: whether
    browsers show it; of the others, people are shown the worker's preview.
    """

    name: str
    mime: str
    extension: str
    pillow: str
    endings: tuple[str, ...]
    in_browsers: bool = True


JPEG = Format("JPEG", "image/jpeg", ".jpg", "JPEG", (".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".mpo"))
PNG = Format("PNG", "image/png", ".png", "PNG", (".png",))
WEBP = Format("WebP", "image/webp", ".webp", "WEBP", (".webp",))
# Cameras write .HIF, telephones .HEIC.
HEIC = Format("HEIC", "image/heic", ".heic", "HEIF", (".heic", ".heif", ".hif", ".heics", ".heifs"), in_browsers=False)
AVIF = Format("AVIF", "image/avif", ".avif", "AVIF", (".avif", ".avifs"))
TIFF = Format("TIFF", "image/tiff", ".tif", "TIFF", (".tif", ".tiff"), in_browsers=False)
JXL = Format("JPEG XL", "image/jxl", ".jxl", "JXL", (".jxl",), in_browsers=False)
BMP = Format("BMP", "image/bmp", ".bmp", "BMP", (".bmp", ".dib"))
# Where the installation takes raw files (RAW_PHOTOS); which camera's it is, its name says.
RAW = Format(
    "raw", "image/x-raw", ".raw", "JPEG", (
        ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff", ".gpr", ".iiq", ".kdc", ".mef", ".mos",
        ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
    ), in_browsers=False,
)  # fmt: skip
ACCEPTED: Final = (JPEG, PNG, WEBP, HEIC, AVIF, TIFF, JXL, BMP)

# Raw files that are TIFF by their first bytes: CR2, NEF, ARW, DNG, PEF, SRW and others.
RAW_TIFF: Final = "raw"
# What a file that moves is called, whichever its container is.
VIDEO: Final = "video"

# How many bytes `detect_format` needs.
HEAD_BYTES = 4096
_SVG_BYTES = 512

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}
_CANON_BRAND = b"crx "

# By their first bytes; below, formats that people do send: naming them in the refusal tells people what to do.
_KNOWN: Final[tuple[tuple[bytes, Format | str], ...]] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (jxl.CODESTREAM, JXL),
    (jxl.CONTAINER, JXL),
    (b"GIF8", "GIF"),
    (b"IIRO", "ORF raw"),
    (b"IIRS", "ORF raw"),
    (b"MMOR", "ORF raw"),
    (b"IIU\x00", "RW2 raw"),
    (b"FUJIFILM", "RAF raw"),
    (b"FOVb", "X3F raw"),
    (b"%PDF", "PDF"),
    (b"8BPS", "PSD"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\x1aE\xdf\xa3", VIDEO),
    (b"\x00\x00\x01\xba", VIDEO),
    (b"\x00\x00\x01\xb3", VIDEO),
)


def detect_format(head: bytes) -> Format | str | None:
    """Return an accepted format, the name of one that is refused, or None for unknown bytes.

    Of a TIFF whose directory is not in `head` it remains to be seen whether it is a raw file.
    """
    if head[:4] == b"RIFF":
        return _riff(head[8:12])
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if tiff.is_tiff(head):
        return RAW_TIFF if tiff.is_raw(head) else TIFF
    if head[:2] == b"BM":
        return BMP if int.from_bytes(head[14:18], "little") in bmp.HEADER_SIZES else None
    if b"<svg" in head[:_SVG_BYTES].lower():
        return "SVG"
    return next((form for magic, form in _KNOWN if head.startswith(magic)), None)


def _riff(kind: bytes) -> Format | str:
    if kind == b"WEBP":
        return WEBP
    return VIDEO if kind == b"AVI " else "RIFF"


def _iso_media(head: bytes) -> Format | str:
    """Tell HEIC, AVIF and MP4 apart by the brands of their common container; `mif1` alone could be HEIC or AVIF."""
    box = head[: int.from_bytes(head[:4], "big")]
    brands = {box[8:12], *(box[i : i + 4] for i in range(16, len(box), 4))}
    if _CANON_BRAND in brands:
        return "CR3 raw"
    if brands & _AVIF_BRANDS:
        return AVIF
    return HEIC if brands & _HEIC_BRANDS else VIDEO


def is_raw(form: Format | str | None) -> bool:
    """Return whether a detected format is that of a camera's raw files."""
    return isinstance(form, str) and form.endswith("raw")


def find_by_ending(name: str) -> Format | None:
    """Return the format of a file that FacePass itself has stored: those are named for what they hold."""
    return next((form for form in (*ACCEPTED, RAW) if name.lower().endswith(form.endings)), None)


def find_by_name(name: str) -> Format:
    """Return the format of that `Format.name`."""
    return next(form for form in (*ACCEPTED, RAW) if form.name == name)
