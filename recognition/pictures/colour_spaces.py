"""Colour spaces that a picture names by numbers, as ICC profiles.

Sources: ITU-T H.273 (2021), tables 2 and 3; ICC.1:2022; chromatic adaptation by Lindbloom's Bradford matrix.
"""

import struct
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float64]
Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ColourSpace:
    """An RGB colour space for a display.

    `white`, `red`, `green`, `blue`: CIE 1931 x and y. `curve`: ICC's parametric curve from stored values to light,
    `(g,)` for v ** g, or `(g, a, b, c, d)` for (a v + b) ** g from d on and c v below.
    """

    white: Point
    red: Point
    green: Point
    blue: Point
    curve: tuple[float, ...]

    def to_xyz(self) -> Matrix:
        """Return the 3 x 3 matrix from linear RGB to CIE XYZ under D50, as ICC profiles have it."""
        columns = np.array([_to_xyz(point) for point in (self.red, self.green, self.blue)]).T
        white = _to_xyz(self.white)
        return np.asarray(_adapt_to_d50(white) @ (columns * np.linalg.solve(columns, white)))


_D65: Final = (0.3127, 0.3290)
_C: Final = (0.310, 0.316)
_D50_XYZ: Final = np.array([0.9642, 1.0, 0.8249])
_BRADFORD: Final = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])

_SRGB_CURVE: Final = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_SRGB_PRIMARIES: Final = (_D65, (0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
SRGB: Final = ColourSpace(*_SRGB_PRIMARIES, _SRGB_CURVE)
ADOBE_RGB: Final = ColourSpace(_D65, (0.64, 0.33), (0.21, 0.71), (0.15, 0.06), (563 / 256,))

# White, red, green, blue.
_PRIMARIES: Final = {
    1: _SRGB_PRIMARIES,
    4: (_C, (0.67, 0.33), (0.21, 0.71), (0.14, 0.08)),
    5: (_D65, (0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),
    6: (_D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    7: (_D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    8: (_C, (0.681, 0.319), (0.243, 0.692), (0.145, 0.049)),
    9: (_D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    11: ((0.314, 0.351), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    12: (_D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    22: (_D65, (0.630, 0.340), (0.295, 0.605), (0.155, 0.077)),
}
# Television's curve (1, 6, 14, 15) is shown as by a display of BT.1886: browsers do so, and not by its inverse.
_CURVES: Final = {
    **dict.fromkeys((1, 6, 14, 15), (2.4,)),
    4: (2.2,),
    5: (2.8,),
    7: (1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 1 / 4, 0.0913),
    8: (1.0,),
    13: _SRGB_CURVE,
    # A cinema's white is 48 of 52.37 cd/m2.
    17: (2.6, (52.37 / 48) ** (1 / 2.6), 0.0, 0.0, 0.0),
}
PQ, HLG = 16, 18


def from_cicp(primaries: int, transfer: int) -> ColourSpace:
    """Return the colour space of H.273's numbers; what is unspecified, or neither of ours, counts as sRGB does.

    For the transfers PQ and HLG, which are no curve of a display, the space has sRGB's curve.
    """
    return ColourSpace(*_PRIMARIES.get(primaries, _SRGB_PRIMARIES), _CURVES.get(transfer, _SRGB_CURVE))


def from_png(gamma: float, chromaticities: tuple[float, ...] | None) -> ColourSpace:
    """Return the colour space of PNG's gAMA (0.45455 stands for sRGB's curve) and cHRM (white, red, green, blue)."""
    curve = _SRGB_CURVE if abs(gamma - 1 / 2.2) < 0.001 else (1 / gamma,)
    x_y = chromaticities or ()
    points = zip(x_y[::2], x_y[1::2], strict=True) if x_y else _SRGB_PRIMARIES
    white, red, green, blue = points
    return ColourSpace(white, red, green, blue, curve)


def build_profile(space: ColourSpace) -> bytes:
    """Return an ICC profile (version 4, matrix and curves) of the space."""
    matrix = space.to_xyz()
    kind = {1: 0, 5: 3}[len(space.curve)]
    curve = b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + b"".join(map(_fixed, space.curve))
    columns = [_xyz_tag(column) for column in matrix.T]
    names = (b"rXYZ", b"gXYZ", b"bXYZ", b"wtpt", b"rTRC", b"gTRC", b"bTRC", b"desc", b"cprt")
    text = b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", 4, 28) + "by numbers"[:2].encode("utf-16-be")
    return _assemble(dict(zip(names, (*columns, _xyz_tag(_D50_XYZ), curve, curve, curve, text, text), strict=True)))


def _assemble(tags: dict[bytes, bytes]) -> bytes:
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        content = tag + b"\0" * (-len(tag) % 4)
        table += struct.pack(">4sII", name, start + len(body), len(content))
        body += content
    size = start + len(body)
    header = struct.pack(">I4xI4s4s4s12x4s", size, 0x04200000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    illuminant = b"".join(map(_fixed, _D50_XYZ))
    return header.ljust(68, b"\0") + illuminant.ljust(60, b"\0") + struct.pack(">I", len(tags)) + table + body


def _fixed(value: float) -> bytes:
    """Return ICC's s15Fixed16Number."""
    return struct.pack(">i", round(value * 65536))


def _xyz_tag(values: Matrix) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_fixed, values))


def _to_xyz(point: Point) -> Matrix:
    x, y = point
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _adapt_to_d50(white: Matrix) -> Matrix:
    scale = np.diag((_BRADFORD @ _D50_XYZ) / (_BRADFORD @ white))
    return np.asarray(np.linalg.solve(_BRADFORD, scale @ _BRADFORD))
