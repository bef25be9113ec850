"""Which of the faces found in a photo the photo has already, and which were erased there.

The analysis, the switch between models and drawing by hand all use it, so that a face keeps its row, and with it all
that people decided about it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from recognition.types import Box

# Two boxes of one photo that overlap more than this are one face.
SAME_FACE_IOU = 0.5
# Lower, because two models draw the box of a face differently, and an erased face must not come back.
ERASED_IOU = 0.3


@dataclass(frozen=True, slots=True)
class FaceMatching:
    """Of the faces found, by index: `known` says which face of the photo each is; `erased` are those to leave out."""

    known: dict[int, int]
    erased: frozenset[int]

    def is_new(self, found: int) -> bool:
        """Return whether the face found with that index is neither known nor erased."""
        return found not in self.known and found not in self.erased


def match_faces(
    found: Sequence[Box],
    known: Sequence[Box],
    *,
    erased: Sequence[Box] = (),
    alike: Collection[tuple[int, int]] = frozenset(),
) -> FaceMatching:
    """Match each face found to at most one that the photo has. All boxes are in pixels of the upright photo.

    `alike`: pairs (found, known) whose descriptors show one person beyond doubt; they match wherever they are.
    """
    matched = pair_boxes(found, [*known, *erased], alike=alike)
    same = {i: j for i, j in matched if j < len(known)}
    left_out = {
        i for i, box in enumerate(found) if i not in same and any(box.iou(other) > ERASED_IOU for other in erased)
    }
    return FaceMatching(same, frozenset(left_out))


def pair_boxes(
    boxes: Sequence[Box], others: Sequence[Box], *, alike: Collection[tuple[int, int]] = frozenset()
) -> list[tuple[int, int]]:
    """Return which of the boxes is the same face as which of the others, by index.

    First those that are alike and overlap, then those that are alike, then those that only overlap.
    """
    candidates = []
    for i, box in enumerate(boxes):
        for j, other in enumerate(others):
            overlap, is_alike = box.iou(other), (i, j) in alike
            if is_alike or overlap > SAME_FACE_IOU:
                candidates.append((is_alike and overlap > SAME_FACE_IOU, is_alike, overlap, -i, -j))
    matched: dict[int, int] = {}
    for _both, _alike, _overlap, i, j in sorted(candidates, reverse=True):
        if -i not in matched and -j not in matched.values():
            matched[-i] = -j
    return list(matched.items())
