"""Contract ids: a digest of everything that shapes a descriptor. Equal ids, comparable descriptors.

Change a `RECIPE` whenever code changes what an engine's descriptors mean, and faces are described anew instead of
being compared with vectors of another space.
"""

import hashlib
import json

from recognition import dlib_files
from recognition.packs import Pack, sha256

INSIGHTFACE_RECIPE = (
    "scrfd 128x128 and 640x640, margin around tight faces, score 0.5, nms 0.4; from 1600 to 3200 pixels; "
    "five-point similarity to 112x112; arcface; unit length"
)
DLIB_RECIPE = (
    "hog x2, 0.1 else -0.2 else -0.6; 5 points; from 1600 to 3200 pixels; chip 150 padding 0.25, area-reduced; "
    "resnet 128, mean with the mirror image; whitened; unit length"
)


def of_pack(pack: Pack) -> str:
    return _digest(["insightface", pack.detector.sha256, pack.recogniser.sha256, INSIGHTFACE_RECIPE])


def of_dlib() -> str:
    parts = (dlib_files.landmarks(), dlib_files.network(), dlib_files.WHITENING)
    return _digest(["dlib", *(sha256(path) for path in parts), DLIB_RECIPE])


def recogniser_of_pack(pack: Pack) -> str:
    """Under which name a calibration is shipped: the recogniser decides the scale of cosines, the detector hardly."""
    return f"sha256:{pack.recogniser.sha256}"


def recogniser_of_dlib() -> str:
    return f"sha256:{sha256(dlib_files.network())}"


def _digest(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
