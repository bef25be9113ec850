"""How searches and groups grow with the number of faces: synthetic descriptors in a real PostgreSQL.

    python benchmarks/scale.py session [FACES]       a search in one session (50,000 faces), against brute force
    python benchmarks/scale.py studio [FACES]        a search in a whole studio (1,000,000): the index, its recall
    python benchmarks/scale.py groups [FACES ...]    grouping that many faces (10,000 30,000 100,000)
    python benchmarks/scale.py growth                100 photos more in a session of 10,000 faces

A person has 20 faces with a cosine of about 0.64 to each other, and people are spread in 64 of 512 dimensions, so that
some of them are as alike as strangers are. Four faces to a photo.
"""

import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import own_home

FACES_OF_PERSON, FACES_OF_PHOTO, AT_ONCE = 20, 4, 20_000
SPREAD = 0.75


def main() -> None:
    kind, *numbers = sys.argv[1:]
    measures: dict[str, Callable[[list[int]], None]] = {
        "session": session,
        "studio": studio,
        "groups": groups,
        "growth": growth,
    }
    with own_home.opened(None):
        measures[kind]([int(number) for number in numbers])


class InQueries:
    """Milliseconds from sending a query to having its rows, summed."""

    ms = 0.0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.ms += (time.perf_counter() - started) * 1000


def session(numbers: list[int]) -> None:
    from django.db import connection

    from galleries.faces import grouping
    from galleries.matching import search
    from galleries.models import PhotoFace
    from recognition import config

    # Only the rule that `brute_force` knows: no widening, no margin, no single faces of other people's groups.
    config.save_settings({"confidence_thresholds": {"search": 0.55, "possible": 0, "assign": 1}})
    occasion, vectors = event((numbers or [50_000])[0])
    with timed("grouping"):
        grouping.group_faces(occasion)
    vacuum()
    times, queries, agree = [], [], 0
    for number in range(40):
        probe = view_of(vectors, number)
        started = time.perf_counter()
        with connection.execute_wrapper(spent := InQueries()):
            found = search.find_matches(probe, within=occasion, threshold=0.55)
        times.append((time.perf_counter() - started) * 1000)
        queries.append(spent.ms)
        agree += {match.face.pk for match in found} == brute_force(probe, occasion, PhotoFace)
    told(f"search in {len(vectors)} faces", times)
    told("of which in the database", queries)
    print(f"the same photos as brute force: {agree} of 40")


def brute_force(probe: Any, occasion: Any, faces: Any) -> set[Any]:
    """Every face of the groups whose mean cosine, taken over all their faces one by one, reaches the threshold.

    A face in no group is a group of its own.
    """
    import numpy as np

    from galleries.matching import descriptors
    from recognition.model_versions import current_model_version

    scores = current_model_version().scores
    rows, stacked = held(occasion, faces, descriptors)
    cosines = stacked @ probe
    groups = np.array([str(cluster or pk) for pk, cluster in rows])
    _names, place = np.unique(groups, return_inverse=True)
    means = np.bincount(place, cosines) / np.bincount(place)
    close = means[place] >= scores.cosine(0.55)
    return {pk for (pk, _cluster), chosen in zip(rows, close, strict=True) if chosen}


_held: dict[Any, Any] = {}


def held(occasion: Any, faces: Any, descriptors: Any) -> Any:
    if occasion not in _held:
        _held[occasion] = descriptors.read(faces.objects.filter(gallery__in=occasion.galleries), "pk", "cluster_id")
    return _held[occasion]


def studio(numbers: list[int]) -> None:
    from django.db import connection

    from galleries.matching import nearest
    from galleries.models import PhotoFace
    from recognition.model_versions import current_model_version

    count = (numbers or [1_000_000])[0]
    occasion, vectors = event(count)
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '4GB'")
        cursor.execute("SET max_parallel_maintenance_workers = 2")
    with timed(f"index of {count} faces"):
        nearest.rebuild_index()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_size_pretty(pg_relation_size(%s)), pg_size_pretty(pg_total_relation_size('photo_faces'))",
            [nearest.INDEX_NAME],
        )
        print("index, table with indexes:", cursor.fetchone())
    faces = PhotoFace.objects.searchable(current_model_version()).filter(gallery__in=occasion.galleries)
    measured(f"nearest 10 of {count}", faces, vectors, nearest)
    some = faces.filter(photo__original_name__endswith="7.jpg")
    measured("nearest 10 of those that pass a filter for a tenth", some, vectors, nearest)


def measured(name: str, faces: Any, vectors: Any, nearest: Any, *, rounds: int = 60) -> None:
    times, right, missing = [], 0, 0
    for number in range(rounds + 5):
        probe = view_of(vectors, number)
        started = time.perf_counter()
        found = nearest.find_nearest(faces, probe, limit=10)
        if number >= 5:
            times.append((time.perf_counter() - started) * 1000)
            exact = {face.pk for face in faces.at_distance(probe).order_by("distance")[:10]}
            right += len(exact & {face.pk for face in found})
            missing += len(exact) - len(found)
    told(name, times)
    print(f"recall@10 {right / rounds / 10:.4f}, rows lost {missing}")


