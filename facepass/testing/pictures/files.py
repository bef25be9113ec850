"""Encoded files of pictures with the metadata that cameras write."""

import struct
import zlib
from io import BytesIO

import numpy as np
from PIL import Image

# How a camera stores an upright picture for each orientation: the inverse of what a viewer does.
STORED = {
    1: lambda p: p,
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.transpose(1, 0, 2),
    6: lambda p: np.rot90(p, 1),
    7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
    8: lambda p: np.rot90(p, -1),
}


def saved(image, form, **options):
    file = BytesIO()
    image.save(file, form, **options)
    file.seek(0)
    return file


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_with(picture, *chunks):
    """A PNG file with further chunks, each a kind and its content, before the pixels."""
    plain = saved(Image.fromarray(picture), "PNG").getvalue()
    start = plain.index(b"IDAT") - 4
    return BytesIO(plain[:start] + b"".join(png_chunk(*chunk) for chunk in chunks) + plain[start:])


def jpeg_with(picture, *segments, **options):
    """A JPEG file with further segments, each a marker and its content, behind the first two bytes."""
    plain = saved(Image.fromarray(picture), "JPEG", **options).getvalue()
    added = (bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content for marker, content in segments)
    return BytesIO(plain[:2] + b"".join(added) + plain[2:])


def exif_of(orientation=None, taken=None, offset=None):
    tags = Image.Exif()
    if orientation:
        tags[0x0112] = orientation
    folder = tags.get_ifd(0x8769)
    if taken:
        folder[0x9003] = taken
    if offset:
        folder[0x9011] = offset
    return tags.tobytes()
