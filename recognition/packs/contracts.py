"""Contract ids: a digest of everything that shapes a descriptor. Equal ids, comparable descriptors.

Change a recipe whenever code changes what an engine's descriptors mean: faces are then described anew instead of being
compared with descriptors of another space.
"""

import hashlib
import json

from recognition.packs.installed import Pack

INSIGHTFACE_RECIPE = (
    "scrfd 128x128 and 640x640, margin around tight faces, score 0.5, nms 0.4; from 1600 to 3200 pixels; "
    "five-point similarity to 112x112; arcface; unit length"
)
# The recipe of packs with a network for landmarks, which are not run as their publishers run them.
MARKED_RECIPE = (
    "yunet 640x640 with margin, and 1600x1088 or with small faces 2400x1600, up to 600 pixels, score 0.6, nms 0.3, "
    "else scrfd as for insightface; from 1600 to 3200 pixels; o-net landmarks in an upright crop of 0.85, also of "
    "faces that lie, twice, mean with the mirror image; five-point similarity to 112x112, area-reduced; mean with the "
    "mirror image; unit length"
)


def compute_contract_id(pack: Pack) -> str:
    """Return a digest, 16 hex digits, of the pack's weights and of how they are used."""
    networks = [pack.detector.sha256, pack.recogniser.sha256]
    if pack.landmarks:
        return _digest(["marked", *networks, pack.landmarks.sha256, MARKED_RECIPE])
    # "insightface" is what the engine was called when the first ids were stored.
    return _digest(["insightface", *networks, INSIGHTFACE_RECIPE])


def calibration_key(pack: Pack) -> str:
    """Return the key of the pack's shipped calibration.

    It names the recogniser alone, which decides the scale of cosines; the detector hardly does.
    """
    return f"sha256:{pack.recogniser.sha256}"


def _digest(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
