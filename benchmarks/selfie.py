"""The server's time for a guest's search: decode, describe, and search a gallery of 1,000 faces.

    python benchmarks/selfie.py --faces FOLDER [--pack FOLDER] [--searches 200]

Without a pack the default works. The pictures are 800 pixels wide and high and show one face each.
"""

import argparse
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import composed
import own_home

import cv2  # isort: skip
import numpy as np  # isort: skip

FACES, PER_PHOTO, SIDE = 1000, 5, 800
STEPS = ("decode", "describe", "search")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--pack", type=Path)
    parser.add_argument("--searches", type=int, default=200)
    options = parser.parse_args()
    selfies = [_selfie(path) for path in composed.face_files(options.faces)[: options.searches]]
    with own_home.opened(options.pack):
        gallery = _gallery()
        refused, times = 0, []
        for number in range(-5, options.searches):  # the first ones warm up
            found = _search(selfies[number % len(selfies)], gallery)
            if found is None:
                refused += 1
            elif number >= 0:
                times.append(found)
    print(f"engine {options.pack.name if options.pack else 'default'}, {len(times)} searches, {refused} refused")
    seconds = np.array(times)
    for name, column in (*zip(STEPS, seconds.T, strict=True), ("together", seconds.sum(axis=1))):
        print(f"{name:9} p50 {1000 * np.median(column):6.1f} ms   p95 {1000 * np.quantile(column, 0.95):6.1f} ms")


def _selfie(path: Path) -> bytes:
    picture = cv2.resize(cv2.imread(str(path)), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])[1])


def _gallery() -> Any:
    """1,000 faces of nobody, five to a photo."""
    from facepass.models import Studio
    from galleries.models import Gallery, GalleryImage, PhotoFace
    from recognition.model_versions import current_model_version

    gallery = Gallery.objects.create(studio=Studio.objects.create(name="b", slug="b"), title="benchmark")
    version, rng = current_model_version(), np.random.default_rng(0)
    photos = GalleryImage.objects.bulk_create(
        GalleryImage(gallery=gallery, sha256=str(n), byte_size=1, width=1, height=1, state="processed")
        for n in range(FACES // PER_PHOTO)
    )
    vectors = rng.standard_normal((FACES, 512)).astype(np.float32)
    PhotoFace.objects.bulk_create(
        PhotoFace(
            photo=photos[n // PER_PHOTO],
            gallery=gallery,
            model_version=version,
            insightface_bbox={"x": 0, "y": 0, "width": 1, "height": 1},
            insightface_confidence=1,
            insightface_descriptor=vector / np.linalg.norm(vector),
            landmarks=[[0, 0]] * 5,
            quality={"score": 1, "reasons": []},
        )
        for n, vector in enumerate(vectors)
    )
    return gallery


def _search(selfie: bytes, gallery: Any) -> tuple[float, ...] | None:
    from django.core.files.base import File

    from facepass.core.errors import FacePassError
    from galleries.matching import probe, search
    from galleries.models import Occasion

    try:
        times = [time.perf_counter()]
        picture = probe.read_picture(File(BytesIO(selfie), name="selfie.jpg"))
        times.append(time.perf_counter())
        face = probe.describe_subject(picture)
        times.append(time.perf_counter())
        within = Occasion.for_gallery(gallery)
        search.search_photos(face.descriptor, within=within)
        times.append(time.perf_counter())
    except FacePassError:
        return None
    return tuple(np.diff(times))


if __name__ == "__main__":
    main()
