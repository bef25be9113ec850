"""Photos of the person whose face the probe shows. Exact: every face of the galleries is compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from galleries.models import PhotoFace
from recognition.config import recognition_settings
from recognition.models import ModelVersion
from recognition.types import FloatArray

DEFAULT_LIMIT = 200
MAX_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Match:
    """A photo's best face, with its raw cosine and its calibrated similarity (0..1)."""

    face: PhotoFace
    cosine: float
    similarity: float


def default_threshold() -> float:
    """The similarity from which a face counts as found, from the recognition settings."""
    return float(recognition_settings().confidence_thresholds.search)


def photos_of(
    descriptor: FloatArray, *, gallery_ids: Iterable[UUID], threshold: float, limit: int = DEFAULT_LIMIT
) -> list[Match]:
    """The best face of each photo whose similarity reaches the threshold, best first.

    `descriptor`: protected, float32 (512,), unit length, made by the engine in use; faces that another model version
    described are not compared.
    """
    version = ModelVersion.objects.current()
    calibration = version.scores
    faces = (
        PhotoFace.objects.searchable(version)
        .in_galleries(gallery_ids)
        .nearest_to(descriptor, min_cosine=calibration.cosine(threshold))
        .select_related("photo")
        .defer("insightface_descriptor", "landmarks")
    )
    best: dict[UUID, PhotoFace] = {}
    for face in faces.iterator(chunk_size=500):
        best.setdefault(face.photo_id, face)
        if len(best) == limit:
            break
    return [_match(face, similarity=calibration.similarity(1 - face.distance)) for face in best.values()]


def _match(face: PhotoFace, *, similarity: float) -> Match:
    return Match(face=face, cosine=round(1 - face.distance, 4), similarity=round(similarity, 4))
