"""Draw a text across a picture, for copies that guests may look at but not keep."""

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from recognition.pictures.thumbnails import JPEG_QUALITY

# Height of the letters as a share of the picture's longest side, their opacity, and the angle of the lines in degrees.
MARK_HEIGHT = 1 / 26
MARK_STRENGTH = 0.34
MARK_ANGLE = 24


def mark_jpeg(jpeg: bytes, text: str) -> bytes:
    """Return the JPEG with the text repeated across it, in any alphabet that OpenCV's own typeface has."""
    picture = simplejpeg.decode_jpeg(jpeg, "RGB")
    mask = _draw_pattern(text, height=picture.shape[0], width=picture.shape[1])[..., None] * np.float32(MARK_STRENGTH)
    # A shadow one pixel below and to the right keeps the letters visible on bright ground.
    shade = np.roll(mask, (1, 1), axis=(0, 1)) - mask
    bright = picture * (1 - mask) + 255 * mask
    marked = np.clip(bright * (1 - np.clip(shade, 0, 1)), 0, 255).astype(np.uint8)
    return bytes(simplejpeg.encode_jpeg(marked, JPEG_QUALITY, "RGB", "420"))


def _draw_pattern(text: str, *, height: int, width: int) -> NDArray[np.float32]:
    """Return float32 (height, width), 1 where a letter is and 0 elsewhere."""
    font, size = cv2.FontFace("sans"), max(9, round(max(height, width) * MARK_HEIGHT))
    long = cv2.getTextSize((9999, 9999), text, (0, 0), font, size, 500)[2]
    tile = np.zeros((size * 5, long + size * 4, 3), np.uint8)
    cv2.putText(tile, text, (size, size * 3), (255, 255, 255), font, size, 500)
    row = np.hstack([tile[..., 0]] * 2)
    # Every other line is shifted by half a text, and the sheet is large enough to be rotated.
    shifted = np.roll(row, tile.shape[1] // 2, axis=1)
    side = int(np.hypot(height, width)) + 1
    block = np.vstack([row, shifted])
    sheet = np.tile(block, (side // block.shape[0] + 1, side // block.shape[1] + 1))[:side, :side]
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), MARK_ANGLE, 1.0)
    turned = cv2.warpAffine(sheet, turn, (side, side), borderMode=cv2.BORDER_WRAP)
    top, left = (side - height) // 2, (side - width) // 2
    pattern: NDArray[np.float32] = turned[top : top + height, left : left + width].astype(np.float32) / np.float32(255)
    return pattern
