"""Which faces a picture shows: an upload that is not stored, or a photo, whose rows are written if requested."""

import time
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.core.files import File
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from galleries.matching import probe
from galleries.models import GalleryImage, PhotoFace
from galleries.models.photo import PhotoState
from galleries.photos import analysis
from galleries.photos.pipeline import decode_photo, require_described
from galleries.photos.places.undescribed import load_places
from recognition import detection, pipeline
from recognition.config import RecognitionSettings
from recognition.settings.overrides import settings_in
from recognition.types import DetectionMode, FloatArray, Picture, QualityJson


@dataclass(frozen=True, slots=True)
class ReportedFace:
    """A face, in pixels of the upright picture at its full size. `pk` where it is a row of `photo_faces`."""

    pk: UUID | None
    bbox: dict[str, float]
    landmarks: FloatArray
    confidence: float
    quality: QualityJson


@dataclass(frozen=True, slots=True)
class DetectionReport:
    """`width` and `height` of the upright picture; faces largest first."""

    width: int
    height: int
    faces: list[ReportedFace]
    processing_ms: float


def detect_in_upload(file: File[bytes], *, settings: RecognitionSettings) -> DetectionReport:
    """Return the faces that the model sees in an uploaded picture. Raises what `probe.read_picture` raises."""
    started = time.perf_counter()
    width, height = probe.read_size(file)
    picture = detection.decode_for_detection(probe.open_upload(file), settings.detection)
    return DetectionReport(width, height, _describe(picture, width, settings), _milliseconds_since(started))


def detect_in_photo(photo: GalleryImage, *, mode: DetectionMode | None = None) -> DetectionReport:
    """Return the faces that the model sees in the photo now; nothing is written.

    `mode`: of detection, within the bounds of the settings. Raises as `require_described` and `decode_photo` do.
    """
    require_described(photo)
    started = time.perf_counter()
    settings = settings_in(photo.gallery.studio_id, photo.gallery.session_id, detection=mode)
    faces = _describe(decode_photo(photo, settings), photo.width, settings, select=load_places([photo]).get(photo.pk))
    return DetectionReport(photo.width, photo.height, faces, _milliseconds_since(started))


def detect_and_record(photo: GalleryImage) -> DetectionReport:
    """Analyse the photo anew as a worker would, in this process, and return its rows.

    Raises FacePassError 409 `photo_busy` while a worker has it, 422 `photo_failed` with its error where it cannot be
    analysed, and as `require_described`.
    """
    require_described(photo)
    started = time.perf_counter()
    claimed = None
    row = GalleryImage.objects.filter(pk=photo.pk)
    if row.requeue():
        claimed = row.claim_next()
    if claimed is None:
        raise _photo_busy()
    analysis.analyse_photo(claimed)
    claimed.refresh_from_db()
    if claimed.error:
        details = {"error": claimed.error}
        raise FacePassError("photo_failed", _("The picture could not be analysed."), status=422, details=details)
    if claimed.state != PhotoState.PROCESSED:  # another worker has taken it over
        raise _photo_busy()
    rows = sorted(claimed.faces.defer("insightface_descriptor"), key=lambda face: -face.as_box.area)
    return DetectionReport(
        claimed.width, claimed.height, [_report_row(row) for row in rows], _milliseconds_since(started)
    )


def _photo_busy() -> FacePassError:
    return FacePassError("photo_busy", _("This photo is being analysed."), status=409, retry_after=5)


def _describe(
    picture: Picture, width: int, settings: RecognitionSettings, *, select: pipeline.SelectFaces | None = None
) -> list[ReportedFace]:
    scale = width / picture.shape[1]
    described = pipeline.describe_picture(picture, settings=settings, select=select)
    return [
        ReportedFace(
            pk=None,
            bbox=found.face.box.as_json(),
            landmarks=found.face.landmarks,
            confidence=found.face.score,
            quality=found.quality.as_json(),
        )
        for found in (face.scaled(scale) for face in described)
    ]


def _report_row(face: PhotoFace) -> ReportedFace:
    points = np.asarray(face.landmarks, np.float32)
    return ReportedFace(face.pk, face.box, points, face.insightface_confidence, face.quality)


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
