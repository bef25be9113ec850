"""Have everything in memory that a search runs, so that the first guest does not wait for it."""

import numpy as np

from recognition.engines import registry
from recognition.types import Box, DetectedFace

SIDE = 640
# A face that fills the middle of the picture, as the recogniser expects its five landmarks.
_LANDMARKS = np.array([[260, 270], [380, 270], [320, 330], [270, 400], [370, 400]], np.float32)


def load_models() -> None:
    """Load the engine in use and run its networks once: a network is compiled and tested at its first run.

    Raise as `registry.get_engine` does.
    """
    engine = registry.get_engine()
    picture = np.full((SIDE, SIDE, 3), 127, np.uint8)
    engine.detect([picture])
    engine.detect([picture], close_up=True)
    engine.embed(picture, [DetectedFace(box=Box(200, 180, 240, 280), landmarks=_LANDMARKS, score=1.0)])
