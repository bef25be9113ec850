"""Small files that ask for as much work as their format allows: what somebody sends who wants the server to be busy.

`COSTLY` names a maker for each; `side` is that of the square picture that it claims to be.
"""

import struct
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO

from django.conf import settings
from PIL import Image
from pillow_jxl import JpegXLImagePlugin  # noqa: F401 - lets Pillow write it

HEIC = settings.BASE_DIR / "recognition" / "tests" / "data" / "upright.heic"
# A square of almost 60 megapixels, the largest that is taken.
LARGEST_SIDE = 7744
MEGABYTES = 24
_EOI, _SOS = b"\xff\xd9", b"\xff\xda"


@cache
def _flat(form: str, side: int, mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, (side, side), "teal" if mode != "CMYK" else (10, 20, 30, 40)).save(out, form, **options)
    return out.getvalue()


def jpeg_of_scans(side: int, *, extra: int) -> bytes:
    """A progressive JPEG whose last scan, of some bytes, follows again and again."""
    data = _flat("JPEG", side, progressive=True)
    end = data.rindex(_EOI)
    return data[:end] + data[data.rindex(_SOS) : end] * extra + _EOI


def jpeg_of_segments(side: int) -> bytes:
    """A JPEG behind millions of empty comments."""
    data = _flat("JPEG", side)
    return data[:2] + b"\xff\xfe\x00\x02" * (MEGABYTES * 250_000) + data[2:]


def exif_of_copies(length: int) -> bytes:
    """A TIFF directory, each of whose values is the whole block."""
    count = min(65_535, (length - 14) // 12)
    rows = b"".join(struct.pack("<HHII", tag, 7, length - 8, 8) for tag in range(1, count + 1))
    return (b"II*\0" + struct.pack("<IH", 8, count) + rows + struct.pack("<I", 0)).ljust(length, b"\0")


def jpeg_of_exif(side: int, *, blocks: int) -> bytes:
    """A JPEG with EXIF in that many segments, which readers put together to one block."""
    data, whole = _flat("JPEG", side), exif_of_copies(65_000 * blocks)
    pieces = [whole[at : at + 65_000] for at in range(0, len(whole), 65_000)]
    segments = [b"\xff\xe1" + struct.pack(">H", len(piece) + 8) + b"Exif\0\0" + piece for piece in pieces]
    return data[:2] + b"".join(segments) + data[2:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(side: int, *, depth: int = 8, colours: int = 2, interlaced: bool = False, before: bytes = b"") -> bytes:
    """A PNG of zeros. `colours`: 2 for RGB, 6 with transparency; `before`: chunks that stand before the pixels."""
    bits = {0: 1, 2: 3, 6: 4}[colours] * depth
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, depth, colours, 0, 0, interlaced))
    # Seven passes have somewhat more rows, each with its byte for the filter.
    packed = zlib.compressobj(9)
    content, row = b"", b"\0" * (1 + side * bits // 8)
    for _row in range(side + (side // 2 if interlaced else 0)):
        content += packed.compress(row)
    content += packed.flush()
    return b"\x89PNG\r\n\x1a\n" + header + before + _chunk(b"IDAT", content) + _chunk(b"IEND", b"")


def png_of_texts(side: int) -> bytes:
    text = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 1_000_000, 9))
    return png(side, before=text * 5_000)


def png_of_frames(side: int) -> bytes:
    """An animation that announces a million frames."""
    return png(side, before=_chunk(b"acTL", struct.pack(">II", 1_000_000, 0)))


def webp(side: int, **options: object) -> bytes:
    return _flat("WEBP", side, **options)


def webp_with(side: int, kind: bytes, content: bytes, *, times: int = 1) -> bytes:
    """A WebP with that chunk before its picture."""
    data = _flat("WEBP", side)
    flags = 0x08 if kind == b"EXIF" else 0
    extended = b"VP8X" + struct.pack("<I", 10) + bytes([flags, 0, 0, 0]) + 2 * (side - 1).to_bytes(3, "little")
    added = kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) & 1)
    body = b"WEBP" + extended + (b"" if kind == b"EXIF" else added * times) + data[12:]
    body += added if kind == b"EXIF" else b""
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_of_frames(side: int, *, frames: int) -> bytes:
    """An animation, each frame of which is one pixel."""
    pictures = [Image.new("RGB", (side, side), (number % 251, 0, 0)) for number in range(2)]
    out = BytesIO()
    pictures[0].save(out, "WEBP", save_all=True, append_images=pictures[1:], lossless=True)
    data = out.getvalue()
    at = data.rindex(b"ANMF")
    last = data[at:]
    body = data[8:at] + last * frames
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def heic_of_tiles(side: int) -> bytes:
    """A HEIC whose thousands of tiles are all the same bytes, in a grid of `side` pixels (ISO 23008-12, 6.6.2.3)."""
    data = HEIC.read_bytes()
    tile = data[data.index(b"mdat") + 4 :]
    properties = data[data.index(b"ipco") + 4 : data.index(b"ipma") - 4]
    columns, rows = side // 96, side // 64
    grid = struct.pack(">BBBBII", 0, 1, rows - 1, columns - 1, columns * 96, rows * 64)
    properties += _box(b"ispe", struct.pack(">III", 0, columns * 96, rows * 64))
    tiles = list(range(1, rows * columns + 1))
    whole = len(tiles) + 1

    def meta(start: int) -> bytes:
        places = [struct.pack(">HHHII", number, 0, 1, start, len(tile)) for number in tiles]
        places.append(struct.pack(">HHHII", whole, 0, 1, start + len(tile), len(grid)))
        return _box(b"meta", bytes(4) + b"".join([
            _box(b"hdlr", bytes(8) + b"pict" + bytes(13)),
            _box(b"pitm", struct.pack(">IH", 0, whole)),
            _box(b"iloc", struct.pack(">IHH", 0, 0x4400, whole) + b"".join(places)),
            _box(b"iinf", struct.pack(">IH", 0, whole) + b"".join([*(map(_item, tiles)), _item(whole, b"grid")])),
            _box(b"iref", bytes(4) + _box(b"dimg", struct.pack(f">HH{len(tiles)}H", whole, len(tiles), *tiles))),
            _box(b"iprp", _box(b"ipco", properties) + _box(b"ipma", _uses_of_properties(tiles, whole))),
        ]))  # fmt: skip

    head = data[: data.index(b"meta") - 4]
    return head + meta(len(head) + len(meta(0)) + 8) + _box(b"mdat", tile + grid)


