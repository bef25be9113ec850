"""How long pictures of each format take to decode, and how much memory: the table of docs/pictures.md.

    python benchmarks/picture_formats.py [--megapixels 24 150] [--only TIFF]

Made-up photos of 3:2, decoded in a decoder of their own as for a preview (1600 pixels). Linux only. HEIC has no free
encoder here; docs/performance.md has telephones' own.
"""

import argparse
import os
import sys
import time
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from django.conf import settings  # noqa: E402

MAX_PIXELS = 160_000_000
settings.configure(MAX_PIXELS=MAX_PIXELS, USE_I18N=False, BASE_DIR=ROOT)

import cv2  # noqa: E402
import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402
from pillow_jxl import JpegXLImagePlugin  # noqa: E402, F401 - lets Pillow write it

from recognition.pictures import formats  # noqa: E402
from recognition.pictures.decoders import pool as decoder_pool  # noqa: E402

Image.MAX_IMAGE_PIXELS = None
WRITTEN = {
    "JPEG": ("RGB", "JPEG", {"quality": 90}),
    "JPEG, progressive": ("RGB", "JPEG", {"quality": 90, "progressive": True}),
    "PNG": ("RGB", "PNG", {"compress_level": 1}),
    "WebP": ("RGB", "WEBP", {"quality": 80, "method": 0}),
    "AVIF": ("RGB", "AVIF", {"quality": 70, "speed": 10}),
    "TIFF, LZW": ("RGB", "TIFF", {"compression": "tiff_lzw"}),
    "TIFF, CMYK": ("CMYK", "TIFF", {}),
    "JPEG XL": ("RGB", "JXL", {"effort": 1}),
    "BMP": ("RGB", "BMP", {}),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megapixels", type=int, nargs="+", default=[24, 150])
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    print("| format | megapixels | bytes | seconds | processor time | peak memory |\n|---|---|---|---|---|---|")
    for megapixels in options.megapixels:
        picture = make_picture(megapixels)
        for name, (mode, form, how) in WRITTEN.items():
            if options.only in name:
                out = BytesIO()
                picture.convert(mode).save(out, form, **how)
                print(f"| {name} | {megapixels} | {len(out.getvalue()):,} | {measure(out.getvalue())} |", flush=True)


def make_picture(megapixels: int) -> Image.Image:
    """Smooth shapes with some grain, as photos have them."""
    height = round((megapixels * 1_000_000 / 1.5) ** 0.5)
    rng = np.random.default_rng(1)
    shapes = cv2.resize(rng.integers(0, 255, (40, 60, 3), dtype=np.uint8), (round(height * 1.5), height))
    grain = rng.integers(0, 8, (500, 500, 3), dtype=np.uint8)
    tiles = np.tile(grain, (height // 500 + 1, shapes.shape[1] // 500 + 1, 1))[:height, : shapes.shape[1]]
    return Image.fromarray(cv2.add(shapes, tiles))


def measure(data: bytes) -> str:
    """Return seconds, processor time and peak memory, as cells of the table."""
    pool = decoder_pool.DecoderPool(size=1)
    form = formats.detect_format(data[: formats.HEAD_BYTES])
    assert isinstance(form, formats.Format)
    warm_up = {"do": "read_header", "format": form.name}
    question = {"do": "decode", "format": form.name, "longest_side": 1600, "loosely": False}
    try:
        pool.ask(warm_up, data, max_pixels=MAX_PIXELS)
        before, begun = cpu_seconds(pool), time.perf_counter()
        pool.ask(question, data, max_pixels=MAX_PIXELS)
        seconds = time.perf_counter() - begun
        return f"{seconds:.2f} | {cpu_seconds(pool) - before:.2f} | {peak(pool)} MB"
    except Exception as error:  # noqa: BLE001 - a row that says so
        return f"{getattr(error, 'code', error)} {getattr(error, 'details', '')} | |"
    finally:
        pool.close()


def cpu_seconds(pool: decoder_pool.DecoderPool) -> float:
    about = Path(f"/proc/{pool._idle[0]._process.pid}/stat").read_text()
    return sum(map(int, about.rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")


def peak(pool: decoder_pool.DecoderPool) -> int:
    status = Path(f"/proc/{pool._idle[0]._process.pid}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) // 1000


if __name__ == "__main__":
    main()
