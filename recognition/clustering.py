"""Which faces show one person: average linkage with constraints. Knows faces as numbers, and people not at all.

Two groups are merged, the most alike first, while the mean cosine between the faces of one and the faces of the other
reaches `least`. A group is kept as the sum of its unit descriptors, because that mean is `sum_a . sum_b / (n_a n_b)`;
so a group of thousands of faces costs as much as a single face, and new faces are compared with old groups without
reading the old groups' faces.

Only pairs that reach `least` are ever looked at again. Nothing is lost by that: the link of a merged group to a third
is a weighted mean of what both had, so it can reach `least` only where one of them did.
"""

import heapq
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from scipy.cluster.hierarchy import DisjointSet

from recognition.types import FloatArray

Pair = tuple[int, int]
# Up to this many are compared each with each. Beyond it faces are sorted into cells, and compared with those of the
# nearest PROBED cells: the cost grows with n^1.5 instead of n^2 (measured in docs/scale.md).
EXACT = 20_000
CELLS_PER_ROOT, PROBED = 4, 16


@dataclass(frozen=True, slots=True)
class Group:
    """Faces of one person, at least one. `total`: the sum of their descriptors, float32 (d,). `size`: how many.

    Two groups may not be merged where one has a mark that the other is `against`, or where both have a `name` and not
    the same one.
    """

    total: FloatArray
    size: int = 1
    marks: frozenset[Hashable] = frozenset()
    against: frozenset[Hashable] = frozenset()
    name: Hashable = None

    def excludes(self, other: "Group") -> bool:
        if self.name is not None and other.name is not None and self.name != other.name:
            return True
        return not (self.marks.isdisjoint(other.against) and self.against.isdisjoint(other.marks))

    def with_(self, other: "Group") -> "Group":
        return Group(
            self.total + other.total,
            self.size + other.size,
            self.marks | other.marks,
            self.against | other.against,
            self.name if self.name is not None else other.name,
        )

    @property
    def mean(self) -> FloatArray:
        return self.total / np.float32(self.size)


def alike(left: FloatArray, right: FloatArray, *, least: float) -> Iterator[Pair]:
    """Pairs (i, j) whose product left[i] . right[j] is at least `least`. Shapes (n, d) and (m, d), float32."""
    if not (len(left) and len(right)):
        return
    index = _index(right)
    limits, _products, found = index.range_search(np.ascontiguousarray(left), least)
    for i, (start, stop) in enumerate(pairwise(limits)):
        for j in found[start:stop]:
            yield i, int(j)


def neighbours(vectors: FloatArray, *, count: int) -> tuple[FloatArray, NDArray[np.int64]]:
    """Of each vector the `count` others most like it, nearest first: their products and indexes, both (n, count).

    Where there are too few others the index is -1 and the product -1 or less.
    """
    if not len(vectors):
        return np.zeros((0, count), np.float32), np.zeros((0, count), np.int64)
    products, found = _index(vectors).search(np.ascontiguousarray(vectors), count + 1)
    itself = found == np.arange(len(vectors))[:, None]
    itself[~itself.any(axis=1), -1] = True  # crowded out by its own doubles
    return products[~itself].reshape(-1, count), found[~itself].reshape(-1, count)


def _index(vectors: FloatArray) -> Any:
    import faiss  # noqa: PLC0415 - 50 MB that only a worker needs

    faiss.omp_set_num_threads(settings.ENV.inference_threads)
    count, dimension = vectors.shape
    index: Any = faiss.IndexFlatIP(dimension)
    if count > EXACT:
        cells = int(CELLS_PER_ROOT * count**0.5)
        index = faiss.IndexIVFFlat(index, dimension, cells, faiss.METRIC_INNER_PRODUCT)
        index.nprobe = PROBED
        index.cp.niter, index.cp.max_points_per_centroid, index.cp.min_points_per_centroid = 6, 40, 1
        index.train(vectors)
    index.add(np.ascontiguousarray(vectors))
    return index


def merged(groups: Sequence[Group], pairs: Iterable[Pair], *, least: float) -> list[list[int]]:
    """Which of the groups show one person, by index; each occurs once, most in a list of their own.

    `pairs`: those that may be alike, in any order; pairs not named are taken to be below `least`.
    """
    linkage = _Linkage(groups, least)
    for i, j in pairs:
        linkage.add(i, j)
    return linkage.run()


@dataclass(slots=True)
class _Node:
    group: Group
    members: list[int]
    links: set[int] = field(default_factory=set)


class _Linkage:
    """Merged groups get numbers of their own, so an entry of the heap that names a vanished one is stale."""

    def __init__(self, groups: Sequence[Group], least: float) -> None:
        self._least = least
        self._nodes = {number: _Node(group, [number]) for number, group in enumerate(groups)}
        self._next = len(groups)
        self._heap: list[tuple[float, int, int]] = []

    def add(self, i: int, j: int) -> None:
        one, other = self._nodes[i], self._nodes[j]
        if i == j or j in one.links or one.group.excludes(other.group):
            return
        link = float(one.group.mean @ other.group.mean)
        if link >= self._least:
            one.links.add(j)
            other.links.add(i)
            self._heap.append((-link, i, j))

    def run(self) -> list[list[int]]:
        heapq.heapify(self._heap)
        while self._heap:
            _link, i, j = heapq.heappop(self._heap)
            if i in self._nodes and j in self._nodes:
                self._merge(i, j)
        return [node.members for node in self._nodes.values()]

    def _merge(self, i: int, j: int) -> None:
        one, other = self._nodes.pop(i), self._nodes.pop(j)
        number, self._next = self._next, self._next + 1
        node = _Node(one.group.with_(other.group), one.members + other.members)
        self._nodes[number] = node
        near = [k for k in (one.links | other.links) - {i, j} if not self._nodes[k].group.excludes(node.group)]
        for k in one.links | other.links:
            if k in self._nodes:
                self._nodes[k].links -= {i, j}
        if not near:
            return
        means = np.stack([self._nodes[k].group.mean for k in near])
        for k, link in zip(near, (means @ node.group.mean).tolist(), strict=True):
            if link >= self._least:
                node.links.add(k)
                self._nodes[k].links.add(number)
                heapq.heappush(self._heap, (-link, k, number))


def together(count: int, sets: Iterable[Sequence[int]]) -> list[list[int]]:
    """What is the same whatever the descriptors say: sets that share a member become one; the others stay alone."""
    united = DisjointSet(range(count))
    for first, *others in sets:
        for other in others:
            united.merge(first, other)
    return [sorted(members) for members in united.subsets()]
