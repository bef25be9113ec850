"""Detect the faces of photos with any engine: in tiles of a large picture, and in a picture that lies on its side.

The engine itself only detects faces in a picture as it stands.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO, Final

import numpy as np

from recognition.engines.base import FaceEngine
from recognition.engines.suppression import non_maximum_suppression
from recognition.pictures.decoding import decode_picture
from recognition.types import Box, DetectedFace, DetectionMode, FloatArray, Picture

# Longest side, in pixels, of the picture to analyse. A picture of half that side will do where it is quicker to decode,
# except in `thorough`, which looks for faces of 25 pixels in 3200. A detector with an input of 640 pixels finds faces
# of 31 pixels in a picture of 1600 or of 62 in one of 3200; the larger picture is for landmarks and descriptors, which
# are then those of the whole photo (cosine 0.996 or more, from 1600 pixels 0.956).
ANALYSIS_SIDE: Final = 3200
# Side of a tile and overlap of neighbours, in pixels: a face of up to 256 pixels lies completely in one of the tiles,
# and a larger one is found in the whole picture.
TILE_SIDE, TILE_OVERLAP = 1280, 256
# Two boxes are one face above this intersection over union, as within the detectors.
SAME_FACE = 0.4
# In a rotated picture the best face must have this score: false detections stay below 0.7, most upright faces do not.
MIN_ROTATED_SCORE = 0.7
# A picture is rotated where that shows a face of a score so much higher than what was found in it as it stands.
ROTATED_LEAD = 0.02
# Eyes whose line is less steep than this belong to an upright face.
UPRIGHT_DEGREES = 45


def decode_for_detection(file: BinaryIO, mode: DetectionMode) -> Picture:
    """Return the picture as `detect_faces` needs it in that mode. Raise as `decode_picture` does."""
    return decode_picture(file, longest_side=ANALYSIS_SIDE, loosely=mode != "thorough")


def detect_close_ups(engine: FaceEngine, pictures: Sequence[Picture]) -> list[list[DetectedFace]]:
    """Return the same as `detect_faces`, for pictures of one large face each, such as selfies."""
    detected = engine.detect(pictures, close_up=True)
    return [_detect_rotated(engine, *pair, close_up=True) for pair in zip(pictures, detected, strict=True)]


def detect_faces(engine: FaceEngine, pictures: Sequence[Picture], mode: DetectionMode) -> list[list[DetectedFace]]:
    """Return the faces of each picture, in pixels of that picture as it stands, largest first.

    `fast`: one pass. `balanced`: all passes of the engine, and the picture rotated where no face in it is upright.
    `thorough`: also in overlapping tiles; it needs pictures of ANALYSIS_SIDE.
    """
    if mode == "fast":
        return engine.detect(pictures, fast=True)
    detected = engine.detect(pictures)
    if mode == "thorough":
        detected = _add_faces_of_tiles(engine, pictures, detected)
    return [_detect_rotated(engine, *pair) for pair in zip(pictures, detected, strict=True)]


def _add_faces_of_tiles(
    engine: FaceEngine, pictures: Sequence[Picture], detected: Sequence[list[DetectedFace]]
) -> list[list[DetectedFace]]:
    """Return the faces of the whole pictures and of their tiles, each face once."""
    places = [(index, tile) for index, picture in enumerate(pictures) for tile in list_tiles(picture)]
    tiles = [_crop(pictures[index], tile) for index, tile in places]
    merged = [list(faces) for faces in detected]
    for (index, tile), faces in zip(places, engine.detect(tiles, fast=True), strict=True):
        shifted = [shift_face(face, tile) for face in faces]
        merged[index] += [face for face in shifted if not _is_cut_off(face, tile, pictures[index])]
    return [_drop_duplicates(faces) for faces in merged]


def list_tiles(picture: Picture) -> list[Box]:
    """Return overlapping squares that cover a picture; none for one that is hardly larger than a square."""
    height, width = picture.shape[:2]
    if max(height, width) <= TILE_SIDE:
        return []
    return [
        Box(x, y, min(TILE_SIDE, width), min(TILE_SIDE, height))
        for y in _tile_starts(height)
        for x in _tile_starts(width)
    ]


def _tile_starts(length: int) -> list[int]:
    count = max(1, -(-(length - TILE_OVERLAP) // (TILE_SIDE - TILE_OVERLAP)))
    return [round(start) for start in np.linspace(0, max(0, length - TILE_SIDE), count)]


def _crop(picture: Picture, box: Box) -> Picture:
    x, y = int(box.x), int(box.y)
    return picture[y : y + int(box.height), x : x + int(box.width)]


def shift_face(face: DetectedFace, tile: Box) -> DetectedFace:
    """Return a face of a tile in pixels of the whole picture, in which the tile lies at `tile`."""
    shift = np.array([tile.x, tile.y], np.float32)
    box = replace(face.box, x=face.box.x + tile.x, y=face.box.y + tile.y)
    return replace(face, box=box, landmarks=face.landmarks + shift)


def _is_cut_off(face: DetectedFace, tile: Box, picture: Picture) -> bool:
    """Return whether the face touches an edge of the tile inside the picture, so that a neighbour shows more of it."""
    height, width = picture.shape[:2]
    box, right, bottom = face.box, tile.x + tile.width, tile.y + tile.height
    return (
        (tile.x > 0 and box.x <= tile.x + 1)
        or (tile.y > 0 and box.y <= tile.y + 1)
        or (right < width and box.x + box.width >= right - 1)
        or (bottom < height and box.y + box.height >= bottom - 1)
    )


def _drop_duplicates(faces: Sequence[DetectedFace]) -> list[DetectedFace]:
    """Return each face once, at its best score, largest first."""
    boxes = [(f.box.x, f.box.y, f.box.x + f.box.width, f.box.y + f.box.height) for f in faces]
    corners = np.array(boxes, np.float32).reshape(-1, 4)
    scores = np.array([face.score for face in faces], np.float32)
    kept = [faces[index] for index in non_maximum_suppression(corners, scores, threshold=SAME_FACE)]
    return _largest_first(kept)


def _detect_rotated(
    engine: FaceEngine, picture: Picture, detected: list[DetectedFace], *, close_up: bool = False
) -> list[DetectedFace]:
    """Return `detected`, or the faces of the picture rotated to the direction that shows the best upright face.

    Some cameras do not record how they were held. In a picture on its side or upside down a detector misses faces,
    marks them badly, and takes them for upright ones.
    """
    certain = [face for face in detected if face.score >= MIN_ROTATED_SCORE]
    upright = [face.score for face in certain if _is_upright(face)]
    if 2 * len(upright) > len(certain) and max(upright) >= engine.unmistakable_score:
        return detected
    views = [np.ascontiguousarray(np.rot90(picture, turns)) for turns in (1, 2, 3)]
    faces_by_view = engine.detect(views, fast=not close_up, close_up=close_up)
    best_score, best = max((_best_upright_score(faces), index) for index, faces in enumerate(faces_by_view))
    if best_score < MIN_ROTATED_SCORE or best_score <= _best_upright_score(detected) + ROTATED_LEAD:
        return detected
    faces = faces_by_view[best] if close_up else engine.detect([views[best]])[0]
    return _largest_first([_rotate_face_back(face, picture, turns=best + 1) for face in faces])


def _is_upright(face: DetectedFace) -> bool:
    across, down = face.landmarks[1] - face.landmarks[0]
    return abs(float(np.degrees(np.arctan2(down, across)))) < UPRIGHT_DEGREES


def _best_upright_score(faces: Sequence[DetectedFace]) -> float:
    return max((face.score for face in faces if _is_upright(face)), default=0.0)


def _rotate_face_back(face: DetectedFace, picture: Picture, *, turns: int) -> DetectedFace:
    """Return a face of `np.rot90(picture, turns)` in pixels of `picture`."""
    height, width = picture.shape[:2]
    box = face.box
    corners = _rotate_points_back(
        np.array([[box.x, box.y], [box.x + box.width, box.y + box.height]], np.float32), (width, height), turns
    )
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    rotated = Box(float(left), float(top), float(right - left), float(bottom - top))
    return DetectedFace(rotated, _rotate_points_back(face.landmarks, (width, height), turns), face.score)


def _rotate_points_back(points: FloatArray, size: tuple[int, int], turns: int) -> FloatArray:
    """Return points (n, 2) of a picture that was turned to the left in pixels of the picture before.

    `size`: width and height before.
    """
    x, y = points.T
    width, height = size
    back = {1: (width - y, x), 2: (width - x, height - y), 3: (y, height - x)}[turns]
    return np.stack(back, axis=1).astype(np.float32)


def _largest_first(faces: Sequence[DetectedFace]) -> list[DetectedFace]:
    return sorted(faces, key=lambda face: -face.box.area)
