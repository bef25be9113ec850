"""Small pictures whose metadata and containers are broken in every way that we can think of. One seed, one picture.

`mutated(7)` is always the same file: a good picture (JPEG, PNG, WebP or HEIC) with EXIF, XMP, ICC or comments that were
never right, then perhaps with bytes changed, cut out, doubled or cut off.
"""

import random
import struct
import zlib
from functools import cache

from django.conf import settings

from facepass.testing.pictures.fake import picture_of

HEIC = settings.BASE_DIR / "recognition" / "tests" / "data" / "upright.heic"
SIZE = (96, 72)

DATES = [
    "0001:01:01 00:00:00", "0000:00:00 00:00:00", "9999:12:31 23:59:59", "0002:01:01 00:00:00", "0999:12:31 23:59:59",
    "9998:12:31 23:59:59", "2026:02:30 12:00:00", "2026:05:01 24:00:00", "2026:05:01 12:00:60", "2026:05:01 12:00:00",
    "1950:05:01 12:00:00", "2026-05-01T12:00:00", "    :  :     :  :  ", "", "\0\0\0\0", "-001:01:01 00:00:00",
    "99999:01:01 00:00:00", "2026:05:01 12:00:00\0junk", "２０２６:05:01 12:00:00", "infinity", "NaN",
    "2026:13:01 00:00:00",
]  # fmt: skip
OFFSETS = [
    "+02:00", "-02:00", "+14:00", "-12:00", "+23:59", "-23:59", "+24:00", "+99:99", "Z", "", "02:00", "+2", "+02:00:30",
    "-00:00", "+02:00:59.999999", "\0", "UTC", "+0000000",
]  # fmt: skip
TEXTS = [b"\0", b"\xff\xfe\0\xd8", b"\xed\xa0\x80", "Ünïcödé".encode(), b"A" * 70_000, b"%s%n%x", b"<!DOCTYPE x [", b""]
NAMES = [
    "photo.jpg", "a\0b.jpg", "x" * 250 + ".jpg", "../../etc/passwd", "..\\..\\boot.ini", "\u202egpj.exe",
    "фото.jpg", "", "..jpg", "\t\x1b.jpg", "a/b/c.png", "CON.jpg", "\ufffe\uffff.jpg", "🦄" * 60 + ".heic",
]  # fmt: skip
# Tags that programs read: orientation, times, sizes, resolution, software, GPS, maker's note, thumbnail.
TAGS = [
    0x0112, 0x0132, 0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x9290, 0x0100, 0x0101, 0xA002, 0xA003, 0x011A, 0x0131,
    0x8769, 0x8825, 0x927C, 0x0201, 0x0202, 0xA005, 0x02BC, 0x8773, 0x9286, 0x001D, 0xC4A5,
]  # fmt: skip


@cache
def plain(kind: str, people: int) -> bytes:
    names = ["ann", "bob"][:people]
    return HEIC.read_bytes() if kind == "heic" else picture_of(names, size=SIZE, format=kind)


def mutated(seed: int) -> tuple[str, bytes]:
    """A file name and the bytes. No two seeds give the same bytes, so that none is taken for a twin."""
    chance = random.Random(seed)
    kind = chance.choices(["jpeg", "png", "webp", "heic"], [6, 3, 2, 1])[0]
    data = plain(kind, chance.randint(0, 2))
    if kind != "heic":
        data = ADDERS[kind](data, chance)
    if chance.random() < (0.9 if kind == "heic" else 0.4):
        data = damaged(data, chance)
    name = chance.choice(NAMES) if chance.random() < 0.2 else f"photo-{seed}.{kind}"
    return name, data + b"\0" + struct.pack(">Q", seed)


