"""Any InsightFace model pack: SCRFD or RetinaFace, and ArcFace, on onnxruntime.

Only these two models of a pack are loaded, from local paths; InsightFace's own `FaceAnalysis` would try to download.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime
from insightface.model_zoo import get_model
from onnxruntime.capi import onnxruntime_pybind11_state as state

from recognition import calibration, contracts, packs
from recognition.align import ARCFACE_SIZE, aligned
from recognition.packs import ModelFile, Pack
from recognition.types import Box, DetectedFace, FloatArray, Picture

# InsightFace's own default pair, for detectors that take any size: 640 finds faces of 31 pixels in a 1600-pixel
# picture, 128 adds those that fill the frame for 4 % more time. Two fixed shapes keep onnxruntime's memory small.
DETECTOR_INPUTS = [(128, 128), (640, 640)]
DETECTOR_SCORE, DETECTOR_NMS = 0.5, 0.4
# What onnxruntime raises for a file that is no model, or not one that it can run.
_RUNTIME_ERRORS: Final = (
    state.Fail,
    state.InvalidArgument,
    state.InvalidGraph,
    state.InvalidProtobuf,
    state.NoSuchFile,
    state.NotImplemented,
    state.RuntimeException,
)


class InsightFaceEngine:
    """Satisfies FaceEngine. onnxruntime's sessions may be called by several threads at once."""

    name = "insightface"

    def __init__(self, pack: Pack) -> None:
        """Raises FacePassError 503 `model_corrupt` where a file is not what was installed, or does not run."""
        packs.verify(pack)
        self.model = pack.name
        self.license = pack.license
        self.contract_id = contracts.of_pack(pack)
        self.calibration = calibration.shipped(contracts.recogniser_of_pack(pack))
        self._detector = _loaded(pack, pack.detector)
        self._detector.prepare(0, input_size=DETECTOR_INPUTS, det_thresh=DETECTOR_SCORE, nms_thresh=DETECTOR_NMS)
        self._recogniser = _loaded(pack, pack.recogniser)
        self.dimension = self._feature(np.zeros((ARCFACE_SIZE, ARCFACE_SIZE, 3), np.uint8)).shape[1]

    def detect(self, pictures: Sequence[Picture]) -> list[list[DetectedFace]]:
        return [self._faces(picture) for picture in pictures]

    def embed_many(self, pairs: Sequence[tuple[Picture, Sequence[DetectedFace]]]) -> list[FloatArray]:
        return [self.embed(picture, faces) for picture, faces in pairs]

    def embed(self, picture: Picture, faces: Sequence[DetectedFace]) -> FloatArray:
        """One crop at a time: on one thread a batch gains 0 to 3 %, costs memory, and some packs take only one."""
        crops = [_bgr(aligned(picture, face.landmarks)) for face in faces]
        found = np.concatenate([np.zeros((0, self.dimension), np.float32), *(self._feature(crop) for crop in crops)])
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)

    def _faces(self, picture: Picture) -> list[DetectedFace]:
        """A face that fills the picture is found only with a margin around it, so a picture without faces gets one."""
        bgr = _bgr(picture)
        faces = self._found(bgr, margin=0) or self._found(bgr, margin=max(bgr.shape[:2]) // 4)
        return sorted(faces, key=lambda face: -face.box.width * face.box.height)

    def _found(self, bgr: Picture, *, margin: int) -> list[DetectedFace]:
        framed = cv2.copyMakeBorder(bgr, margin, margin, margin, margin, cv2.BORDER_CONSTANT) if margin else bgr
        boxes, points = self._detector.detect(framed)
        faces = (_face(box, landmarks, margin=margin) for box, landmarks in zip(boxes, points, strict=True))
        faces = (replace(face, box=face.box.clipped(bgr)) for face in faces)
        return [face for face in faces if face.box.width > 0 and face.box.height > 0]

    def _feature(self, bgr: Picture) -> FloatArray:
        return np.asarray(self._recogniser.get_feat([bgr]), np.float32)


def _bgr(picture: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), np.uint8)


def session_options() -> onnxruntime.SessionOptions:
    """One thread: parallel workers give 1.3 to 2 times the throughput of two threads in one session."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options


def opens(path: Path) -> None:
    """Raises FacePassError 503 `model_corrupt` where onnxruntime can not open the file."""
    try:
        onnxruntime.InferenceSession(str(path), session_options(), providers=["CPUExecutionProvider"])
    except _RUNTIME_ERRORS as error:
        raise packs.corrupt(path.parent.name, f"{path.name}: {error}") from error


def _loaded(pack: Pack, file: ModelFile) -> Any:
    try:
        found = get_model(str(file.path), providers=["CPUExecutionProvider"], sess_options=session_options())
    except _RUNTIME_ERRORS as error:
        raise packs.corrupt(pack.name, f"{file.path.name}: {error}") from error
    if getattr(found, "taskname", None) != file.role:
        raise packs.corrupt(pack.name, f"{file.path.name} is not a {file.role} model")
    return found


def _face(found: FloatArray, points: FloatArray, *, margin: int) -> DetectedFace:
    x1, y1, x2, y2, score = map(float, found)
    box = Box(x1 - margin, y1 - margin, x2 - x1, y2 - y1)
    return DetectedFace(box, np.asarray(points - margin, np.float32), score=min(1.0, score))
