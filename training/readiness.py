"""Whether a studio has enough verified faces to learn from, and how similarities develop, for the training page."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from uuid import UUID

from django.db import connection
from django.db.models import Count

from galleries.models import Person, PhotoFace
from recognition.model_versions import current_model_version
from training.learning.dataset import MIN_FACES
from training.models import FaceTrainingSession

# With fewer verified faces a person is learnt badly. Somebody with so many times the median does no harm, but shows
# that others were forgotten.
FEW_FACES, IMBALANCE = 4, 10
# How many names are listed, and how many months are drawn.
MAX_NAMES, MONTHS = 12, 12


@dataclass(frozen=True, slots=True)
class Readiness:
    """The verified faces of studios.

    `people_without_faces`: how many people have no verified face. `few_count`: how many have fewer than FEW_FACES;
    `few`: the first of them as (id, name, faces), fewest first. `most_faces` and `median_faces`: per person.
    `suspects`, `conflicts` and `left_out` (counts by reason) are those of the latest dataset, made at `prepared_at`.
    """

    people: int
    faces: int
    people_without_faces: int
    few_count: int
    few: list[tuple[UUID, str, int]]
    most_faces: int
    median_faces: int
    suspects: list[str]
    conflicts: list[list[str]]
    left_out: dict[str, int]
    prepared_at: datetime | None

    @property
    def is_imbalanced(self) -> bool:
        return self.most_faces >= IMBALANCE * max(1, self.median_faces)

    @property
    def is_ready(self) -> bool:
        return self.faces >= MIN_FACES


def assess_readiness(studios: Collection[UUID]) -> Readiness:
    """Return the readiness of these studios together."""
    verified = PhotoFace.objects.searchable(current_model_version()).filter(person__studio__in=studios, verified=True)
    counts = dict(verified.order_by().values_list("person").annotate(n=Count("pk")))
    few = sorted((n, pk) for pk, n in counts.items() if n < FEW_FACES)
    names = Person.objects.in_bulk([pk for _n, pk in few[:MAX_NAMES]])
    latest = FaceTrainingSession.objects.filter(studio__in=studios).exclude(digest="").first()
    manifest = latest.manifest if latest else {}
    return Readiness(
        people=len(counts),
        faces=sum(counts.values()),
        people_without_faces=Person.objects.filter(studio__in=studios).count() - len(counts),
        few_count=len(few),
        few=[(pk, names[pk].real_name, n) for n, pk in few[:MAX_NAMES]],
        most_faces=max(counts.values(), default=0),
        median_faces=round(median(counts.values())) if counts else 0,
        suspects=[suspect["face"] for suspect in manifest.get("suspects", [])],
        conflicts=manifest.get("conflicts", []),
        left_out=dict(sorted(Counter(manifest.get("left_out", {}).values()).items())),
        prepared_at=latest.created_at if latest else None,
    )


@dataclass(frozen=True, slots=True)
class MonthlySimilarity:
    """Similarities of the names that were given automatically in a month: 10th, 50th and 90th percentile."""

    month: date
    faces: int
    low: float
    median: float
    high: float


def measure_drift(studios: Collection[UUID]) -> list[MonthlySimilarity]:
    """Return the last MONTHS that have such names, oldest first.

    Similarities that sink say that photos or faces have changed since people were learnt.
    """
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
    return [MonthlySimilarity(month, faces, *percentiles) for month, faces, percentiles in reversed(rows)]
