"""How right searches and groups are on photo events with known truth: the real search on a real database.

    python benchmarks/events.py [--strangers FOLDER] ENGINE EVENT_FOLDER [EVENT_FOLDER ...]

ENGINE is `default` or the folder of a model pack. EVENT_FOLDER holds photos/, selfies/ and truth.json: who is in each
photo, from left to right, and whose selfies are of somebody in no photo (strangers). Prints, for each event, recall and
precision of the photos found, recall with those that were only offered as possible, strangers who were given or offered
a photo, selfies that were refused, precision and recall of the groups over pairs of faces, and the median time of the
database part; then the means. `--strangers`: pictures NAME_0001.jpg of people at large; each event is searched with all
of them but those of its own guests. Groups are judged by the largest face of each person's part of
a photo: others there are people in the background.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import own_home


@dataclass(frozen=True, slots=True)
class Result:
    recall: float
    precision: float
    with_possible: float
    strangers: int
    offered: int
    refused: int
    group_precision: float
    group_recall: float
    search_ms: float
    grouping_ms: float

    def __str__(self) -> str:
        found = f"recall {self.recall:.4f}  precision {self.precision:.4f}  with possible {self.with_possible:.4f}"
        found += f"  strangers {self.strangers} offered {self.offered}  selfies refused {self.refused}"
        groups = f"groups {self.group_precision:.4f} / {self.group_recall:.4f}"
        return f"{found}  {groups}  search {self.search_ms:.1f} ms  grouping {self.grouping_ms:.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine")
    parser.add_argument("events", type=Path, nargs="+")
    parser.add_argument("--strangers", type=Path)
    options = parser.parse_args()
    with own_home.opened(None if options.engine == "default" else Path(options.engine)):
        results = [shown(str(event), judged(event, strangers=options.strangers)) for event in options.events]
    columns = [[getattr(result, name) for result in results] for name in Result.__dataclass_fields__]
    print("mean", Result(*(sum(each) if type(each[0]) is int else statistics.mean(each) for each in columns)))


def shown(name: str, result: Result) -> Result:
    print(name, result, flush=True)
    return result


def judged(event: Path, *, strangers: Path | None = None) -> Result:
    from galleries.faces import grouping

    truth = json.loads((event / "truth.json").read_text())
    occasion = indexed(event, list(truth["photos"]))
    started = time.perf_counter()
    grouping.group_faces(occasion)
    grouping_ms = (time.perf_counter() - started) * 1000
    times: list[float] = []
    hit = miss = wrong = possible = 0
    for name, path in truth["selfies"].items():
        found, offered = searched(event / path, occasion, times) or (set(), set())
        wanted = {photo for photo, people in truth["photos"].items() if name in people}
        hit, miss, wrong = hit + len(found & wanted), miss + len(wanted - found), wrong + len(found - wanted)
        possible += len(offered & wanted)
    others = [searched(event / path, occasion, times) or (set(), set()) for path in truth["strangers"]]
    refused = len(truth["selfies"]) + len(others) - len(times)
    if strangers:
        at_large(strangers, occasion, guests=truth["selfies"])
    return Result(
        hit / (hit + miss),
        hit / max(1, hit + wrong),
        (hit + possible) / (hit + miss),
        sum(bool(found) for found, _offered in others),
        sum(bool(offered) for _found, offered in others),
        refused,
        *group_pairs(occasion, truth["photos"]),
        statistics.median(times),
        grouping_ms,
    )


def at_large(folder: Path, occasion: Any, *, guests: Iterable[str]) -> None:
    """Searches with every picture of everybody else, and prints how many were refused, given or offered a photo."""
    known = set(guests)
    pictures = [path for path in sorted(folder.glob("*.jpg")) if path.stem.rsplit("_", 1)[0] not in known]
    answers = [searched(path, occasion, []) for path in pictures]
    given, offered = (sum(bool(each[part]) for each in answers if each) for part in (0, 1))
    print(
        f"  people at large: {len(answers)} pictures, {answers.count(None)} refused, {given} given, {offered} offered"
    )


def indexed(event: Path, photos: list[str]) -> Any:
    """The event's faces as rows, without files: analysis, and nothing else of a photo's way."""
    from facepass.models import Studio
    from galleries.models import Gallery, GalleryImage, Occasion, PhotoFace
    from galleries.photos import recording
    from recognition import pipeline
    from recognition.model_versions import current_model_version

    studio = Studio.objects.create(name=event.name, slug=event.name)
    gallery = Gallery.objects.create(studio=studio, title=event.name)
    for name in photos:
        picture = decoded(event / "photos" / name)
        height, width = picture.shape[:2]
        photo = GalleryImage.objects.create(
            gallery=gallery, original_name=name, sha256=name, byte_size=0, width=width, height=height
        )
        version = current_model_version()
        PhotoFace.objects.bulk_create(
            recording.build_face(photo, face, version, scale=1) for face in pipeline.describe_picture(picture)
        )
    return Occasion.for_gallery(gallery)


def decoded(path: Path) -> Any:
    from recognition import detection

    return detection.decode_for_detection(BytesIO(path.read_bytes()), "balanced")


def searched(selfie: Path, occasion: Any, times: list[float]) -> tuple[set[str], set[str]] | None:
    """Photos found and photos offered; None where the selfie is refused."""
    from django.core.files.base import ContentFile

    from facepass.core.errors import FacePassError
    from galleries.matching import probe, search

    try:
        face = probe.describe_subject(probe.read_picture(ContentFile(selfie.read_bytes())))
    except FacePassError:
        return None
    started = time.perf_counter()
    findings = search.search_photos(
        face.descriptor, within=occasion, limit=search.MAX_LIMIT, weak=search.is_weak_probe(face)
    )
    times.append((time.perf_counter() - started) * 1000)
    names = [{match.face.photo.original_name for match in each} for each in (findings.matches, findings.possible)]
    return names[0], names[1]


def group_pairs(occasion: Any, photos: dict[str, list[str]]) -> tuple[float, float]:
    """Precision and recall over pairs of faces. A face in no group is a group of its own."""
    import numpy as np

    labelled = list(faces_with_names(occasion, photos))
    groups = np.array([str(face.cluster_id or face.pk) for face, _name in labelled])
    names = np.array([name for _face, name in labelled])
    above = np.triu_indices(len(names), 1)
    same_group, same_name = (groups[:, None] == groups)[above], (names[:, None] == names)[above]
    both = (same_group & same_name).sum()
    return float(both / max(1, same_group.sum())), float(both / max(1, same_name.sum()))


def faces_with_names(occasion: Any, photos: dict[str, list[str]]) -> Iterator[tuple[Any, str]]:
    from galleries.models import PhotoFace

    largest: dict[tuple[Any, str], Any] = {}
    for face in PhotoFace.objects.filter(gallery__in=occasion.galleries).select_related("photo"):
        people, box = photos[face.photo.original_name], face.as_box
        part = int((box.x + box.width / 2) / (face.photo.width / len(people)))
        place = (face.photo_id, people[min(part, len(people) - 1)])
        if place not in largest or largest[place].as_box.area < box.area:
            largest[place] = face
    return ((face, name) for (_photo, name), face in largest.items())


if __name__ == "__main__":
    main()
