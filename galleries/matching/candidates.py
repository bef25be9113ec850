"""Which groups and loose faces of an occasion show the person whom the probe shows. Vectors and sets, no database.

A false match rate is one of a pair, and a search compares the probe with every group and every loose face. So what is
held is the rate of wrong groups *per search*: the threshold rises with how many are compared, by 0.1 of similarity for
ten times as many (`ConfidenceThresholds.search_threshold`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from recognition.calibration import Calibration
from recognition.config import ConfidenceThresholds
from recognition.types import FloatArray

# By how much of similarity a group must be more like the faces found so far than a probe must be like it: what joins
# by another's likeness may add a tenth of the wrong photos of what is found by its own.
JOINING = 0.1
# How far below the threshold its own likeness to the probe may lie then.
NEAR = 0.2
# The similarity from which a face is beyond doubt, one false match in three million pairs. It counts by itself,
# whatever group it is in, and vouches for its group, which then need only be possible.
BEYOND_DOUBT = 0.85
# How much more alike the faces must be to a probe that is small, blurred or badly lit: what is left of such faces is
# alike. Faces that are turned away are not.
WEAK_PROBE = 0.05
# A person who was not found is offered only where one group is this much more alike than the next.
LEAD = 0.1


@dataclass(frozen=True, slots=True)
class Levels:
    """Cosines: from `found` on a candidate is the person; from `possible` on it may be, or is, if a face of it is
    `sure`; one that is only `near` joins where the faces found so far are as alike as `joining`.
    """

    found: float
    possible: float
    near: float
    joining: float
    sure: float
    lead: Calibration

    @classmethod
    def of(cls, threshold: float, rules: ConfidenceThresholds, scores: Calibration) -> "Levels":
        """`threshold`: the similarity from which a candidate is the person, 0..1."""
        return cls(
            found=scores.cosine(threshold),
            possible=scores.cosine(max(0.0, threshold - rules.possible)),
            near=scores.cosine(max(0.0, threshold - max(NEAR, rules.possible))),
            joining=scores.cosine(min(1.0, threshold + JOINING)),
            sure=scores.cosine(max(threshold, BEYOND_DOUBT)),
            lead=scores,
        )


@dataclass(frozen=True, slots=True, eq=False)
class SearchCandidate:
    """A group, or a face that is in none. `cosine`: the mean of the probe to its faces; `centroid`: their mean;
    `vouched`: one of its faces is beyond doubt.
    """

    pk: UUID
    is_group: bool
    cosine: float
    centroid: FloatArray
    size: int
    photos: frozenset[UUID]
    person_id: UUID | None = None
    vouched: bool = False

    def excludes(self, other: "SearchCandidate") -> bool:
        """Return whether the two show different people: nobody is in a photo twice, or has two names."""
        names = {self.person_id, other.person_id} - {None}
        return len(names) > 1 or not self.photos.isdisjoint(other.photos)


@dataclass(frozen=True, slots=True)
class CandidateChoice:
    found: list[SearchCandidate]
    possible: list[SearchCandidate]


def choose_candidates(probe: FloatArray, candidates: Sequence[SearchCandidate], levels: Levels) -> CandidateChoice:
    """Return who is found, and who may be the person as well. `candidates`: all that are `near`, in any order.

    `probe`: float32 (512,), unit length. A candidate that shares a photo with a better one is somebody else. Possible
    is what reaches that level beside what was found; where nobody was, only the best, and only with a clear lead.
    """
    ranked = sorted(candidates, key=lambda each: -each.cosine)
    found: list[SearchCandidate] = []
    for each in ranked:
        enough = levels.possible if each.vouched else levels.found
        if each.cosine >= enough and not _excluded(each, found):
            found.append(each)
    if not found:
        return CandidateChoice([], _leading(ranked, levels))
    while (joined := _most_alike(probe, ranked, found, levels)) is not None:
        found.append(joined)
    possible = [each for each in ranked if each.cosine >= levels.possible and each not in found]
    return CandidateChoice(found, [each for each in possible if not _excluded(each, found)])


def _excluded(one: SearchCandidate, others: Sequence[SearchCandidate]) -> bool:
    return any(one.excludes(other) for other in others)


def _most_alike(
    probe: FloatArray, ranked: Sequence[SearchCandidate], found: Sequence[SearchCandidate], levels: Levels
) -> SearchCandidate | None:
    """The candidate most like the probe and the faces found so far together, where that is enough."""
    total = probe + sum(each.centroid * np.float32(each.size) for each in found)
    mean = total / np.linalg.norm(total)
    links = [
        (float(each.centroid @ mean), -rank)
        for rank, each in enumerate(ranked)
        if each not in found and not _excluded(each, found)
    ]
    link, rank = max(links, default=(-1.0, 0))
    return ranked[-rank] if link >= levels.joining else None


def _leading(ranked: Sequence[SearchCandidate], levels: Levels) -> list[SearchCandidate]:
    if not ranked or ranked[0].cosine < levels.possible:
        return []
    second = ranked[1].cosine if len(ranked) > 1 else levels.near
    lead = levels.lead.similarity(ranked[0].cosine) - levels.lead.similarity(second)
    return [ranked[0]] if lead >= LEAD else []
