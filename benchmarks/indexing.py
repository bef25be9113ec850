"""How fast photos are indexed, beside a bare loop of cv2.imread and InsightFace's FaceAnalysis that stores nothing.

    python benchmarks/indexing.py --faces FOLDER --pack FOLDER [--photos 12] [--rounds 5] [--cores 1] [--r50]

`--faces`: pictures of single faces, which are composed to 24-megapixel photos of 6 to 10 people each. `--pack`: a
folder of .onnx files, used by both sides. `--r50`: its detector, with a recogniser of the cost of buffalo_l's instead
(stand_in.py). INFERENCE_RUNTIME as in FacePass; the bare loop has onnxruntime. All contestants take turns in one run;
figures are medians over the rounds.
"""

import argparse
import ctypes
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import composed
import own_home

Faces = list[tuple[Any, Any]]  # box and descriptor


def main() -> None:
    options = _options()
    if options.worker:
        _worker(options.worker, options.pack.name)
        return
    if options.cores:
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: options.cores]))
    with tempfile.TemporaryDirectory(prefix="facepass-r50-") as folder:
        if options.r50:
            import stand_in

            options.pack = stand_in.pack(Path(folder), detector_of=options.pack)
        _measure(options)


def _measure(options: argparse.Namespace) -> None:
    with own_home.opened(options.pack) as home:
        gallery = _gallery(options)
        print(f"{options.photos} photos of 24 MP, {sum(p.byte_size for p in gallery.photos.all()) / 1e6:.0f} MB,")
        print(f"pack {options.pack.name}, {len(os.sched_getaffinity(0))} cores, {options.rounds} rounds")
        _compare(gallery, options)
        _share(gallery)
        _describe_anew(gallery)
        _runtimes()
        for workers in () if options.r50 else (1, 2):
            print(f"{workers} worker(s): {_throughput(gallery, home, options, workers):.2f} photos/s")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=Path)
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--photos", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cores", type=int, help="how many CPU cores all contestants may use")
    parser.add_argument("--r50", action="store_true", help="with a recogniser of the cost of buffalo_l's")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _gallery(options: argparse.Namespace) -> Any:
    from django.core.files.base import ContentFile

    from facepass.models import Studio
    from galleries.models import Gallery
    from galleries.photos import ingest

    gallery = Gallery.objects.create(studio=Studio.objects.create(name="b", slug="b"), title="benchmark")
    files = composed.face_files(options.faces)
    for seed in range(options.photos):
        content = ContentFile(composed.photo(files, seed=seed), name="a.jpg")
        ingest.add_photo(gallery, content, name=f"{seed}.jpg", by=None)
    return gallery


def _compare(gallery: Any, options: argparse.Namespace) -> None:
    files = [Path(photo.file.path) for photo in gallery.photos.all()]
    one, default = _face_analysis(options.pack, threads=1), _face_analysis(options.pack, threads=0)
    contestants: dict[str, Callable[[], Any]] = {
        "FacePass, a worker": lambda: _index(gallery),
        "FacePass, one photo after the other": lambda: _index_one_by_one(gallery),
        "bare loop, 1 thread": lambda: _bare_loop(one, files),
        "bare loop, default threads": lambda: _bare_loop(default, files),
    }
    wall: dict[str, list[float]] = {name: [] for name in contestants}
    busy: dict[str, list[float]] = {name: [] for name in contestants}
    for round_ in range(options.rounds + 1):
        for name, run in contestants.items():
            ours = name.startswith("FacePass")
            _keep_freed_memory(not ours)
            if ours:
                _as_uploaded(gallery)
            started, cpu = time.perf_counter(), time.process_time()
            run()
            if round_:  # the first one warms up
                wall[name].append((time.perf_counter() - started) / len(files))
                busy[name].append((time.process_time() - cpu) / len(files))
    for name in contestants:
        print(
            f"{name:36} {1000 * statistics.median(wall[name]):6.0f} ms a photo, "
            f"{1000 * statistics.median(busy[name]):6.0f} ms of CPU"
        )
    for other in list(contestants)[2:]:
        for ours in list(contestants)[:2]:
            ratios = [b / a for a, b in zip(wall[ours], wall[other], strict=True)]
            print(f"{ours}: {statistics.median(ratios):.2f} times as fast as the {other}")
    _keep_freed_memory(False)
    if not options.r50:  # its numbers mean nothing
        _agreement(gallery, one)


