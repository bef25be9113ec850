"""How long a folder of many photos takes to be imported, and to be imported again: python benchmarks/folder_import.py

Small generated JPEGs, so that it measures the way in and not the decoding; the analysis is no part of it. It works in a
folder and a database of its own.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

HOME = Path(tempfile.mkdtemp(prefix="facepass-bench-"))
HOME.chmod(0o755)
os.environ.update(FACEPASS_HOME=str(HOME), FACEPASS_ENV_FILE=os.devnull, DJANGO_SETTINGS_MODULE="facepass.settings")
os.environ.update(LOG_LEVEL="ERROR")

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from facepass.ops.embedded import EmbeddedPostgres  # noqa: E402

PER_FOLDER = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--new", type=int, default=100, help="files that the third run finds beside the others")
    arguments = parser.parse_args()
    folder = HOME / "card"
    folder.mkdir()
    write_files(folder, range(arguments.files))
    with EmbeddedPostgres(HOME):
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        measure(folder, total=arguments.files, new=arguments.new)
    shutil.rmtree(HOME)


def write_files(folder: Path, numbers: range) -> None:
    rng = np.random.default_rng(numbers.start)
    for number in numbers:
        path = folder / f"card {number // PER_FOLDER}" / f"IMG_{number:05}.JPG"
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), cv2.resize(rng.integers(0, 255, (12, 16, 3), dtype=np.uint8), (640, 480)))


def measure(folder: Path, *, total: int, new: int) -> None:
    from facepass.models import Studio
    from galleries.models import Gallery

    studio = Studio.objects.create(name="Bench", slug="bench")
    gallery = Gallery.objects.create(studio=studio, title="Folder import")
    run("first run", gallery, folder)
    run("again, nothing new", gallery, folder)
    write_files(folder, range(total, total + new))
    run(f"again, {new} new", gallery, folder)


def run(title: str, gallery: Any, folder: Path) -> None:
    from galleries.photos.folders.importing import import_folder

    begun = time.perf_counter()
    counts = Counter(str(file.outcome) for file in import_folder(gallery, folder))
    seconds = time.perf_counter() - begun
    files = sum(counts.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{title:24} {seconds:7.1f} s  {files / seconds:8.0f} files/s  {memory} MB  {dict(counts)}")


if __name__ == "__main__":
    main()
