"""The chunks of a PNG file (PNG, third edition, chapter 5)."""

import struct
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from recognition.pictures.containers import Container

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PIXELS: Final = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_XMP: Final = b"XML:com.adobe.xmp"
# Older programs keep EXIF as hexadecimal text under this name.
_EXIF_TEXT: Final = b"Raw profile type exif"
# What one compressed chunk of metadata may become.
_LARGEST_METADATA = 16_000_000


class _Chunk(NamedTuple):
    kind: bytes
    content: bytes
    is_intact: bool


def read(data: bytes) -> Container:
    """Return the parts of a PNG file; of an animation, the picture that programs without animation show."""
    chunks = list(_walk(data))
    found = {chunk.kind: chunk.content for chunk in reversed(chunks)}
    texts = dict(_read_text(chunk) for chunk in reversed(chunks) if chunk.kind in (b"iTXt", b"zTXt", b"tEXt"))
    return Container(
        pixels=_SIGNATURE + b"".join(_write(chunk) for chunk in chunks if chunk.kind in _PIXELS),
        exif=found.get(b"eXIf", b"") or _read_exif_text(texts.get(_EXIF_TEXT, b"")),
        xmp=texts.get(_XMP, b""),
        icc=_inflate(found.get(b"iCCP", b"").partition(b"\0")[2][1:]),
        cicp=_read_cicp(found.get(b"cICP", b"")),
        gamma=next((value for (value,) in _read_numbers(found.get(b"gAMA", b""), 1)), None),
        chromaticities=next(_read_numbers(found.get(b"cHRM", b""), 8), None),
        is_srgb=b"sRGB" in found,
        is_whole=b"IEND" in found and all(chunk.is_intact for chunk in chunks if chunk.kind in _PIXELS),
    )


def _walk(data: bytes) -> Iterator[_Chunk]:
    """Yield the chunks; the last one of a file that is cut off has what is there of it."""
    at = len(_SIGNATURE)
    while len(data) - at >= 8:
        length = int.from_bytes(data[at : at + 4], "big")
        body, check = data[at + 4 : at + 8 + length], data[at + 8 + length : at + 12 + length]
        yield _Chunk(body[:4], body[4:], zlib.crc32(body).to_bytes(4, "big") == check)
        at += 12 + length


def _write(chunk: _Chunk) -> bytes:
    body = chunk.kind + chunk.content
    return struct.pack(">I", len(chunk.content)) + body + struct.pack(">I", zlib.crc32(body))


def _read_text(chunk: _Chunk) -> tuple[bytes, bytes]:
    """Return keyword and text of a tEXt, zTXt or iTXt chunk; text that cannot be read is empty."""
    keyword, _, rest = chunk.content.partition(b"\0")
    if chunk.kind == b"tEXt" or keyword not in (_XMP, _EXIF_TEXT):
        return keyword, rest
    if chunk.kind == b"zTXt":
        return keyword, _inflate(rest[1:])
    text = rest[2:].split(b"\0", 2)[-1]
    return keyword, _inflate(text) if rest[:1] == b"\1" else text


def _inflate(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, _LARGEST_METADATA)
    except zlib.error:
        return b""


def _read_exif_text(text: bytes) -> bytes:
    """Return EXIF from "\\nexif\\n    1234\\n" and hexadecimal digits."""
    try:
        return bytes.fromhex("".join(text.decode("ascii").split()[2:])).removeprefix(b"Exif\0\0")
    except ValueError:
        return b""


def _read_cicp(content: bytes) -> tuple[int, int] | None:
    # The third number is the matrix, which is always 0 in PNG, and the fourth the range of values.
    return (content[0], content[1]) if len(content) == 4 else None


def _read_numbers(content: bytes, count: int) -> Iterator[tuple[float, ...]]:
    if len(content) >= 4 * count:
        yield tuple(value / 100_000 for value in struct.unpack(f">{count}I", content[: 4 * count]))
