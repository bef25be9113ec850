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

# A group joins those that were found if its similarity to them is above the threshold by so much: what joins by others'
# similarity may add a tenth of the wrong photos of what is found by its own.
JOINING = 0.1
# How far below the threshold its own similarity to the probe may be then.
NEAR = 0.2
# The similarity from which a face is beyond doubt, one false match in three million pairs. It counts by itself,
# whatever group it is in, and vouches for its group, which then need only be possible.
BEYOND_DOUBT = 0.85
# How much is added to the threshold for a probe that is small, blurred or badly lit: such faces of different people
# resemble each other. Faces that are turned away do not.
WEAK_PROBE = 0.05
# Where nobody was found, the best group is offered only if it is ahead of the next by so much.
LEAD = 0.1


@dataclass(frozen=True, slots=True)
class Levels:
    """The cosines that decide what a candidate is.

    `found`: from here on it is the person. `possible`: it may be the person, and is if one of its faces reaches `sure`.
    `near`: it joins the person where its cosine to the faces found so far reaches `joining`. `scores`: turns cosines
    into similarities.
    """

    found: float
    possible: float
    near: float
    joining: float
    sure: float
    scores: Calibration

    @classmethod
    def for_threshold(cls, threshold: float, rules: ConfidenceThresholds, scores: Calibration) -> "Levels":
        """Return the levels for a threshold: the similarity from which a candidate is the person, 0..1."""
        return cls(
            found=scores.cosine(threshold),
            possible=scores.cosine(max(0.0, threshold - rules.possible)),
            near=scores.cosine(max(0.0, threshold - max(NEAR, rules.possible))),
            joining=scores.cosine(min(1.0, threshold + JOINING)),
            sure=scores.cosine(max(threshold, BEYOND_DOUBT)),
            scores=scores,
        )


@dataclass(frozen=True, slots=True, eq=False)
class SearchCandidate:
    """A group, or a face that is in none.

    `cosine`: the mean cosine of the probe to its faces. `centroid`: the mean of their descriptors, float32 (512,).
    `vouched`: one of its faces is beyond doubt, or the person said that it is theirs.
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
    """Return which candidates are the person, and which may be. `candidates`: all that are `near`, in any order.

    `probe`: float32 (512,), unit length. A candidate that shares a photo with a better one is somebody else. Possible
    are those that reach that level beside what was found; where nobody was found, only the best, if it has a clear
    lead: a stranger is somewhat like several people, a guest is like one.
    """
    ranked = sorted(candidates, key=lambda candidate: -candidate.cosine)
    found: list[SearchCandidate] = []
    for candidate in ranked:
        required = levels.possible if candidate.vouched else levels.found
        if candidate.cosine >= required and not _is_excluded(candidate, found):
            found.append(candidate)
    if not found:
        return CandidateChoice([], _find_leader(ranked, levels))
    # Groups of one person are often several: in profile, with sunglasses. Each that joins moves the mean.
    while (joined := _find_joining(probe, ranked, found, levels)) is not None:
        found.append(joined)
    possible = [candidate for candidate in ranked if candidate.cosine >= levels.possible and candidate not in found]
    return CandidateChoice(found, [candidate for candidate in possible if not _is_excluded(candidate, found)])


def _is_excluded(one: SearchCandidate, others: Sequence[SearchCandidate]) -> bool:
    return any(one.excludes(other) for other in others)


def _find_joining(
    probe: FloatArray, ranked: Sequence[SearchCandidate], found: Sequence[SearchCandidate], levels: Levels
) -> SearchCandidate | None:
    """Return the candidate most similar to the mean of the probe and the faces found so far, if it may join them."""
    total = probe + sum(candidate.centroid * np.float32(candidate.size) for candidate in found)
    mean = total / np.linalg.norm(total)
    links = [
        (float(candidate.centroid @ mean), -rank)
        for rank, candidate in enumerate(ranked)
        if candidate not in found and not _is_excluded(candidate, found)
    ]
    link, rank = max(links, default=(-1.0, 0))
    return ranked[-rank] if link >= levels.joining else None


def _find_leader(ranked: Sequence[SearchCandidate], levels: Levels) -> list[SearchCandidate]:
    if not ranked or ranked[0].cosine < levels.possible:
        return []
    second = ranked[1].cosine if len(ranked) > 1 else levels.near
    lead = levels.scores.similarity(ranked[0].cosine) - levels.scores.similarity(second)
    return [ranked[0]] if lead >= LEAD else []
