"""Passive liveness: does one picture show a living person, or paper, a screen or a mask?"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition.liveness import model_files
from recognition.runtimes import inference_sessions, network
from recognition.types import DescribedFace, DetectedFace, Picture

if TYPE_CHECKING:
    from insightface.addons.liveness import Liveness

log = logging.getLogger(__name__)

Reason = Literal["presentation_attack", "face_near_edge"]
# The mark of a face that seems to be a picture of a face.
NOT_LIVE = "not_live"


def check_liveness(picture: Picture, face: DetectedFace) -> Reason | None:
    """Return why the face of an upright RGB picture does not count as living, or None.

    `face_near_edge`: too little is visible around the face to tell. Preprocessing and threshold are InsightFace's own
    (`insightface.addons.Liveness`). Raise FacePassError 503 as `model_files.find_liveness_model` does.
    """
    return _judge(_load_installed_model(), picture, face)


def _judge(model: "Liveness", picture: Picture, face: DetectedFace) -> Reason | None:
    bgr = np.ascontiguousarray(picture[..., ::-1])  # InsightFace expects OpenCV's channel order
    try:
        result = model.predict(bgr, face.landmarks)
    except RuntimeError as error:  # the score is no probability, or the landmarks are no face
        raise model_files.corrupt_liveness_model_error(str(error)) from error
    if result["status"] == "input_rejected":
        return "face_near_edge"
    return None if result["is_live"] else "presentation_attack"


def mark_pictures_of_faces(picture: Picture, faces: Sequence[DescribedFace]) -> list[DescribedFace]:
    """Return the faces, those on posters and screens with the mark `not_live`, where the liveness model is installed.

    A face with a reason against it is not judged: of one that is small or blurred the model can tell nothing. A model
    that is damaged marks nobody, since an event shall not wait for it.
    """
    if not model_files.is_liveness_model_installed():
        return list(faces)
    try:
        model = _load_installed_model()
        return [_marked(model, picture, found) for found in faces]
    except FacePassError as refusal:
        log.warning("faces on posters and screens are not marked: %s", refusal.message)
        return list(faces)


def _marked(model: "Liveness", picture: Picture, found: DescribedFace) -> DescribedFace:
    if found.quality.reasons or _judge(model, picture, found.face) != "presentation_attack":
        return found
    return replace(found, quality=replace(found.quality, marks=(*found.quality.marks, NOT_LIVE)))


def open_liveness_model(path: Path, *, threshold: float) -> "Liveness":
    """Return the model with its inference session. Raise FacePassError 400 `not_a_pack` where the shape is wrong."""
    from insightface.addons.liveness import Liveness  # noqa: PLC0415 - slow to import

    try:
        return Liveness(path, session=inference_sessions.inference_session(path), threshold=threshold)
    except (*network.ERRORS, RuntimeError, ValueError) as error:
        message = _("This is not a usable model pack: %(why)s.") % {"why": error}
        raise FacePassError("not_a_pack", message) from error


def _load_installed_model() -> "Liveness":
    """Raise FacePassError 503 as `model_files.find_liveness_model` does."""
    installed = model_files.find_liveness_model()
    return _load_model(installed.path, installed.sha256, installed.threshold)


@lru_cache(maxsize=1)
def _load_model(path: Path, _sha256: str, threshold: float) -> "Liveness":
    """Return the model; the digest is part of the cache's key, so that a replaced file is loaded anew."""
    try:
        return open_liveness_model(path, threshold=threshold)
    except FacePassError as refusal:
        raise model_files.corrupt_liveness_model_error(refusal.message) from refusal
