"""Contract ids: a digest of everything that shapes a descriptor. Equal ids, comparable descriptors.

Change a `RECIPE` whenever code changes what an engine's descriptors mean, and faces are described anew instead of
being compared with vectors of another space.
"""

import hashlib
import json

from recognition.packs import Pack

INSIGHTFACE_RECIPE = (
    "scrfd 128x128 and 640x640, margin around tight faces, score 0.5, nms 0.4; from 1600 to 3200 pixels; "
    "five-point similarity to 112x112; arcface; unit length"
)
# A pack that has a network for landmarks is not run as its makers run it.
MARKED_RECIPE = (
    "yunet 640x640 with margin, and 1600x1088 or with small faces 2400x1600, up to 600 pixels, score 0.6, nms 0.3, "
    "else scrfd as for insightface; from 1600 to 3200 pixels; o-net landmarks in an upright crop of 0.85, also of "
    "faces that lie, twice, mean with the mirror image; five-point similarity to 112x112, area-reduced; mean with the "
    "mirror image; unit length"
)


def of_pack(pack: Pack) -> str:
    """Return a digest of its weights and of how they are used.

    "insightface" is the name that the engine had when the first ids were made.
    """
    networks = [pack.detector.sha256, pack.recogniser.sha256]
    if pack.landmarks:
        return _digest(["marked", *networks, pack.landmarks.sha256, MARKED_RECIPE])
    return _digest(["insightface", *networks, INSIGHTFACE_RECIPE])


def recogniser_of_pack(pack: Pack) -> str:
    """Under which name a calibration is shipped: the recogniser decides the scale of cosines, the detector hardly."""
    return f"sha256:{pack.recogniser.sha256}"


def _digest(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