def _keep_freed_memory(keep: bool) -> None:
    """As glibc comes to keep it when it is left to itself, blocks of up to 32 MB; otherwise as a worker has it."""
    from facepass.core import machine

    if keep:
        ctypes.CDLL("libc.so.6").mallopt(machine.M_MMAP_THRESHOLD, 32 << 20)
    else:
        machine.give_back_freed_memory()


def _runtimes() -> None:
    from recognition.runtimes import devices, selftest_results

    print("runtimes:", devices.installed_runtimes())
    for found in selftest_results.list_verdicts():
        print(
            f"  {found.network}: {found.runtime}; OpenVINO {found.precision} {found.speedup:.2f} times, {found.cosine}"
        )


def _as_uploaded(gallery: Any) -> None:
    """Not yet analysed, without a face."""
    from galleries.models import PhotoFace

    PhotoFace.objects.filter(photo__gallery=gallery).delete()
    gallery.photos.all().requeue()


def _index(gallery: Any) -> None:
    from galleries.photos import indexing

    indexing.index_photos(gallery.photos.all(), has_time=lambda: True)


def _index_one_by_one(gallery: Any) -> None:
    from galleries.photos import analysis

    while photo := gallery.photos.all().claim_next():
        analysis.analyse_photo(photo)


def _face_analysis(pack: Path, *, threads: int) -> Any:
    import contextlib

    import onnxruntime
    from insightface.app import FaceAnalysis

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    with contextlib.redirect_stdout(None):
        found = FaceAnalysis(
            pack.name,
            root=str(pack.parent.parent),
            allowed_modules=["detection", "recognition"],
            providers=["CPUExecutionProvider"],
            sess_options=options,
        )
        found.prepare(ctx_id=-1)
    return found


def _bare_loop(analysis: Any, files: list[Path]) -> list[list[Any]]:
    import cv2

    return [analysis.get(cv2.imread(str(path))) for path in files]


def _agreement(gallery: Any, analysis: Any) -> None:
    """Each of InsightFace's faces of 60 pixels or more, and the row for it."""
    import numpy as np

    from recognition.protected_templates import protect_descriptors
    from recognition.types import Box

    photos = list(gallery.photos.all())
    overlaps, cosines = [], []
    for photo, theirs in zip(photos, _bare_loop(analysis, [Path(p.file.path) for p in photos]), strict=True):
        rows = list(photo.faces.all())
        for face in theirs:
            left, top, right, bottom = map(float, face.bbox)
            box = Box(left, top, right - left, bottom - top)
            if min(box.width, box.height) < 60:
                continue
            row = max(rows, key=lambda row: box.iou(Box(**row.insightface_bbox)))
            overlaps.append(box.iou(Box(**row.insightface_bbox)))
            vector = row.insightface_descriptor
            vector = np.asarray(vector.to_numpy() if hasattr(vector, "to_numpy") else vector, np.float32)
            cosines.append(float(vector @ protect_descriptors(face.normed_embedding[None])[0]))
    for name, values in (("IoU", overlaps), ("cosine", cosines)):
        bar = 0.9 if name == "IoU" else 0.99
        print(
            f"{name} to InsightFace's {len(values)} faces: median {statistics.median(values):.4f}, least "
            f"{min(values):.4f}, {sum(value >= bar for value in values)} of {len(values)} at {bar} or more"
        )


