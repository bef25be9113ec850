"""HEIC files of one picture, the astronaut of scikit-image (NASA, public domain), in `portraits.zip`.

There is no encoder here; they were made with pillow-heif at quality 45. `turned_N.heic` hold the picture as a camera
stores it for the orientation N, told by EXIF and by the container's own rotation and mirroring.
"""

import zipfile
from functools import cache

import numpy as np
import pytest
from django.conf import settings

from recognition.types import Picture

_ARCHIVE = settings.BASE_DIR / "recognition" / "tests" / "data" / "portraits.zip"
_PATCHES = ((230, 30, 30), (30, 200, 30), (40, 40, 220), (128, 128, 128), (220, 220, 40))
SIDE, _PATCH_HEIGHT = 320, 40
# Sony's and Canon's cameras name the kind of their files otherwise than telephones do.
_BRANDS = (b"heic", b"mif1", b"heix", b"msf1")


@cache
def shown_picture() -> Picture:
    """One face of 74 by 93 pixels, above five patches of one colour each."""
    picture = np.ascontiguousarray(pytest.importorskip("skimage.data").astronaut()[:SIDE, 60 : 60 + SIDE])
    picture[-_PATCH_HEIGHT:] = np.repeat(np.array(_PATCHES, np.uint8), SIDE // len(_PATCHES), axis=0)
    return picture


@cache
def read(name: str) -> bytes:
    with zipfile.ZipFile(_ARCHIVE) as archive:
        return archive.read(f"{name}.heic")


def in_every_direction(_picture: Picture) -> list[bytes]:
    return [read(f"turned_{turn}") for turn in range(1, 9)]


def turned_by_exif_alone(_picture: Picture) -> list[bytes]:
    whole = [read(f"turned_{turn}") for turn in range(1, 9)]
    return [data.replace(b"irot", b"free").replace(b"imir", b"free") for data in whole]


def of_every_brand(_picture: Picture) -> list[bytes]:
    plain = read("turned_1")
    return [plain[:8] + brand + plain[12:] for brand in _BRANDS]


def in_display_p3(_picture: Picture) -> list[bytes]:
    """By a profile, and by numbers alone (nclx)."""
    return [read("p3_profile"), read("p3_numbers").replace(b"nclx\0\x01\0\x0d", b"nclx\0\x0c\0\x0d")]


def of_hdr(_picture: Picture) -> list[bytes]:
    """PQ and HLG."""
    return [read("ten_bits").replace(b"nclx\0\x01\0\x0d", b"nclx\0\x09\0" + bytes([curve])) for curve in (16, 18)]


def cut_off(_picture: Picture) -> list[bytes]:
    data = read("turned_1")
    return [data[: int(len(data) * part)] for part in (0.9, 0.95)]
