"""One picture: does a network take it for a living person, or for paper, a screen or a mask?"""

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition.liveness import model_files
from recognition.runtimes import inference_sessions, network
from recognition.types import DetectedFace, Picture

Reason = Literal["presentation_attack", "face_near_edge"]


def judge(picture: Picture, face: DetectedFace) -> Reason | None:
    """Why the face is not taken for a living one; None where it is. `picture`: upright RGB.

    `face_near_edge`: too little is to be seen around the face to tell. Preprocessing and threshold are InsightFace's
    own (`insightface.addons.Liveness`). Raises FacePassError 503 as `addon.find` does.
    """
    installed = model_files.find()
    model = _opened(installed.path, installed.sha256, installed.threshold)
    bgr = np.ascontiguousarray(picture[..., ::-1])
    try:
        found = model.predict(bgr, face.landmarks)
    except RuntimeError as error:  # the score is no probability, or the landmarks are no face
        raise model_files.corrupt(str(error)) from error
    if found["status"] == "input_rejected":
        return "face_near_edge"
    return None if found["is_live"] else "presentation_attack"


def opened(path: Path, *, threshold: float) -> Any:
    """The model with its session. Raises FacePassError 400 `not_a_pack` where it is not of that shape."""
    from insightface.addons.liveness import Liveness  # noqa: PLC0415 - slow to import

    try:
        return Liveness(path, session=inference_sessions.inference_session(path), threshold=threshold)
    except (*network.ERRORS, RuntimeError, ValueError) as error:
        message = _("This is not a usable model pack: %(why)s.") % {"why": error}
        raise FacePassError("not_a_pack", message) from error


@lru_cache(maxsize=1)
def _opened(path: Path, _sha256: str, threshold: float) -> Any:
    try:
        return opened(path, threshold=threshold)
    except FacePassError as refusal:
        raise model_files.corrupt(refusal.message) from refusal
