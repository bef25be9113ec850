"""Show pictures of a high dynamic range (PQ, HLG) in sRGB.

Sources: ITU-R BT.2100-2 for the curves; ITU-R BT.2408 for 203 cd/m2 as the reference white. The tone curve is the one
that Chromium 150 shows such pictures by: measured there on a ramp of greys, its error is below 0.4 %.
"""

from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.pictures.colour_spaces import HLG, PQ, SRGB, ColourSpace, from_cicp
from recognition.types import Picture

Light: TypeAlias = NDArray[np.float32]

_PEAK, _REFERENCE_WHITE = 1000.0, 203.0
# Rows of a picture are converted in portions of so many pixels: as floating point they take six times the memory.
_PORTION = 1_000_000
# The knee of the tone curve in multiples of the reference white: up to the first point light is halved, from there a
# quadratic Bezier curve leads to the peak, which becomes white.
_KNEE: Final = ((1.0, 0.5), (1.65, 0.825), (_PEAK / _REFERENCE_WHITE, 1.0))
# Whatever the file's primaries, the curve is applied in these.
_REC_2020: Final = from_cicp(9, 13)
_LUMINANCE: Final = np.array([0.2627, 0.6780, 0.0593], np.float32)


def show_in_srgb(picture: Picture, space: ColourSpace, *, transfer: int) -> Picture:
    """Return RGB pixels (height, width, 3) of `transfer` PQ or HLG in sRGB, toned down to what a display can show."""
    light = {PQ: _pq_light, HLG: _hlg_light}[transfer]
    to_wide, to_srgb = _matrix(space, _REC_2020), _matrix(_REC_2020, SRGB)
    rows = max(1, _PORTION // picture.shape[1])
    shown = np.empty_like(picture)
    for top in range(0, picture.shape[0], rows):
        wide = _multiply(light(picture[top : top + rows]), to_wide)
        shown[top : top + rows] = _encode(_multiply(_tone(wide), to_srgb))
    return shown


def _matrix(source: ColourSpace, target: ColourSpace) -> Light:
    return np.linalg.solve(target.to_xyz(), source.to_xyz()).astype(np.float32)


def _multiply(light: Light, matrix: Light) -> Light:
    return np.asarray(cv2.transform(light, matrix), np.float32)


def _pq_light(values: Picture) -> Light:
    """Return light in multiples of the reference white."""
    m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
    power = (np.arange(256) / 255) ** (1 / m2)
    table = 10_000 / _REFERENCE_WHITE * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)
    return table.astype(np.float32)[values]


def _hlg_light(values: Picture) -> Light:
    """Return light in multiples of the reference white, of a display with a peak of 1000 cd/m2 (system gamma 1.2)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    stored = np.arange(256) / 255
    scene = np.where(stored <= 0.5, stored**2 / 3, (np.exp((stored - c) / a) + b) / 12).astype(np.float32)[values]
    luminance = np.maximum(scene @ _LUMINANCE, 1e-6)[..., np.newaxis]
    return np.asarray(scene * luminance**0.2 * (_PEAK / _REFERENCE_WHITE), np.float32)


def _tone(light: Light) -> Light:
    """Return light from 0 to 1. The brightest channel follows the curve and takes the others along: hues stay."""
    brightest = np.maximum(light.max(axis=2), 1e-6)
    t = np.linspace(0, 1, 256)[:, np.newaxis]
    first, control, last = (np.array(point) for point in _KNEE)
    knee = (1 - t) ** 2 * first + 2 * t * (1 - t) * control + t**2 * last
    xs, ys = np.vstack([[0.0, 0.0], knee]).T
    return np.asarray(light * (np.interp(brightest, xs, ys) / brightest)[..., np.newaxis], np.float32)


def _encode(light: Light) -> Picture:
    clipped = np.clip(light, 0, 1)
    encoded = np.where(clipped <= 0.0031308, 12.92 * clipped, 1.055 * clipped ** (1 / 2.4) - 0.055)
    return np.asarray(encoded * 255 + 0.5, np.uint8)