def _item(number: int, kind: bytes = b"hvc1") -> bytes:
    return _box(b"infe", struct.pack(">IHH4sB", 0x02000000, number, 0, kind, 0))


def _uses_of_properties(tiles: list[int], whole: int) -> bytes:
    """Decoder, colours, size and depth for each tile; size and depth of the whole."""
    each = [struct.pack(">HB4B", number, 4, 0x81, 2, 3, 4) for number in tiles]
    return struct.pack(">II", 0, whole) + b"".join(each) + struct.pack(">HB2B", whole, 2, 5, 4)


COSTLY: dict[str, Callable[[int], bytes]] = {
    "JPEG of many scans": lambda side: jpeg_of_scans(side, extra=5_000),
    "JPEG of as many scans as are taken": lambda side: jpeg_of_scans(side, extra=39),
    "JPEG, progressive": lambda side: _flat("JPEG", side, progressive=True),
    "JPEG, CMYK": lambda side: _flat("JPEG", side, mode="CMYK"),
    "JPEG of many segments": jpeg_of_segments,
    "JPEG with EXIF that names its bytes again and again": lambda side: jpeg_of_exif(side, blocks=1),
    "JPEG with that EXIF in many pieces": lambda side: jpeg_of_exif(side, blocks=300),
    "PNG": png,
    "PNG, 16 bits, transparent": lambda side: png(side, depth=16, colours=6),
    "PNG, 16 bits, grey": lambda side: png(side, depth=16, colours=0),
    "PNG, 16 bits, transparent, interlaced": lambda side: png(side, depth=16, colours=6, interlaced=True),
    "PNG of many chunks": lambda side: png(side, before=_chunk(b"teXt", b"") * (MEGABYTES * 80_000)),
    "PNG of as many chunks as are taken": lambda side: png(side, before=_chunk(b"teXt", b"") * 19_000),
    "PNG of texts that unpack to 5 GB": png_of_texts,
    "PNG with EXIF that names its bytes again and again": lambda side: png(
        side, before=_chunk(b"eXIf", exif_of_copies(MEGABYTES * 1_000_000))
    ),
    "PNG, an animation of a million frames": png_of_frames,
    "WebP": webp,
    "WebP, lossless, transparent": lambda side: webp(side, mode="RGBA", lossless=True),
    "WebP of many chunks": lambda side: webp_with(side, b"abcd", b"", times=MEGABYTES * 120_000),
    "WebP with EXIF that names its bytes again and again": lambda side: webp_with(
        side, b"EXIF", exif_of_copies(MEGABYTES * 1_000_000)
    ),
    "HEIC of many tiles": heic_of_tiles,
    "AVIF": lambda side: _flat("AVIF", side),
    "AVIF, transparent": lambda side: _flat("AVIF", side, mode="RGBA"),
    "TIFF": lambda side: _flat("TIFF", side, compression="tiff_lzw"),
    "TIFF, CMYK, of one strip for each row": lambda side: _flat(
        "TIFF", side, mode="CMYK", compression="tiff_adobe_deflate", strip_size=1
    ),
    "JPEG XL": lambda side: _flat("JXL", side),
    "JPEG XL, lossless, transparent": lambda side: _flat("JXL", side, mode="RGBA", lossless=True),
    "BMP": lambda side: _flat("BMP", side),
    "WebP, an animation": lambda side: webp_of_frames(side, frames=18_000),
}
