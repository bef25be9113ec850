"""Finding the faces of photos: how hard to look, in parts of a large picture, and in a picture that lies on its side.

Any engine; it only says what it sees in a picture as it stands.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO, Final, Literal

import numpy as np

from recognition.engines.base import FaceEngine
from recognition.pictures.decoding import decode
from recognition.suppression import suppressed
from recognition.types import Box, DetectedFace, FloatArray, Picture

Mode = Literal["fast", "balanced", "thorough"]
# Longest side, in pixels, of the picture to look at; half of it will do where that is easier to decode, except in
# `thorough`, which looks for faces of 25 pixels in 3200. A detector that sees 640 pixels finds faces of 31 in 1600 of
# them or of 62 in 3200; the larger picture is for landmarks and descriptors, which are then those of the whole photo
# (cosine 0.996 or more, from 1600 pixels 0.956).
ANALYSIS_SIDE: Final = 3200
# Side of a part, and how far neighbours overlap: a face of up to 256 pixels is whole in one of them, and a larger one
# is found in the whole picture.
PART, OVERLAP = 1280, 256
# Above this share of overlap two boxes are one face: as the detectors' own.
SAME_FACE = 0.4
# Of a picture that was turned, the best face must score this much: what detectors see in things stays below 0.7, most
# faces upright score more.
TURNED_SCORE = 0.7
UPRIGHT_DEGREES = 45


def decoded(file: BinaryIO, mode: Mode) -> Picture:
    """The picture as `find` wants it in that mode. Raises as `pictures.decode`."""
    return decode(file, longest_side=ANALYSIS_SIDE, loosely=mode != "thorough")


def find_near(engine: FaceEngine, pictures: Sequence[Picture]) -> list[list[DetectedFace]]:
    """As `find`, for pictures of one large face each, such as selfies."""
    found = engine.detect(pictures, near=True)
    return [_turned(engine, *each) for each in zip(pictures, found, strict=True)]


def find(engine: FaceEngine, pictures: Sequence[Picture], mode: Mode) -> list[list[DetectedFace]]:
    """The faces of each picture, in pixels of that picture as it stands, largest first.

    `fast`: one pass. `balanced`: all that the engine sees, and the picture turned where nobody in it is upright.
    `thorough`: in overlapping parts as well; it wants pictures of ANALYSIS_SIDE.
    """
    if mode == "fast":
        return engine.detect(pictures, fast=True)
    found = engine.detect(pictures)
    if mode == "thorough":
        found = _with_parts(engine, pictures, found)
    return [_turned(engine, *each) for each in zip(pictures, found, strict=True)]


def _with_parts(
    engine: FaceEngine, pictures: Sequence[Picture], found: Sequence[list[DetectedFace]]
) -> list[list[DetectedFace]]:
    """The faces of the whole pictures and of their parts, each once."""
    places = [(index, place) for index, picture in enumerate(pictures) for place in parts(picture)]
    cut = [_cut(pictures[index], place) for index, place in places]
    merged = [list(faces) for faces in found]
    for (index, place), faces in zip(places, engine.detect(cut, fast=True), strict=True):
        merged[index] += [there for face in faces if not _is_cut(there := moved(face, place), place, pictures[index])]
    return [_once_each(faces) for faces in merged]


def parts(picture: Picture) -> list[Box]:
    """Overlapping squares that cover a picture; none for one that is hardly larger than a square."""
    height, width = picture.shape[:2]
    if max(height, width) <= PART:
        return []
    return [Box(x, y, min(PART, width), min(PART, height)) for y in _starts(height) for x in _starts(width)]


def _starts(length: int) -> list[int]:
    count = max(1, -(-(length - OVERLAP) // (PART - OVERLAP)))
    return [round(start) for start in np.linspace(0, max(0, length - PART), count)]


def _cut(picture: Picture, place: Box) -> Picture:
    x, y = int(place.x), int(place.y)
    return picture[y : y + int(place.height), x : x + int(place.width)]


def moved(face: DetectedFace, place: Box) -> DetectedFace:
    """A face of a part of the picture, in pixels of the whole; `place`: where the part's corner lies."""
    shift = np.array([place.x, place.y], np.float32)
    box = replace(face.box, x=face.box.x + place.x, y=face.box.y + place.y)
    return replace(face, box=box, landmarks=face.landmarks + shift)


def _is_cut(face: DetectedFace, place: Box, picture: Picture) -> bool:
    """Whether the face touches an edge of the part that is not the picture's: a neighbour shows more of it."""
    height, width = picture.shape[:2]
    box, right, bottom = face.box, place.x + place.width, place.y + place.height
    return (
        (place.x > 0 and box.x <= place.x + 1)
        or (place.y > 0 and box.y <= place.y + 1)
        or (right < width and box.x + box.width >= right - 1)
        or (bottom < height and box.y + box.height >= bottom - 1)
    )


def _once_each(faces: Sequence[DetectedFace]) -> list[DetectedFace]:
    boxes = [(f.box.x, f.box.y, f.box.x + f.box.width, f.box.y + f.box.height) for f in faces]
    corners = np.array(boxes, np.float32).reshape(-1, 4)
    scores = np.array([face.score for face in faces], np.float32)
    kept = [faces[index] for index in suppressed(corners, scores, threshold=SAME_FACE)]
    return _largest_first(kept)


def _turned(engine: FaceEngine, picture: Picture, found: list[DetectedFace]) -> list[DetectedFace]:
    """The faces of a picture, as the direction shows them in which most are upright.

    Cameras that do not say how they were held: sideways a detector misses faces, marks them badly, and sees upright
    ones in things.
    """
    sure = [face for face in found if face.score >= TURNED_SCORE]
    if 2 * sum(map(_is_upright, sure)) > len(sure):
        return found
    views = [np.ascontiguousarray(np.rot90(picture, turns)) for turns in (1, 2, 3)]
    seen = engine.detect(views, fast=True)
    best = max((_trust(faces), index) for index, faces in enumerate(seen))
    if best[0] < TURNED_SCORE or best[0] <= _trust(found):
        return found
    faces = engine.detect([views[best[1]]])[0]
    return _largest_first([_turned_back(face, picture, turns=best[1] + 1) for face in faces])


def _is_upright(face: DetectedFace) -> bool:
    across, down = face.landmarks[1] - face.landmarks[0]
    return abs(float(np.degrees(np.arctan2(down, across)))) < UPRIGHT_DEGREES


def _trust(faces: Sequence[DetectedFace]) -> float:
    """The best score of an upright face."""
    return max((face.score for face in faces if _is_upright(face)), default=0.0)


def _turned_back(face: DetectedFace, picture: Picture, *, turns: int) -> DetectedFace:
    """A face of the picture turned `turns` times a quarter to the left, in pixels of the picture as it stands."""
    height, width = picture.shape[:2]
    box = face.box
    corners = _points_back(
        np.array([[box.x, box.y], [box.x + box.width, box.y + box.height]], np.float32), (width, height), turns
    )
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    place = Box(float(left), float(top), float(right - left), float(bottom - top))
    return DetectedFace(place, _points_back(face.landmarks, (width, height), turns), face.score)


def _points_back(points: FloatArray, size: tuple[int, int], turns: int) -> FloatArray:
    x, y = points.T
    width, height = size
    back = {1: (width - y, x), 2: (width - x, height - y), 3: (y, height - x)}[turns]
    return np.stack(back, axis=1).astype(np.float32)


def _largest_first(faces: Sequence[DetectedFace]) -> list[DetectedFace]:
    return sorted(faces, key=lambda face: -face.box.area)
