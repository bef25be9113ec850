"""Several pictures: did one living person do what was asked, in that order?

Judged by five landmarks and descriptors, so with any engine. It stops a printed picture, a picture on a screen and
pictures taken before; not a film of somebody who happens to do the same: there are 34 sequences of three steps.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from recognition.calibration import Calibration
from recognition.quality import pose
from recognition.types import FloatArray

STEPS = 3
# Degrees. `quality.pose` is good to about ten, so what counts as turned and what as straight lies that far apart.
TURNED, STRAIGHT = 25.0, 12.0
# How much larger the face must be than it was at its smallest before.
CLOSER = 1.25
# Similarity to the most frontal picture: one false match in a hundred, because a turned face is less alike.
SAME_PERSON = 0.4
# How far, in distances between the eyes, the five points must leave the plane: an affine map explains those of a flat
# picture but for perspective and the detector's errors. A mean face that turns from 0 to 25 degrees leaves it by 0.14;
# of 12 LFW pictures tilted by up to 40 degrees none did by more than 0.085 (SCRFD 2.5G), the middle one by 0.071.
NOT_FLAT = 0.1


class Step(StrEnum):
    TURN_LEFT = "turn_left"
    """To the person's own left: to the right edge of a picture that is not mirrored."""
    TURN_RIGHT = "turn_right"
    LOOK_STRAIGHT = "look_straight"
    COME_CLOSER = "come_closer"


@dataclass(frozen=True, slots=True)
class Frame:
    """The one face of a picture. `landmarks` (5, 2) in pixels, `size`: the box's height as a share of the picture's."""

    landmarks: FloatArray
    size: float
    descriptor: FloatArray

    @property
    def yaw(self) -> float:
        return pose(self.landmarks)[0]


def new_steps() -> list[Step]:
    """Random; no step twice in a row, and at least one turn, without which a flat picture would do."""
    while True:
        steps = [secrets.choice(list(Step)) for _number in range(STEPS)]
        turns = {Step.TURN_LEFT, Step.TURN_RIGHT} & set(steps)
        if turns and all(one != other for one, other in pairwise(steps)):
            return steps


def judge(steps: Sequence[Step], frames: Sequence[Frame], calibration: Calibration) -> list[str]:
    """What speaks against it, none where nothing does: `steps_not_done`, `different_people`, `still_picture`."""
    reasons = {
        "steps_not_done": not _done(steps, frames),
        "different_people": not _one_person(frames, calibration),
        "still_picture": _is_flat(frames),
    }
    return [reason for reason, holds in reasons.items() if holds]


def _done(steps: Sequence[Step], frames: Sequence[Frame]) -> bool:
    """Each step in a frame after that of the step before."""
    left = list(steps)
    for index, frame in enumerate(frames):
        if left and _shows(left[0], frame, frames[:index]):
            left.pop(0)
    return not left


def _shows(step: Step, frame: Frame, before: Sequence[Frame]) -> bool:
    match step:
        case Step.TURN_LEFT:
            return frame.yaw >= TURNED
        case Step.TURN_RIGHT:
            return frame.yaw <= -TURNED
        case Step.LOOK_STRAIGHT:
            return abs(frame.yaw) <= STRAIGHT
        case Step.COME_CLOSER:
            return bool(before) and frame.size >= CLOSER * min(earlier.size for earlier in before)


def _one_person(frames: Sequence[Frame], calibration: Calibration) -> bool:
    frontal = _most_frontal(frames)
    return all(calibration.similarity(float(frontal.descriptor @ f.descriptor)) >= SAME_PERSON for f in frames)


def _is_flat(frames: Sequence[Frame]) -> bool:
    frontal = _most_frontal(frames)
    return max(_off_plane(frontal.landmarks, frame.landmarks) for frame in frames) < NOT_FLAT


def _off_plane(points: FloatArray, others: FloatArray) -> float:
    """The largest distance that is left when the best affine map has taken `points` to `others`, by the eyes' own."""
    flat = np.hstack([points, np.ones((5, 1), np.float32)])
    mapped = flat @ np.linalg.lstsq(flat, others, rcond=None)[0]
    eyes = float(np.linalg.norm(others[1] - others[0]))
    return float(np.linalg.norm(mapped - others, axis=1).max()) / max(eyes, 1e-6)


def _most_frontal(frames: Sequence[Frame]) -> Frame:
    return min(frames, key=lambda frame: abs(frame.yaw))
