"""A text across a picture, for copies that are to be looked at and not kept."""

from typing import Any

import cv2
import numpy as np
import simplejpeg

from recognition.pictures.thumbnails import JPEG_QUALITY

# Of the picture's longest side.
MARK_HEIGHT = 1 / 26
MARK_STRENGTH = 0.34
MARK_ANGLE = 24


def marked(jpeg: bytes, text: str) -> bytes:
    """The picture with the text across it, again and again, in any alphabet that OpenCV's own typeface has."""
    picture = simplejpeg.decode_jpeg(jpeg, "RGB")
    mask = _pattern(text, height=picture.shape[0], width=picture.shape[1])[..., None] * np.float32(MARK_STRENGTH)
    shade = np.roll(mask, (1, 1), axis=(0, 1)) - mask
    bright = picture * (1 - mask) + 255 * mask
    done = np.clip(bright * (1 - np.clip(shade, 0, 1)), 0, 255).astype(np.uint8)
    return bytes(simplejpeg.encode_jpeg(done, JPEG_QUALITY, "RGB", "420"))


def _pattern(text: str, *, height: int, width: int) -> Any:
    """float32 (height, width), 1 where a letter is."""
    font, size = cv2.FontFace("sans"), max(9, round(max(height, width) * MARK_HEIGHT))
    long = cv2.getTextSize((9999, 9999), text, (0, 0), font, size, 500)[2]
    tile = np.zeros((size * 5, long + size * 4, 3), np.uint8)
    cv2.putText(tile, text, (size, size * 3), (255, 255, 255), font, size, 500)
    row = np.hstack([tile[..., 0]] * 2)
    shifted = np.roll(row, tile.shape[1] // 2, axis=1)
    side = int(np.hypot(height, width)) + 1
    block = np.vstack([row, shifted])
    sheet = np.tile(block, (side // block.shape[0] + 1, side // block.shape[1] + 1))[:side, :side]
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), MARK_ANGLE, 1.0)
    turned = cv2.warpAffine(sheet, turn, (side, side), borderMode=cv2.BORDER_WRAP)
    top, left = (side - height) // 2, (side - width) // 2
    return turned[top : top + height, left : left + width].astype(np.float32) / 255
