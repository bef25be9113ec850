"""Pairs of groups that may show one person, for a person to decide.

To find them all groups of an occasion are compared, so how many there are is kept, for pages that only show the number.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

import numpy as np

from galleries.faces.grouping_rules import GroupingRules
from galleries.matching import descriptors
from galleries.models import FaceCluster, Occasion, SuggestionCount
from recognition import clustering
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.types import FloatArray

# Groups that are compared: what a page can do while somebody waits for it.
MAX_COMPARED = 1000
MAX_COUNTED = 100
# So many of the most similar pairs are checked against the photos and the decisions at a time.
PAIRS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two groups that may be one person, and their similarity (0..1)."""

    one: FaceCluster
    other: FaceCluster
    similarity: float


def refresh_suggestions(occasion: Occasion) -> list[Suggestion]:
    """Return at most MAX_COUNTED suggestions, and keep their number for `count_suggestions`."""
    suggestions = find_suggestions(occasion, limit=MAX_COUNTED)
    SuggestionCount.objects.record(occasion, len(suggestions))
    return suggestions


def count_suggestions(keys: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many suggestions the occasions had, by key, when they were last grouped or their pairs looked at."""
    return dict(SuggestionCount.objects.filter(occasion__in=list(keys)).values_list("occasion", "number"))


def find_suggestions(occasion: Occasion, *, limit: int = 50) -> list[Suggestion]:
    """Return pairs to ask a person about, the most similar first.

    None of them share a photo, have two names or were decided upon. Of very many groups the largest MAX_COMPARED are
    compared; as they become fewer, others move up. Raises FacePassError 503 as `current_model_version` does.
    """
    version = current_model_version()
    clusters = _load_largest(occasion, version)
    ranked = _rank_pairs(
        clusters, min_cosine=version.scores.cosine(occasion.load_settings().confidence_thresholds.suggest)
    )
    suggestions = (
        Suggestion(clusters[i], clusters[j], round(version.scores.similarity(cosine), 4))
        for cosine, i, j in _undecided(ranked, clusters, GroupingRules.for_occasion(occasion))
    )
    return list(islice(suggestions, limit))


def _load_largest(occasion: Occasion, version: ModelVersion) -> list[FaceCluster]:
    """Return the largest groups with their centroids, which are read in one go: 1 kB each."""
    largest = FaceCluster.objects.within(occasion).shown().described_by(version).order_by("-size", "pk")
    clusters = list(largest.defer("centroid").select_related("person")[:MAX_COMPARED])
    rows, centroids = descriptors.read(largest.filter(pk__in=[group.pk for group in clusters]), "pk", of="centroid")
    centroid_of = {pk: centroid for (pk,), centroid in zip(rows, centroids, strict=True)}
    for cluster in clusters:
        cluster.centroid = centroid_of[cluster.pk]
    return clusters


def _rank_pairs(clusters: Sequence[FaceCluster], *, min_cosine: float) -> list[tuple[float, int, int]]:
    """Return (cosine, index, index) of each pair that reaches the cosine, the highest first."""
    means: FloatArray = np.stack([group.centroid for group in clusters]) if clusters else np.zeros((0, 0), np.float32)
    pairs = {(min(i, j), max(i, j)) for i, j in clustering.find_similar_pairs(means, means, least=min_cosine) if i != j}
    return sorted(((float(means[i] @ means[j]), i, j) for i, j in pairs), reverse=True)


def _undecided(
    ranked: Sequence[tuple[float, int, int]], clusters: Sequence[FaceCluster], rules: GroupingRules
) -> Iterator[tuple[float, int, int]]:
    """Yield the pairs that nothing speaks against: no photo, no names, no decision."""
    for start in range(0, len(ranked), PAIRS_AT_ONCE):
        part = ranked[start : start + PAIRS_AT_ONCE]
        indexes = sorted({index for _cosine, i, j in part for index in (i, j)})
        groups = dict(zip(indexes, rules.build_groups([clusters[index] for index in indexes]), strict=True))
        yield from (pair for pair in part if not groups[pair[1]].excludes(groups[pair[2]]))
