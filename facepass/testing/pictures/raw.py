"""A DNG as cameras write it: a JPEG in the first directory, and what the sensor saw in one below."""

import struct

import numpy as np

_WIDTH, _HEIGHT = 64, 48
_SHORT, _LONG = 3, 4
_Tag = tuple[int, int, int, int | bytes]


def dng_of(preview: bytes, *, size: tuple[int, int], orientation: int = 1, taken: str = "2026:05:01 18:30:00") -> bytes:
    """A raw file with that JPEG, which has `size`, as its preview."""
    mosaic = np.full((_HEIGHT, _WIDTH), 1000, np.uint16).tobytes()
    matrix = struct.pack("<18i", *[part for value in (1, 0, 0, 0, 1, 0, 0, 0, 1) for part in (value, 1)])
    blocks = {
        "depths": struct.pack("<3H", 8, 8, 8), "make": b"Maker\0", "model": b"Model\0", "matrix": matrix,
        "taken": f"{taken}\0".encode(), "preview": preview, "mosaic": mosaic,
    }  # fmt: skip

    def directories(at: dict[str, int]) -> tuple[bytes, bytes, bytes]:
        shown: list[_Tag] = [
            (254, _LONG, 1, 1), (256, _LONG, 1, size[0]), (257, _LONG, 1, size[1]), (258, _SHORT, 3, at["depths"]),
            (259, _SHORT, 1, 7), (262, _SHORT, 1, 6), (271, 2, 6, at["make"]), (272, 2, 6, at["model"]),
            (273, _LONG, 1, at["preview"]), (274, _SHORT, 1, orientation), (277, _SHORT, 1, 3),
            (278, _LONG, 1, size[1]), (279, _LONG, 1, len(preview)), (330, _LONG, 1, at["sensor"]),
            (34665, _LONG, 1, at["exif"]), (50706, 1, 4, b"\1\4\0\0"), (50708, 2, 6, at["model"]),
            (50721, 10, 9, at["matrix"]), (50778, _SHORT, 1, 21),
        ]  # fmt: skip
        sensor: list[_Tag] = [
            (254, _LONG, 1, 0), (256, _LONG, 1, _WIDTH), (257, _LONG, 1, _HEIGHT), (258, _SHORT, 1, 16),
            (259, _SHORT, 1, 1), (262, _SHORT, 1, 32803), (273, _LONG, 1, at["mosaic"]), (277, _SHORT, 1, 1),
            (278, _LONG, 1, _HEIGHT), (279, _LONG, 1, len(mosaic)), (33421, _SHORT, 2, struct.pack("<HH", 2, 2)),
            (33422, 1, 4, b"\0\1\1\2"), (50714, _SHORT, 1, 0), (50717, _SHORT, 1, 4095),
        ]  # fmt: skip
        return _directory(shown), _directory(sensor), _directory([(36867, 2, 20, at["taken"])])

    first, second, third = directories(dict.fromkeys([*blocks, "sensor", "exif"], 0))
    at = {"sensor": 8 + len(first), "exif": 8 + len(first) + len(second)}
    end, content = 8 + len(first) + len(second) + len(third), b""
    for name, block in blocks.items():
        at[name] = end + len(content)
        content += block + b"\0" * (len(block) % 2)
    return b"II*\0" + struct.pack("<I", 8) + b"".join(directories(at)) + content


def _directory(tags: list[_Tag]) -> bytes:
    return struct.pack("<H", len(tags)) + b"".join(map(_entry, tags)) + struct.pack("<I", 0)


def _entry(tag: _Tag) -> bytes:
    number, kind, count, value = tag
    packed = (
        value
        if isinstance(value, bytes)
        else struct.pack("<HH" if kind == _SHORT else "<I", *([value, 0] if kind == _SHORT else [value]))
    )
    return struct.pack("<HHI", number, kind, count) + packed
