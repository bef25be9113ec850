"""A deterministic engine for tests: a "face" is a magenta frame around four coloured cells that identify a person.

`facepass/testing/pictures/fake.py` draws such pictures. The frame survives JPEG, scaling and rotation by EXIF; the
cells hold 24 bits of identity, and the middle holds how far this view of the person is from their best one. No
environment variable selects the engine, and it calls itself `fake` wherever an engine is shown.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from recognition.calibration import Calibration
from recognition.engines.base import PictureFaces
from recognition.packs.licenses import License
from recognition.types import Box, Descriptor, Descriptors, DetectedFace, Picture

DIMENSION = 128
FRAME = (255, 0, 255)
# Four levels for each channel of four cells: 4 ** 12 people. At 64 apart JPEG and scaling cannot confuse them.
LEVELS = (48, 112, 176, 240)
# The middle is grey in steps of 32: view 0 is the best one, and each step takes 0.1 from the cosine to it.
VIEW_STEP = 32
# In fractions of the square's side: frame, and the centres of cells and middle.
FRAME_WIDTH = 1 / 8
CELL_CENTRES = ((0.27, 0.27), (0.73, 0.27), (0.27, 0.73), (0.73, 0.73))
LANDMARKS = ((0.32, 0.38), (0.68, 0.38), (0.5, 0.58), (0.35, 0.78), (0.65, 0.78))
SMALLEST = 16


class FakeEngine:
    """Satisfies FaceEngine. Cosine is 1 - 0.1 * view for one person, and near 0 (at most about 0.35) between two."""

    name = "fake"
    model = "squares"
    dimension = DIMENSION
    contract_id = "fake-squares-1"
    license = License("none: test pictures only", commercial=True)
    unmistakable_score = 0.0
    calibration = Calibration(((-1.0, 0.0), (0.35, 0.4), (0.45, 0.5), (1.0, 1.0)), True, "by construction")

    def detect(
        self, pictures: Sequence[Picture], *, fast: bool = False, close_up: bool = False
    ) -> list[list[DetectedFace]]:
        return [_detect_squares(picture) for picture in pictures]

    def embed_many(self, pairs: Sequence[PictureFaces]) -> list[Descriptors]:
        return [self.embed(picture, faces) for picture, faces in pairs]

    def embed(self, picture: Picture, faces: Sequence[DetectedFace]) -> Descriptors:
        descriptors = [_descriptor(picture, face.box) for face in faces]
        return np.array(descriptors, np.float32).reshape(len(faces), DIMENSION)


def _detect_squares(picture: Picture) -> list[DetectedFace]:
    """Return the magenta frames, largest first."""
    red, green, blue = (picture[..., channel].astype(np.int16) for channel in range(3))
    magenta = ((np.minimum(red, blue) - green) > 120) & (np.abs(red - blue) < 80)
    count, _, stats, _ = cv2.connectedComponentsWithStats(magenta.astype(np.uint8), connectivity=8)
    boxes = [Box(*map(float, stats[i, :4])) for i in range(1, count)]
    faces = [_face(box) for box in boxes if min(box.width, box.height) >= SMALLEST and _is_square(box)]
    return sorted(faces, key=lambda face: -face.box.width * face.box.height)


def _is_square(box: Box) -> bool:
    return 0.8 < box.width / box.height < 1.25


def _face(box: Box) -> DetectedFace:
    points = [(box.x + fx * box.width, box.y + fy * box.height) for fx, fy in LANDMARKS]
    return DetectedFace(box, np.array(points, np.float32), score=0.99)


def _descriptor(picture: Picture, box: Box) -> Descriptor:
    cells = [_median_colour(picture, box, centre) for centre in CELL_CENTRES]
    identity = [int(np.argmin(np.abs(np.array(LEVELS) - value))) for cell in cells for value in cell]
    view = round(float(np.mean(_median_colour(picture, box, (0.5, 0.5)))) / VIEW_STEP)
    best, other = _random_unit([1, *identity]), _random_unit([2, view, *identity])
    other -= best * float(other @ best)
    cosine = 1 - 0.1 * view
    descriptor = cosine * best + np.sqrt(1 - cosine**2) * other / np.linalg.norm(other)
    return np.asarray(descriptor, np.float32)


def _median_colour(picture: Picture, box: Box, centre: tuple[float, float]) -> list[float]:
    """Return the median RGB around a point that is given in shares of the box."""
    x, y = int(box.x + centre[0] * box.width), int(box.y + centre[1] * box.height)
    near = max(1, int(box.width / 24))
    patch = picture[max(0, y - near) : y + near + 1, max(0, x - near) : x + near + 1].reshape(-1, 3)
    return [float(value) for value in np.median(patch, axis=0)]


def _random_unit(seed: list[int]) -> Descriptor:
    """Return a vector of unit length that depends on the seed alone."""
    vector = np.random.default_rng(seed).standard_normal(DIMENSION)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)
