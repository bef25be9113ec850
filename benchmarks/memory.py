"""Memory of one worker over many photos of mixed sizes: it must be level after the first 200.

    python benchmarks/memory.py --faces FOLDER [--pack FOLDER] [--photos 2000]

Without a pack the embedded engine works. The photos are a cycle of a few composed ones from 0.5 to 48 megapixels.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import composed
import own_home

SIZES = [(6000, 4000), (4000, 3000), (3000, 4000), (1920, 1280), (800, 600), (8000, 6000), (2400, 3600), (5184, 3456)]
LEVEL_FROM, GROWTH, LIMIT_MB = 200, 1.05, 1200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--pack", type=Path)
    parser.add_argument("--photos", type=int, default=2000)
    options = parser.parse_args()
    with own_home.opened(options.pack):
        gallery = _gallery(options.faces)
        found = _measured(gallery, options.photos)
    level = max(mb for count, mb in found if count <= LEVEL_FROM)
    last = max(mb for count, mb in found[-5:])
    print(f"RSS {level:.0f} MB after {LEVEL_FROM} photos, {last:.0f} MB after {found[-1][0]}: {last / level:.3f} times")
    if last > LIMIT_MB or last > level * GROWTH:
        sys.exit("too much")


def _gallery(faces: Path) -> Any:
    from django.core.files.base import ContentFile

    from facepass.models import Studio
    from galleries.models import Gallery
    from galleries.photos import ingest

    gallery = Gallery.objects.create(studio=Studio.objects.create(name="b", slug="b"), title="benchmark")
    files = composed.face_files(faces)
    for seed, size in enumerate(SIZES * 2):
        data = composed.photo(files, seed=seed, size=size, faces=1 + seed % 12)
        ingest.add_photo(gallery, ContentFile(data, name="a.jpg"), name=f"{seed}.jpg", by=None)
    return gallery


def _measured(gallery: Any, photos: int) -> list[tuple[int, float]]:
    """The memory in MB after so many photos, looked at after each turn through the gallery."""
    from facepass.core import machine
    from galleries import tasks

    machine.give_back_freed_memory()  # as a worker does
    found, done = [], 0
    while done < photos:
        gallery.photos.all().requeue()
        done += tasks.analyse_gallery(str(gallery.pk))
        found.append((done, _resident_mb()))
        if len(found) % 5 == 1:
            print(f"{done:6} photos {found[-1][1]:7.0f} MB", flush=True)
    return found


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
