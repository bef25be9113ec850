"""Pictures of real faces that installed packages bring along, and a colour profile of a telephone's camera."""

import struct
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from recognition.pictures import decoding

# Shipped with the insightface package, whose import would take seconds: six faces.
GROUP = Path(find_spec("insightface").origin).parent / "data" / "images" / "t1.jpg"


@pytest.fixture(scope="session")
def display_p3():
    """A minimal ICC profile of Display P3: primaries adapted to D50 and a gamma of 2.2."""

    def xyz(x, y, z):
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in (x, y, z)))

    def text(value):
        words = value.encode("utf-16-be")
        return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(words), 28) + words

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    tags = {
        b"desc": text("Display P3"),
        b"cprt": text("none"),
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.51512, 0.24120, -0.00105),
        b"gXYZ": xyz(0.29198, 0.69225, 0.04189),
        b"bXYZ": xyz(0.15710, 0.06657, 0.78407),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    offset, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        padded = data + b"\0" * (-len(data) % 4)
        table += name + struct.pack(">II", offset + len(body), len(padded))
        body += padded
    size = offset + len(body)
    header = struct.pack(">I4sI4s4s4s12s4s", size, b"none", 0x04300000, b"mntr", b"RGB ", b"XYZ ", b"\0" * 12, b"acsp")
    header = header.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + table + body


@pytest.fixture(scope="session")
def group():
    """Six faces, upright."""
    with GROUP.open("rb") as file:
        return decoding.decode_picture(file)


@pytest.fixture(scope="session")
def astronaut():
    """One face, 90 by 111 pixels of 512 by 512."""
    data = pytest.importorskip("skimage.data")
    return np.ascontiguousarray(data.astronaut())
