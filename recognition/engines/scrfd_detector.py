"""InsightFace's detectors, and the parts of a picture that they run on: all of it, with a margin, around one face.

A face that fills the picture is found, and marked well, only with a margin around it. So a picture in which the small
input shows such a face is run with a margin at once; a picture without any face is run both ways.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from recognition.engines import framing
from recognition.engines.detections import Detections
from recognition.engines.framing import longer_side
from recognition.engines.scrfd import CLOSE_UP_SIDE, FACE_SIDE, NMS, SIDE, SMALL_SIDE, Scrfd
from recognition.types import Box, DetectedFace, Picture

# A face of more than this share of the picture's shorter side needs half a picture of margin around the picture. On 600
# LFW pairs of tight crops (benchmarks/lfw_pairs.py) accuracy rises from 0.958 to 0.997; a margin of a quarter gives
# 0.982.
TIGHT_SHARE = 0.4
# A face of at least this share of the longer side of the picture in the small input is its subject: that input would
# show any other face nearly as large.
SUBJECT_SHARE = 0.25


class ScrfdDetector:
    """Satisfies Detector."""

    # Of 33 pictures of one face, upside down: up to 0.81; upright 0.81 and more, all but two above 0.82.
    unmistakable_score = 0.82

    def __init__(self, path: Path) -> None:
        """Raise UnsupportedNetwork, or one of `network.ERRORS`."""
        self.network = Scrfd(path)

    def detect(self, pictures: Sequence[Picture], *, fast: bool = False) -> list[list[DetectedFace]]:
        if fast:
            return self._detect_with_margins(pictures, [False] * len(pictures))
        first = self.network.detect_in_small_input(pictures)
        margins = [_needs_margin(_to_faces(*pair), pair[1]) for pair in zip(first, pictures, strict=True)]
        detected = self._detect_with_margins(pictures, margins, first)
        # Run the other way, with or without a margin, where no face or an unexpectedly tight one was found.
        retried = [
            index
            for index, faces in enumerate(detected)
            if not faces or (not margins[index] and _needs_margin(faces, pictures[index]))
        ]
        second = self._detect_with_margins(
            [pictures[index] for index in retried], [not margins[index] for index in retried]
        )
        for index, faces in zip(retried, second, strict=True):
            detected[index] = faces or detected[index]
        return detected

    def _detect_with_margins(
        self, pictures: Sequence[Picture], margins: Sequence[bool], first: Sequence[Detections] = ()
    ) -> list[list[DetectedFace]]:
        """Run the large input on each picture, with a margin where `margins` says so.

        `first`: detections of the small input, which are added where there is no margin.
        """
        boxes = [framing.picture_box(picture, margin=margin) for picture, margin in zip(pictures, margins, strict=True)]
        detections = self.network.detect_in_large_input(list(map(framing.crop_padded, pictures, boxes)))
        if first:
            detections = [
                large if margin else Detections.concatenated([small, large])
                for large, small, margin in zip(detections, first, margins, strict=True)
            ]
        return [_to_faces(*each) for each in zip(detections, pictures, boxes, strict=True)]

    def detect_close_ups(self, pictures: Sequence[Picture]) -> list[list[DetectedFace]]:
        return [self._detect_close_up(picture) for picture in pictures]

    def _detect_close_up(self, picture: Picture) -> list[DetectedFace]:
        """Return the faces of a picture of one large face.

        A large face that the small input shows alone is run in an input of its own. Otherwise the whole picture is run
        with a margin and, where that shows no face, without.
        """
        if not self.network.takes_any_size:
            return self._detect_with_margins([picture], [True])[0] or self._detect_with_margins([picture], [False])[0]
        faces = _to_faces(self.network.detect_at(picture, side=SMALL_SIDE), picture)
        if len(faces) == 1 and longer_side(faces[0]) >= SUBJECT_SHARE * max(picture.shape[:2]):
            box = framing.square_around(faces[0])
            found = _to_faces(self.network.detect_at(framing.crop_padded(picture, box), side=FACE_SIDE), picture, box)
            if len(found) == 1:
                return found
        box = framing.picture_box(picture, margin=True)
        detections = self.network.detect_at(framing.crop_padded(picture, box), side=CLOSE_UP_SIDE)
        return _to_faces(detections, picture, box) or self._detect_with_margins([picture], [False])[0]


def _needs_margin(faces: Sequence[DetectedFace], picture: Picture) -> bool:
    """Return whether the largest face fills so much of the picture that its landmarks are poor without a margin.

    A picture of at most half the detector's side loses nothing by a margin, so it always gets one.
    """
    if max(picture.shape[:2]) <= SIDE // 2:
        return True
    return bool(faces) and longer_side(faces[0]) > TIGHT_SHARE * min(picture.shape[:2])


def _to_faces(detections: Detections, picture: Picture, box: Box | None = None) -> list[DetectedFace]:
    """Return each face once, largest first, in pixels of the picture and clipped to it.

    `detections`: in pixels of the part of the picture in `box`.
    """
    corner = np.array([box.x, box.y] if box else [0, 0], np.float32)
    found = detections.suppressed(threshold=NMS).shifted(corner).to_faces()
    faces = [replace(face, box=face.box.clipped(picture)) for face in found]
    return sorted((face for face in faces if face.box.area > 0), key=lambda face: -face.box.area)
