"""Faces like the probe's whose photos a search did not give, and why: for staff and partners who ask about a search."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import F

from galleries.matching.search import Match
from galleries.models import GalleryImage, Occasion, PhotoFace
from recognition.calibration import Calibration
from recognition.model_versions import current_model_version
from recognition.types import FloatArray

MissReason = Literal["hidden", "low_quality", "someone_else", "below_threshold", "other_model_version"]


@dataclass(frozen=True, slots=True)
class Miss:
    """A face that was not given, and why. `cosine` and `similarity` are None where it cannot be compared."""

    face: PhotoFace
    cosine: float | None
    similarity: float | None
    reason: MissReason


def find_misses(
    descriptor: FloatArray, matches: Sequence[Match], *, within: Occasion, threshold: float, limit: int = 50
) -> list[Miss]:
    """Return the nearest faces of photos that are not among the matches; last those of other model versions.

    Photos that are hidden from guests are left out: they are not to be seen by who searches.

    `descriptor` and `threshold`: as they were searched with. Only faces that come near the threshold are returned.
    """
    version = current_model_version()
    rules = within.load_settings().confidence_thresholds
    given = [match.face.photo.sha256 for match in matches]  # with copies of photos that were given
    galleries = list(within.galleries.shown_to_guests().values_list("pk", flat=True))
    hidden = GalleryImage.objects.filter(gallery__in=galleries).hidden().order_by().values("pk")
    faces = PhotoFace.objects.in_galleries(galleries).exclude(photo__sha256__in=given).exclude(photo__in=hidden)
    faces = faces.select_related("photo")
    faces = faces.defer("insightface_descriptor", "landmarks")
    min_cosine = version.scores.cosine(max(0.0, threshold - rules.possible))
    near = faces.described_by(version).at_distance(descriptor).closer_than(min_cosine).order_by(F("distance"))
    misses = [_miss(face, version.scores, threshold=threshold) for face in near[:limit]]
    others = faces.not_described_by(version).order_by("pk")[: limit - len(misses)]
    return misses + [Miss(face, None, None, "other_model_version") for face in others]


def _miss(face: PhotoFace, scores: Calibration, *, threshold: float) -> Miss:
    similarity = scores.similarity(1 - face.distance)
    reason: MissReason = "below_threshold"
    if face.is_hidden:
        reason = "hidden"
    elif similarity >= threshold:
        reason = "someone_else"
    elif face.quality.get("reasons"):
        reason = "low_quality"
    return Miss(face, round(1 - face.distance, 4), round(similarity, 4), reason)
