"""Active liveness: did one living person make the movements that were asked for, in that order?

Judged by five landmarks and descriptors, so with any engine. It stops a printed picture, a picture on a screen and
pictures taken in advance. It does not stop a film of somebody who happens to do the same: there are only 34 sequences
of three steps.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from recognition.calibration import Calibration
from recognition.quality import estimate_pose
from recognition.types import Descriptor, Landmarks

STEPS = 3
# Yaw in degrees. `estimate_pose` is good to about ten, so "turned" and "straight" lie further apart than that.
TURNED, STRAIGHT = 25.0, 12.0
# A turned face has turned that much from the straightest frame. Of 24 pictures that were tilted by 50 degrees close to
# the camera, 10 of 48 tries looked turned and not flat without this, and 2 with it (YuNet).
TURNED_BY = 20.0
# How much larger than at its smallest the face must become to count as closer.
CLOSER = 1.25
# Similarity to the most frontal picture: a false match rate of 1e-2, because turned faces are less similar.
SAME_PERSON = 0.4
# How far the five points must leave a plane, in distances between the eyes: an affine map explains the points of a flat
# picture but for perspective and the detector's errors. A mean face that turns from 0 to 25 degrees leaves it by 0.14;
# of 12 LFW pictures tilted by up to 40 degrees none did by more than 0.085 (SCRFD 2.5G), the median by 0.071.
NOT_FLAT = 0.1


class Step(StrEnum):
    """A movement that the person is asked to make."""

    TURN_LEFT = "turn_left"
    """To the person's own left: to the right edge of a picture that is not mirrored."""
    TURN_RIGHT = "turn_right"
    LOOK_STRAIGHT = "look_straight"
    COME_CLOSER = "come_closer"


@dataclass(frozen=True, slots=True)
class Frame:
    """The one face of a picture.

    `landmarks`: (5, 2) in pixels. `size`: the height of the face's box as a share of the picture's. `descriptor`:
    (512,).
    """

    landmarks: Landmarks
    size: float
    descriptor: Descriptor

    @property
    def yaw(self) -> float:
        """Degrees, positive towards the right edge of the picture."""
        return estimate_pose(self.landmarks)[0]


def draw_steps() -> list[Step]:
    """Return random steps: none twice in a row, and at least one turn, without which a flat picture would do."""
    while True:
        steps = [secrets.choice(list(Step)) for _number in range(STEPS)]
        turns = {Step.TURN_LEFT, Step.TURN_RIGHT} & set(steps)
        if turns and all(one != other for one, other in pairwise(steps)):
            return steps


def find_liveness_problems(steps: Sequence[Step], frames: Sequence[Frame], calibration: Calibration) -> list[str]:
    """Return the codes of what speaks against a living person, empty where nothing does.

    The codes are `steps_not_done`, `different_people` and `still_picture`. There is at least one frame.
    """
    problems = {
        "steps_not_done": not _are_done(steps, frames),
        "different_people": not _show_one_person(frames, calibration),
        "still_picture": _are_flat(frames),
    }
    return [code for code, holds in problems.items() if holds]


def _are_done(steps: Sequence[Step], frames: Sequence[Frame]) -> bool:
    """Return whether each step shows in a frame after that of the step before."""
    remaining, straightest = list(steps), _most_frontal(frames)
    for index, frame in enumerate(frames):
        if remaining and _shows(remaining[0], frame, frames[:index], straightest=straightest):
            remaining.pop(0)
    return not remaining


def _shows(step: Step, frame: Frame, before: Sequence[Frame], *, straightest: Frame) -> bool:
    match step:
        case Step.TURN_LEFT:
            return frame.yaw >= max(TURNED, straightest.yaw + TURNED_BY)
        case Step.TURN_RIGHT:
            return frame.yaw <= min(-TURNED, straightest.yaw - TURNED_BY)
        case Step.LOOK_STRAIGHT:
            return abs(frame.yaw) <= STRAIGHT
        case Step.COME_CLOSER:
            return bool(before) and frame.size >= CLOSER * min(earlier.size for earlier in before)


def _show_one_person(frames: Sequence[Frame], calibration: Calibration) -> bool:
    frontal = _most_frontal(frames)
    return all(calibration.similarity(float(frontal.descriptor @ f.descriptor)) >= SAME_PERSON for f in frames)


def _are_flat(frames: Sequence[Frame]) -> bool:
    frontal = _most_frontal(frames)
    return max(_distance_from_plane(frontal.landmarks, frame.landmarks) for frame in frames) < NOT_FLAT


def _distance_from_plane(points: Landmarks, others: Landmarks) -> float:
    """Return how far `others` lie from the best affine map of `points` at most, in distances between the eyes."""
    homogeneous = np.hstack([points, np.ones((5, 1), np.float32)])
    mapped = homogeneous @ np.linalg.lstsq(homogeneous, others, rcond=None)[0]
    between_eyes = float(np.linalg.norm(others[1] - others[0]))
    return float(np.linalg.norm(mapped - others, axis=1).max()) / max(between_eyes, 1e-6)


def _most_frontal(frames: Sequence[Frame]) -> Frame:
    return min(frames, key=lambda frame: abs(frame.yaw))
