"""Is there enough to learn from, and do scores stay what they were? For the page that starts a training."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count

from galleries.models import Person, PhotoFace
from recognition.model_versions import current_model_version
from training.learning.dataset import MIN_FACES
from training.models import FaceTrainingSession

# Fewer verified faces than these teach little; a person with so many times the usual number outweighs nobody, but shows
# that others were forgotten.
FEW, MUCH_MORE = 4, 10
NAMED, MONTHS = 12, 12


@dataclass(frozen=True, slots=True)
class Readiness:
    """`few`: names with their counts, the poorest first; `without`: people without any verified face.

    `suspects`, `conflicts`: of the latest look at the data, `looked_at` None where nobody has looked.
    """

    people: int
    faces: int
    without: int
    few_count: int
    few: list[tuple[UUID, str, int]]
    most: int
    usual: int
    suspects: list[str]
    conflicts: list[list[str]]
    left_out: dict[str, int]
    looked_at: Any

    @property
    def imbalanced(self) -> bool:
        return self.most >= MUCH_MORE * max(1, self.usual)

    @property
    def ready(self) -> bool:
        return self.faces >= MIN_FACES


def of(studios: Collection[UUID]) -> Readiness:
    verified = PhotoFace.objects.searchable(current_model_version()).filter(person__studio__in=studios, verified=True)
    counts = dict(verified.order_by().values_list("person").annotate(n=Count("pk")))
    few = sorted((n, pk) for pk, n in counts.items() if n < FEW)
    names = Person.objects.in_bulk([pk for _n, pk in few[:NAMED]])
    latest = FaceTrainingSession.objects.filter(studio__in=studios).exclude(digest="").first()
    manifest = latest.manifest if latest else {}
    left_out = manifest.get("left_out", {}).values()
    return Readiness(
        people=len(counts),
        faces=sum(counts.values()),
        without=Person.objects.filter(studio__in=studios).count() - len(counts),
        few_count=len(few),
        few=[(pk, names[pk].real_name, n) for n, pk in few[:NAMED]],
        most=max(counts.values(), default=0),
        usual=round(median(counts.values())) if counts else 0,
        suspects=[row["face"] for row in manifest.get("suspects", [])],
        conflicts=manifest.get("conflicts", []),
        left_out={reason: list(left_out).count(reason) for reason in sorted(set(left_out))},
        looked_at=latest.created_at if latest else None,
    )


@dataclass(frozen=True, slots=True)
class Month:
    """Similarities of the names that a machine gave: the 10th, 50th and 90th of a hundred."""

    month: date
    faces: int
    low: float
    middle: float
    high: float


def drift(studios: Collection[UUID]) -> list[Month]:
    """The last months that have any, oldest first. Scores that sink say that photos or faces have changed."""
    statement = """
        SELECT date_trunc('month', face.created_at)::date AS month, count(*),
               percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY face.recognition_confidence)
        FROM photo_faces face JOIN galleries gallery ON gallery.id = face.gallery_id
        WHERE gallery.studio_id = ANY(%s) AND face.recognition_confidence IS NOT NULL AND face.model_version_id = %s
        GROUP BY 1 ORDER BY 1 DESC LIMIT %s
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(studios), current_model_version().pk, MONTHS])
        rows = cursor.fetchall()
    return [Month(month, faces, *values) for month, faces, values in reversed(rows)]
