"""The faces nearest to a descriptor in a whole studio, by way of an approximate index where there are too many.

Up to MAX_EXACT_FACES faces every one is compared. Beyond that the index answers, if there is one (`rebuild_index`):
PostgreSQL goes on scanning it until enough rows pass the filters, so none is lost to them; the recall is measured in
docs/performance.md.
"""

import json
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from pgvector.django import CosineDistance

from galleries.jobs.runner import JobTurn
from galleries.models import PhotoFace
from recognition.types import FloatArray

MAX_EXACT_FACES = 50_000
INDEX_NAME = "faces_by_likeness"
# How many candidates the index keeps while it searches, and how many rows it may visit to find rows that pass.
SETTINGS = {"hnsw.iterative_scan": "relaxed_order", "hnsw.ef_search": "60", "hnsw.max_scan_tuples": "400000"}
# It may give rows a little out of order, so more are asked for than are wanted. Where a filter passed one row in ten,
# this found 88 to 94 of 100 that comparing all finds, and asking in strict order 70 (docs/performance.md).
OVERSAMPLING = 4


def find_nearest(faces: "QuerySet[PhotoFace]", descriptor: FloatArray, *, limit: int) -> list[PhotoFace]:
    """Return at most `limit` of the faces, with their `distance` (1 - cosine), nearest first.

    `faces`: of one model version. `descriptor`: protected, float32 (512,), unit length.
    """
    found = faces.defer("insightface_descriptor", "landmarks")
    if _expected_rows(faces) > MAX_EXACT_FACES and is_index_built():
        return _find_by_index(found, descriptor, limit)
    return list(found.at_distance(descriptor).order_by("distance")[:limit])  # type: ignore[attr-defined]


def _expected_rows(faces: "QuerySet[PhotoFace]") -> int:
    """Return how many rows the planner expects: to count a million would take longer than the search."""
    plan = json.loads(faces.order_by().values("pk").explain(format="json"))
    return int(plan[0]["Plan"]["Plan Rows"])


def _find_by_index(faces: "QuerySet[PhotoFace]", descriptor: FloatArray, limit: int) -> list[PhotoFace]:
    distance = CosineDistance("insightface_descriptor", descriptor)
    with transaction.atomic(), connection.cursor() as cursor:
        calls = ", ".join(["set_config(%s, %s, true)"] * len(SETTINGS))
        cursor.execute(f"SELECT {calls}", [part for setting in SETTINGS.items() for part in setting])
        ranked = faces.annotate(distance=distance).order_by(F("distance"))  # type: ignore[no-redef]
        return sorted(ranked[: limit * OVERSAMPLING], key=lambda face: face.distance)[:limit]


def is_index_built() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [INDEX_NAME])
        return bool(cursor.fetchone() == (True,))


def run_rebuild_job(turn: JobTurn) -> dict[str, Any]:
    """Run the job `rebuild_index`."""
    rebuild_index()
    return {"faces": PhotoFace.objects.count()}


def rebuild_index() -> None:
    """Build the index anew beside the one in use, put it in its place, and vacuum the table.

    Readers and writers go on meanwhile. Not to be called in a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX_NAME}_new")
        cursor.execute(
            f"CREATE INDEX CONCURRENTLY {INDEX_NAME}_new ON photo_faces"
            " USING hnsw (insightface_descriptor halfvec_cosine_ops) WITH (m = 16, ef_construction = 128)"
        )
        cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX_NAME}")
        cursor.execute(f"ALTER INDEX {INDEX_NAME}_new RENAME TO {INDEX_NAME}")
        cursor.execute("VACUUM (ANALYZE) photo_faces")