def groups(numbers: list[int]) -> None:
    from galleries.faces import grouping

    for count in numbers or [10_000, 30_000, 100_000]:
        occasion, _vectors = event(count)
        with timed(f"grouping {count} faces"):
            print(grouping.group_faces(occasion))
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def growth(_numbers: list[int]) -> None:
    from galleries.faces import grouping
    from galleries.models import Occasion

    occasion, vectors = event(10_000)
    with timed("grouping 10000 faces"):
        grouping.group_faces(occasion)
    gallery = occasion.galleries.get()
    add(gallery, vectors[:400] + 0, name="late")
    with timed("100 photos more, 4 faces each"):
        print(grouping.group_faces(Occasion.for_gallery(gallery)))


def event(count: int) -> tuple[Any, Any]:
    """A gallery of that many faces, in rows; and their descriptors, float32 (count, 512)."""
    from facepass.models import Studio
    from galleries.models import Gallery, Occasion

    vectors = made_up(count)
    made = Studio.objects.create(name=f"{count}", slug=f"s{count}")
    gallery = Gallery.objects.create(studio=made, title=f"{count} faces")
    with timed(f"{count} rows"):
        add(gallery, vectors, name="photo")
    vacuum()
    return Occasion.for_gallery(gallery), vectors


def made_up(count: int) -> Any:
    """Descriptors, float32 (count, 512), of unit length."""
    import numpy as np

    rng = np.random.default_rng(count)
    people = rng.standard_normal((count // FACES_OF_PERSON, 64)).astype(np.float32)
    people = people @ rng.standard_normal((64, 512)).astype(np.float32)
    people /= np.linalg.norm(people, axis=1, keepdims=True)
    vectors = np.empty((count, 512), np.float32)
    for start in range(0, count, AT_ONCE):
        numbers = np.arange(start, min(count, start + AT_ONCE))
        noise = rng.standard_normal((len(numbers), 512)).astype(np.float32) * np.float32(SPREAD / 512**0.5)
        part = people[numbers % len(people)] + noise
        vectors[numbers] = part / np.linalg.norm(part, axis=1, keepdims=True)
    return vectors


def add(gallery: Any, vectors: Any, *, name: str) -> None:
    """Rows by binary COPY: the ORM would take an hour for a million."""
    import uuid

    from django.db import connection
    from pgvector import HalfVector
    from pgvector.psycopg import register_vector
    from psycopg.types.json import Jsonb

    from galleries.models import GalleryImage
    from recognition.model_versions import current_model_version

    version = current_model_version()
    connection.ensure_connection()
    register_vector(connection.connection)
    columns = (
        "id, photo_id, gallery_id, model_version_id, insightface_bbox, insightface_confidence, insightface_descriptor,"
        " landmarks, quality, verified, training_used, face_category, created_at"
    )
    types = [
        "uuid",
        "uuid",
        "uuid",
        "uuid",
        "jsonb",
        "float8",
        "halfvec",
        "jsonb",
        "jsonb",
        "bool",
        "bool",
        "varchar",
        "timestamptz",
    ]
    for start in range(0, len(vectors), AT_ONCE):
        part = vectors[start : start + AT_ONCE]
        photos = GalleryImage.objects.bulk_create(photos_for(gallery, len(part), f"{name}{start}"), batch_size=2000)
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY photo_faces ({columns}) FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.set_types(types)
            for number, vector in enumerate(part):
                copy.write_row((
                    uuid.uuid4(), photos[number // FACES_OF_PHOTO].pk, gallery.pk, version.pk, Jsonb(BOX), 0.9,
                    HalfVector(vector), Jsonb([]), Jsonb({"reasons": []}), False, False, "unknown", gallery.created_at,
                ))  # fmt: skip


BOX = {"x": 10, "y": 10, "width": 80, "height": 80}


def photos_for(gallery: Any, faces: int, name: str) -> Iterator[Any]:
    from galleries.models import GalleryImage

    for number in range(-(-faces // FACES_OF_PHOTO)):
        key = f"{name}-{number}"
        yield GalleryImage(
            gallery=gallery,
            original_name=f"{key}.jpg",
            sha256=key,
            byte_size=1,
            width=100,
            height=100,
            state="processed",
        )


def view_of(vectors: Any, number: int) -> Any:
    """Another view of the person of that face."""
    import numpy as np

    noise = np.random.default_rng(number).standard_normal(512).astype(np.float32) * np.float32(SPREAD / 512**0.5)
    found = vectors[(number * 7919) % len(vectors)] + noise
    return found / np.linalg.norm(found)


def vacuum() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) photo_faces")
        cursor.execute("VACUUM (ANALYZE) face_clusters")


@contextmanager
def timed(name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    print(f"{name}: {time.perf_counter() - started:.1f} s", flush=True)


def told(name: str, times: list[float]) -> None:
    ranked = sorted(times)
    print(f"{name}: p50 {statistics.median(ranked):.1f} ms, p95 {ranked[int(len(ranked) * 0.95)]:.1f} ms", flush=True)


if __name__ == "__main__":
    main()