def _share(gallery: Any) -> None:
    """How much of the time, photo after photo, passes within the networks' runtime and the JPEG decoder."""
    import simplejpeg

    from recognition.runtimes import inference_sessions

    spent = dict.fromkeys(("networks", "JPEG decoding"), 0.0)

    def timed(what: str, plain: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            started = time.perf_counter()
            try:
                return plain(*arguments, **named)
            finally:
                spent[what] += time.perf_counter() - started

        return run

    plain = inference_sessions.OnnxSession.run, inference_sessions.OpenVinoSession.run, simplejpeg.decode_jpeg
    inference_sessions.OnnxSession.run = timed("networks", plain[0])  # type: ignore[method-assign]
    inference_sessions.OpenVinoSession.run = timed("networks", plain[1])  # type: ignore[method-assign]
    simplejpeg.decode_jpeg = timed("JPEG decoding", plain[2])
    _as_uploaded(gallery)
    try:
        started = time.perf_counter()
        _index_one_by_one(gallery)
        whole = time.perf_counter() - started
    finally:
        inference_sessions.OnnxSession.run, inference_sessions.OpenVinoSession.run = plain[:2]  # type: ignore[method-assign]
        simplejpeg.decode_jpeg = plain[2]
    parts = ", ".join(f"{name} {seconds / whole:.0%}" for name, seconds in spent.items())
    print(f"share of the time, one photo after the other: {parts}, together {sum(spent.values()) / whole:.0%}")


def _describe_anew(gallery: Any) -> None:
    """What generate_descriptors does, in batches with the next one being decoded, and as if there were none ahead."""
    from galleries.faces import redescription
    from galleries.models import PhotoDescription
    from galleries.photos import pipeline
    from recognition.engines import registry
    from recognition.model_versions import current_model_version

    class Nobody:
        def has_time(self) -> bool:
            return True

        def report(self, *, done: int, total: int) -> None:
            pass

    version = current_model_version()
    version.pk, version.contract_id, version.active = None, "another", False
    version.save()
    as_it_is, alone = (pipeline.BATCH, pipeline.AHEAD), (1, 1)
    found: dict[tuple[int, int], list[float]] = {as_it_is: [], alone: []}
    for way in [as_it_is, alone] * 3:
        redescription.BATCH, pipeline.AHEAD = way
        PhotoDescription.objects.filter(model_version=version).delete()
        started = time.perf_counter()
        count = redescription.describe_waiting_photos(registry.get_engine(), version, watch=Nobody())
        found[way].append((time.perf_counter() - started) / count)
    ours, theirs = (1000 * statistics.median(found[way]) for way in (as_it_is, alone))
    print(f"generate_descriptors: {ours:.0f} ms a photo, {theirs:.0f} one at a time, {theirs / ours:.2f} times as fast")


def _throughput(gallery: Any, home: Path, options: argparse.Namespace, workers: int) -> float:
    command = [sys.executable, __file__, "--pack", str(options.pack), "--worker", str(home)]
    rates = []
    for _round in range(3):
        _as_uploaded(gallery)
        environment = {**os.environ, "WORKERS": str(workers)}
        running = [
            subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(workers)
        ]
        for process in running:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        started = time.perf_counter()
        for process in running:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in running:
            assert process.stdout
            process.stdout.readline()
        rates.append(options.photos / (time.perf_counter() - started))
        for process in running:
            process.communicate()
    return statistics.median(rates)


def _worker(home: Path, pack: str) -> None:
    """A child: loads its models, says `ready`, and works from `go` until nothing is left."""
    own_home.enter(home, pack=pack)
    import numpy as np

    from facepass.core import machine
    from galleries import tasks
    from galleries.models import Gallery
    from recognition import pipeline
    from recognition.pictures import decoding

    machine.give_back_freed_memory()  # as qcluster does

    file = BytesIO(composed.blank())
    pipeline.describe_pictures([np.asarray(decoding.decode_picture(file))])
    print("ready", flush=True)
    sys.stdin.readline()
    tasks.analyse_gallery(str(Gallery.objects.get().pk))
    print("done", flush=True)


if __name__ == "__main__":
    main()
