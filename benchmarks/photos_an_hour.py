"""How many photos an hour are indexed, beside an earlier version of FacePass and a bare loop of OpenCV's own classes.

    python benchmarks/photos_an_hour.py --faces FOLDER [--before CHECKOUT] [--photos 8] [--rounds 5]

`--faces`: pictures of single faces, composed to 24-megapixel photos of 6 to 10 people each. `--before`: a checkout of
an earlier version, whose default engine is measured (with the Python packages of this one). All contestants are
processes that stay, and index the same files in turns; FacePass does the whole job (read, decode, detect, describe,
thumbnails, rows), the bare loop `cv2.imread`, FaceDetectorYN on 2400 pixels and FaceRecognizerSF, and stores nothing.
Printed are medians over the rounds, and of the ratios within a round, of the time that passed and of processor time: on
a busy machine only the second tells.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
LONGEST = 2400
OURS = "FacePass"
Turns = dict[str, list[tuple[float, float]]]  # seconds that passed, and of processor time


def main() -> None:
    options = _options()
    if options.contestant:
        _serve(_of_opencv() if options.contestant == "opencv" else _of_facepass(), options.files)
        return
    with tempfile.TemporaryDirectory(prefix="facepass-photos-") as folder:
        files = Path(folder)
        _compose(options.faces, files, count=options.photos)
        contestants = {OURS: HERE.parent, **({"before": options.before} if options.before else {}), "bare loop": None}
        running = {name: _started(checkout, files) for name, checkout in contestants.items()}
        _report({name: [] for name in running}, running, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=Path)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--photos", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--contestant", choices=["facepass", "opencv"], help=argparse.SUPPRESS)
    parser.add_argument("--files", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _compose(faces: Path, into: Path, *, count: int) -> None:
    import composed

    pictures = composed.face_files(faces)
    for seed in range(count):
        (into / f"{seed}.jpg").write_bytes(composed.photo(pictures, seed=seed))


def _started(checkout: Path | None, files: Path) -> "subprocess.Popen[str]":
    """A contestant that is ready. In an earlier checkout this same file runs with that checkout's own modules."""
    kind = "facepass" if checkout else "opencv"
    command = [sys.executable, str(HERE / "photos_an_hour.py"), "--contestant", kind, "--files", str(files)]
    home = checkout or HERE.parent
    environment = {**os.environ, "PYTHONPATH": f"{home / 'benchmarks'}:{home}", "CHECKOUT": str(home)}
    running = subprocess.Popen(
        command, cwd=home, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    _seconds(running)  # the first turn warms up
    return running


def _seconds(running: "subprocess.Popen[str]") -> tuple[float, float]:
    """Of one turn: the time that passed, and processor time."""
    assert running.stdin
    assert running.stdout
    running.stdin.write("go\n")
    running.stdin.flush()
    while line := running.stdout.readline():
        if line.startswith("seconds "):
            return float(line.split()[1]), float(line.split()[2])
    raise SystemExit("a contestant ended")


def _report(
    found: dict[str, list[tuple[float, float]]],
    running: "dict[str, subprocess.Popen[str]]",
    options: argparse.Namespace,
) -> None:
    for _round in range(options.rounds):
        for name, process in running.items():
            found[name].append(_seconds(process))
    for process in running.values():
        process.communicate("")
    for name, turns in found.items():
        passed, busy = (statistics.median(each) / options.photos for each in zip(*turns, strict=True))
        print(f"{name:10} {1000 * passed:5.0f} ms a photo, {3600 / passed:6.0f} an hour; {1000 * busy:5.0f} ms of CPU")
    for name in list(found)[1:]:
        pairs = zip(found[OURS], found[name], strict=True)
        ratios = zip(*((other[0] / ours[0], other[1] / ours[1]) for ours, other in pairs), strict=True)
        passed, busy = map(statistics.median, ratios)
        print(f"{OURS} indexes {passed:.2f} times as many as {name} in the same time, {busy:.2f} for the same CPU")


def _serve(run: Callable[[list[Path]], None], files: Path) -> None:
    paths = sorted(files.iterdir())
    for _line in sys.stdin:
        started, busy = time.perf_counter(), time.process_time()
        run(paths)
        print("seconds", time.perf_counter() - started, time.process_time() - busy, flush=True)


def _of_facepass() -> Callable[[list[Path]], None]:
    sys.path[:0] = [f"{os.environ['CHECKOUT']}/benchmarks", os.environ["CHECKOUT"]]
    import own_home

    home = own_home.opened(None)
    home.__enter__()
    state: list[object] = [home]  # the database goes with it

    def run(paths: list[Path]) -> None:
        import inspect

        from django.core.files.base import ContentFile

        from facepass.models import Studio
        from galleries.models import Gallery, PhotoFace
        from galleries.photos import indexing, ingest

        if len(state) == 1:
            gallery = Gallery.objects.create(studio=Studio.objects.create(name="b", slug="b"), title="benchmark")
            asked = {"by": None} if "by" in inspect.signature(ingest.add_photo).parameters else {}
            for path in paths:
                ingest.add_photo(gallery, ContentFile(path.read_bytes(), name="a.jpg"), name=path.name, **asked)
            state.append(gallery)
        photos = state[1].photos  # type: ignore[attr-defined]
        PhotoFace.objects.filter(photo__gallery=state[1]).delete()
        photos.all().requeue()
        indexing.index_photos(photos.all(), has_time=lambda: True)

    return run


def _of_opencv() -> Callable[[list[Path]], None]:
    import cv2

    models = HERE.parent / "models" / "opencv_zoo"
    detector = cv2.FaceDetectorYN.create(
        str(models / "face_detection_yunet_2023mar.onnx"), "", (LONGEST, LONGEST), score_threshold=0.6
    )
    recogniser = cv2.FaceRecognizerSF.create(str(models / "face_recognition_sface_2021dec.onnx"), "")

    def run(paths: list[Path]) -> None:
        for path in paths:
            picture = cv2.imread(str(path))
            factor = LONGEST / max(picture.shape[:2])
            small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
            detector.setInputSize((small.shape[1], small.shape[0]))
            _count, faces = detector.detect(small)
            for face in faces if faces is not None else ():
                recogniser.feature(recogniser.alignCrop(small, face))

    return run


if __name__ == "__main__":
    main()