def exif(chance: random.Random) -> bytes:
    """A TIFF structure: mostly the tags that we read, with values that are none."""
    order = chance.choice("<>")
    outer = [(0x0112, 3, 1, _number(chance)), (0x8769, 4, 1, 0)] if chance.random() < 0.8 else []
    outer += [_tag(chance) for _tag_number in range(chance.randint(0, 3))]
    inner = [(0x9003, 2, None, chance.choice(DATES).encode())]
    if chance.random() < 0.7:
        inner.append((0x9011, 2, None, chance.choice(OFFSETS).encode()))
    for tag in (0x9004, 0x0132, 0x9010, 0x9012, 0x9291):
        if chance.random() < 0.2:
            inner.append((tag, 2, None, chance.choice(DATES + OFFSETS).encode()))
    inner += [_tag(chance) for _tag_number in range(chance.randint(0, 2))]
    start = 8 + 2 + 12 * len(outer) + 4
    pointers = [start, start, start, 0, 8, 0xFFFFFFFF]
    outer = [(*entry[:3], chance.choice(pointers) if entry[:3] == (0x8769, 4, 1) else entry[3]) for entry in outer]
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    first = _directory(outer, at=8, order=order, chance=chance)
    return head + first + _directory(inner, at=8 + len(first), order=order, chance=chance)


def _directory(entries: list, *, at: int, order: str, chance: random.Random) -> bytes:
    after = at + 2 + 12 * len(entries) + 4
    rows, values = b"", b""
    for tag, kind, count, value in entries:
        if isinstance(value, bytes):
            length = len(value) + 1 if count is None else count
            there = value[:4].ljust(4, b"\0") if len(value) < 4 else struct.pack(order + "I", after + len(values))
            rows += struct.pack(order + "HHI", tag, kind, length) + there
            values += value + b"\0" if len(value) >= 4 else b""
        else:
            number = struct.pack(order + "I", value & 0xFFFFFFFF)
            if kind == 3:
                number = struct.pack(order + "HH", value & 0xFFFF, 0)
            rows += struct.pack(order + "HHI", tag, kind, count) + number
    counted = len(entries) if chance.random() < 0.9 else chance.choice([0, 1, 500, 65_535])
    following = chance.choice([0, 0, 0, 8, at, 0xFFFFFFFF])
    return struct.pack(order + "H", counted) + rows + struct.pack(order + "I", following) + values


def _tag(chance: random.Random) -> tuple[int, int, int | None, int | bytes]:
    kind = chance.choice([1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 0, 13, 129])
    if chance.random() < 0.5:
        return chance.choice(TAGS), kind, None, chance.choice(TEXTS[:4]) + bytes(chance.randbytes(8))
    return chance.choice(TAGS), kind, chance.choice([0, 1, 2, 8, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF]), _number(chance)


def _number(chance: random.Random) -> int:
    return chance.choice([0, 1, 3, 6, 8, 9, 255, 65_535, 0x7FFFFFFF, 0xFFFFFFFF, chance.getrandbits(32)])


def xmp(chance: random.Random) -> bytes:
    date = chance.choice([*DATES, "2026-05-01T12:00:00+02:00"])
    inner = f'<rdf:Description xmp:CreateDate="{date}" tiff:Orientation="{_number(chance)}"/>'.encode()
    depth = chance.choice([0, 0, 0, 200, 5000])
    body = b"<x>" * depth + inner + b"</x>" * (depth if chance.random() < 0.5 else 0)
    packet = b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    return packet + body + chance.choice(TEXTS) + b"</x:xmpmeta><?xpacket end='w'?>"


def icc(chance: random.Random) -> bytes:
    """A profile that says its length and its colour space, and lies about the rest."""
    body = bytearray(chance.randbytes(chance.choice([0, 40, 128, 600])))
    head = struct.pack(">I", len(body)) + b"lcms\x04\0\0\0mntrRGB XYZ "
    return head + bytes(body[len(head) :])


def _jpeg(data: bytes, chance: random.Random) -> bytes:
    segments = []
    if chance.random() < 0.85:
        segments.append((0xE1, b"Exif\0\0" + exif(chance)))
    if chance.random() < 0.3:
        segments.append((0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(chance)))
    if chance.random() < 0.15:
        parts = chance.choice([b"\1\1", b"\0\0", b"\2\1", b"\xff\xff"])
        segments.append((0xE2, b"ICC_PROFILE\0" + parts + icc(chance)))
    if chance.random() < 0.15:
        segments.append((0xE2, b"MPF\0" + exif(chance)))
    if chance.random() < 0.15:
        segments.append((0xED, b"Photoshop 3.0\x008BIM" + chance.randbytes(30)))
    if chance.random() < 0.15:
        segments.append((0xFE, chance.choice(TEXTS)))
    chance.shuffle(segments)
    return data[:2] + b"".join(_segment(mark, body, chance) for mark, body in segments) + data[2:]


