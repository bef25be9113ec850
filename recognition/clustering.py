"""Group faces of one person: average linkage with constraints. Faces are descriptors here; people are unknown.

Two groups are merged, the most similar first, while the mean cosine between the faces of one and the faces of the other
reaches `least`. A group is represented by the sum of its unit descriptors, because that mean is
`sum_a . sum_b / (n_a n_b)`. So a group of thousands of faces costs as much as a single face, and new faces are compared
with old groups without reading the old groups' faces.

Only pairs that reach `least` are considered again. Nothing is lost by that: the linkage of a merged group to a third is
a weighted mean of what both had, so it can reach `least` only where one of them did.
"""

import heapq
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from recognition.types import Descriptor, Descriptors, FloatArray

Pair = tuple[int, int]
# Up to this many descriptors are compared each with each. Beyond it they are sorted into CELLS_PER_ROOT * sqrt(n) cells
# and compared with those of the nearest PROBED_CELLS: the cost grows with n^1.5 instead of n^2 (see docs/scale.md).
MAX_EXACT = 20_000
CELLS_PER_ROOT, PROBED_CELLS = 4, 16


@dataclass(frozen=True, slots=True)
class Group:
    """Faces of one person, at least one. `total`: the sum of their descriptors, float32 (d,). `size`: how many.

    Two groups may not be merged where one has a mark that the other excludes, or where both have a name and it differs.
    """

    total: Descriptor
    size: int = 1
    marks: frozenset[Hashable] = frozenset()
    excluded_marks: frozenset[Hashable] = frozenset()
    name: Hashable = None

    def excludes(self, other: "Group") -> bool:
        """Return whether the two groups may not be merged."""
        if self.name is not None and other.name is not None and self.name != other.name:
            return True
        return not (self.marks.isdisjoint(other.excluded_marks) and self.excluded_marks.isdisjoint(other.marks))

    def merged_with(self, other: "Group") -> "Group":
        """Return one group of the faces of both, with the marks and exclusions of both."""
        return Group(
            self.total + other.total,
            self.size + other.size,
            self.marks | other.marks,
            self.excluded_marks | other.excluded_marks,
            self.name if self.name is not None else other.name,
        )

    @property
    def mean(self) -> Descriptor:
        """The centroid (d,), shorter than unit length unless all faces are equal."""
        return self.total / np.float32(self.size)


def find_similar_pairs(left: Descriptors, right: Descriptors, *, least: float) -> Iterator[Pair]:
    """Yield the pairs (i, j) with left[i] . right[j] >= `least`. Shapes (n, d) and (m, d).

    Beyond MAX_EXACT rows on the right some pairs may be missed.
    """
    if not (len(left) and len(right)):
        return
    index = _build_index(right)
    limits, _products, matches = index.range_search(np.ascontiguousarray(left), least)
    for i, (start, stop) in enumerate(pairwise(limits)):
        for j in matches[start:stop]:
            yield i, int(j)


def find_neighbours(descriptors: Descriptors, *, count: int) -> tuple[FloatArray, NDArray[np.int64]]:
    """Return the cosines and the indices of the `count` nearest others of each descriptor, nearest first.

    Both have the shape (n, count). Where there are too few others the index is -1 and the cosine -1 or less.
    """
    if not len(descriptors):
        return np.zeros((0, count), np.float32), np.zeros((0, count), np.int64)
    cosines, indices = _build_index(descriptors).search(np.ascontiguousarray(descriptors), count + 1)
    itself = indices == np.arange(len(descriptors))[:, None]
    # A descriptor with many exact duplicates may not be among its own nearest: drop the last instead.
    itself[~itself.any(axis=1), -1] = True
    return cosines[~itself].reshape(-1, count), indices[~itself].reshape(-1, count)


def _build_index(descriptors: Descriptors) -> Any:  # FAISS has no types
    import faiss  # noqa: PLC0415 - 50 MB that only a worker needs

    faiss.omp_set_num_threads(settings.ENV.inference_threads)
    count, dimension = descriptors.shape
    index: Any = faiss.IndexFlatIP(dimension)
    if count > MAX_EXACT:
        cells = int(CELLS_PER_ROOT * count**0.5)
        index = faiss.IndexIVFFlat(index, dimension, cells, faiss.METRIC_INNER_PRODUCT)
        index.nprobe = PROBED_CELLS
        # Few rounds of k-means on a sample of the faces: the cells need only be rough.
        index.cp.niter, index.cp.max_points_per_centroid, index.cp.min_points_per_centroid = 6, 40, 1
        index.train(descriptors)
    index.add(np.ascontiguousarray(descriptors))
    return index


def merge_groups(groups: Sequence[Group], pairs: Iterable[Pair], *, least: float) -> list[list[int]]:
    """Return lists of indices of the groups that show one person; each index occurs once.

    `pairs`: the pairs of groups that may reach `least`, in any order; all others are taken to be below it.
    """
    linkage = _Linkage(groups, least)
    for i, j in pairs:
        linkage.add(i, j)
    return linkage.run()


@dataclass(slots=True)
class _Node:
    """A group that still exists, the indices merged in it, and the numbers of the nodes that it is linked to."""

    group: Group
    members: list[int]
    links: set[int] = field(default_factory=set)


class _Linkage:
    """The groups and a heap of their links. A merged group gets a new number, which makes older entries stale."""

    def __init__(self, groups: Sequence[Group], least: float) -> None:
        self._least = least
        self._nodes = {number: _Node(group, [number]) for number, group in enumerate(groups)}
        self._next = len(groups)
        self._heap: list[tuple[float, int, int]] = []

    def add(self, i: int, j: int) -> None:
        """Link two groups where they may be merged and are similar enough."""
        one, other = self._nodes[i], self._nodes[j]
        if i == j or j in one.links or one.group.excludes(other.group):
            return
        link = float(one.group.mean @ other.group.mean)
        if link >= self._least:
            one.links.add(j)
            other.links.add(i)
            self._heap.append((-link, i, j))

    def run(self) -> list[list[int]]:
        """Merge until no link is left, and return the members of each group."""
        heapq.heapify(self._heap)
        while self._heap:
            _link, i, j = heapq.heappop(self._heap)
            if i in self._nodes and j in self._nodes:
                self._merge(i, j)
        return [node.members for node in self._nodes.values()]

    def _merge(self, i: int, j: int) -> None:
        one, other = self._nodes.pop(i), self._nodes.pop(j)
        number, self._next = self._next, self._next + 1
        node = _Node(one.group.merged_with(other.group), one.members + other.members)
        self._nodes[number] = node
        linked = [k for k in (one.links | other.links) - {i, j} if not self._nodes[k].group.excludes(node.group)]
        for k in one.links | other.links:
            if k in self._nodes:
                self._nodes[k].links -= {i, j}
        if not linked:
            return
        means = np.stack([self._nodes[k].group.mean for k in linked])
        for k, link in zip(linked, (means @ node.group.mean).tolist(), strict=True):
            if link >= self._least:
                node.links.add(k)
                self._nodes[k].links.add(number)
                heapq.heappush(self._heap, (-link, k, number))


def unite_sets(count: int, sets: Iterable[Sequence[int]]) -> list[list[int]]:
    """Return the numbers 0..count-1 in sets of which those that share a member are united; others stay alone.

    For faces that are one person whatever their descriptors say.
    """
    from scipy.cluster.hierarchy import DisjointSet  # noqa: PLC0415 - SciPy takes a third of a second; few processes group

    united = DisjointSet(range(count))
    for first, *others in sets:
        for other in others:
            united.merge(first, other)
    return [sorted(members) for members in united.subsets()]
