"""The chunks of a WebP file (RFC 9649)."""

import struct
from collections.abc import Iterator
from typing import Final

from recognition.pictures.containers import MOST_MISSING_BYTES, Container

_METADATA: Final = (b"ICCP", b"EXIF", b"XMP ")
# Bits of the extended header that announce these chunks: ICC profile, EXIF, XMP.
_ANNOUNCED = 0x20 | 0x08 | 0x04


def read(data: bytes) -> Container:
    """Return the parts of a WebP file."""
    chunks = list(_walk(data))
    found = dict(reversed(chunks))
    body = b"WEBP" + b"".join(_write(kind, content) for kind, content in chunks if kind not in _METADATA)
    return Container(
        pixels=b"RIFF" + struct.pack("<I", len(body)) + body,
        exif=found.get(b"EXIF", b"").removeprefix(b"Exif\0\0"),
        xmp=found.get(b"XMP ", b""),
        icc=found.get(b"ICCP", b""),
        is_whole=len(data) >= 8 + int.from_bytes(data[4:8], "little"),
    )


def _walk(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of each chunk. What is missing of a file that is cut off is zeros.

    libwebp decodes nothing of a chunk that is cut off, but what comes before those zeros as it is.
    """
    at = 12
    while len(data) - at >= 8:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + length].ljust(min(length, MOST_MISSING_BYTES), b"\0")
        at += 8 + length + length % 2


def _write(kind: bytes, content: bytes) -> bytes:
    if kind == b"VP8X" and content:
        content = bytes([content[0] & ~_ANNOUNCED]) + content[1:]
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