def _segment(mark: int, body: bytes, chance: random.Random) -> bytes:
    body = body[:65_533]
    length = len(body) + 2 if chance.random() < 0.95 else chance.choice([0, 1, 2, 65_535])
    return bytes([0xFF, mark]) + struct.pack(">H", length) + body


def _png(data: bytes, chance: random.Random) -> bytes:
    chunks = []
    if chance.random() < 0.8:
        chunks.append((b"eXIf", exif(chance)))
    if chance.random() < 0.4:
        packed = zlib.compress(xmp(chance)) if chance.random() < 0.5 else xmp(chance)
        flag = bytes([chance.choice([0, 1])])
        chunks.append((b"iTXt", b"XML:com.adobe.xmp\0" + flag + b"\0\0\0" + packed))
    if chance.random() < 0.3:
        chunks.append((chance.choice([b"tEXt", b"zTXt", b"iCCP"]), b"Raw profile type exif\0\0" + exif(chance)))
    if chance.random() < 0.2:
        kind = chance.choice([b"pHYs", b"gAMA", b"cHRM", b"tIME", b"acTL", b"cICP", b"sRGB", b"tRNS", b"bKGD"])
        chunks.append((kind, chance.randbytes(chance.choice([0, 1, 4, 7, 9, 32]))))
    at = chance.choice([33, 33, 33, len(data) - 12])  # behind IHDR, or behind the pixels
    return data[:at] + b"".join(_chunk(kind, body, chance) for kind, body in chunks) + data[at:]


def _chunk(kind: bytes, body: bytes, chance: random.Random) -> bytes:
    length = len(body) if chance.random() < 0.95 else chance.choice([0, 2**31 - 1, 2**32 - 1])
    checksum = zlib.crc32(kind + body) if chance.random() < 0.9 else 0
    return struct.pack(">I", length) + kind + body + struct.pack(">I", checksum)


def _webp(data: bytes, chance: random.Random) -> bytes:
    flags = chance.choice([0x08, 0x0C, 0x2C, 0xFF, 0x00])
    size = struct.pack("<I", SIZE[0] - 1)[:3] + struct.pack("<I", SIZE[1] - 1)[:3]
    if chance.random() < 0.1:
        size = chance.randbytes(6)
    chunks = [(b"VP8X", bytes([flags, 0, 0, 0]) + size)]
    more = [(b"EXIF", chance.choice([b"", b"Exif\0\0"]) + exif(chance)), (b"XMP ", xmp(chance)), (b"ICCP", icc(chance))]
    body = b"WEBP" + _riff(*chunks[0], chance) + data[12:]
    body += b"".join(_riff(*one, chance) for one in more if chance.random() < 0.6)
    length = len(body) if chance.random() < 0.95 else chance.getrandbits(32)
    return b"RIFF" + struct.pack("<I", length) + body


def _riff(kind: bytes, body: bytes, chance: random.Random) -> bytes:
    length = len(body) if chance.random() < 0.95 else chance.choice([0, 0xFFFFFFFF])
    return kind + struct.pack("<I", length) + body + b"\0" * (len(body) % 2)


ADDERS = {"jpeg": _jpeg, "png": _png, "webp": _webp}


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, mostly in the first part, where a container says what it holds; or a piece out, or twice."""
    found = bytearray(data)
    reach = chance.choice([64, 600, len(found)])
    for _change in range(chance.choice([1, 1, 2, 8, 40])):
        at = chance.randrange(min(reach, len(found)))
        found[at] = chance.choice([0, 0xFF, 0x7F, 0x80, chance.getrandbits(8), found[at] ^ (1 << chance.randrange(8))])
    if chance.random() < 0.25:
        start = chance.randrange(len(found))
        end = min(len(found), start + chance.choice([1, 4, 100, len(found)]))
        piece = bytes(found[start:end])
        found[start:end] = piece * 2 if chance.random() < 0.3 else b""
    return bytes(found)
