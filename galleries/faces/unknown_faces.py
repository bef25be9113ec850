"""Faces that nobody has named, described anew by the model in use, where they were found.

For faces whose description is gone, was made by another version, or is doubted. Boxes, groups and decisions stay.
"""

from typing import Any, TypedDict
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from facepass.core.errors import FacePassError
from galleries.jobs.runner import JobTurn
from galleries.models import GalleryImage, PhotoFace
from galleries.photos.pipeline import decode_photo, is_photos_fault
from recognition import pipeline
from recognition.config import recognition_settings
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.types import DescribedFace, DetectedFace


class Cursor(TypedDict):
    """How far it is: the last photo's id, and what was counted up to it."""

    photo: str
    faces: int
    unreadable: int


def run_unknown_faces_job(turn: JobTurn) -> dict[str, Any] | None:
    """The job `regenerate_unknown_descriptors` of one studio."""
    at: Cursor = turn.job.cursor or Cursor(photo=str(UUID(int=0)), faces=0, unreadable=0)
    done = turn.job.done
    left = list(_photos(turn.job.studio_id).filter(pk__gt=at["photo"]))
    total = done + len(left)
    for photo in left:
        if not turn.has_time():
            return None
        faces = _describe(photo)
        at = Cursor(
            photo=str(photo.pk), faces=at["faces"] + (faces or 0), unreadable=at["unreadable"] + (faces is None)
        )
        done += 1
        turn.report(done=done, total=total, cursor=at)
    return {"photos": done, "faces": at["faces"], "unreadable": at["unreadable"]}


def _photos(studio_id: UUID) -> "QuerySet[GalleryImage]":
    own = GalleryImage.objects.processed().filter(gallery__studio_id=studio_id)
    return own.filter(Exists(_unknown().filter(photo=OuterRef("pk")))).order_by("pk")


def _unknown() -> "QuerySet[PhotoFace]":
    """Not those without landmarks: somebody drew them where no engine saw a face."""
    return PhotoFace.objects.shown().filter(person=None).exclude(landmarks=[])


def _describe(photo: GalleryImage) -> int | None:
    """How many faces; None where the photo cannot be read."""
    settings = recognition_settings()
    faces = list(_unknown().filter(photo=photo))
    try:
        picture = decode_photo(photo, settings)
        scale = picture.shape[1] / photo.width
        found = pipeline.describe_detected(picture, [_as_found(face, scale) for face in faces], settings=settings)
    except FacePassError as refusal:
        if not is_photos_fault(refusal):
            raise
        return None
    return _write(faces, found)


def _as_found(face: PhotoFace, scale: float) -> DetectedFace:
    landmarks = np.asarray(face.landmarks, np.float32) * np.float32(scale)
    return DetectedFace(face.as_box.scaled(scale), landmarks, face.insightface_confidence)


def _write(faces: list[PhotoFace], found: list[DescribedFace]) -> int:
    """Those that are still where they were, and still nobody's."""
    current_model_version()  # may have to load the weights, so not in the transaction
    with transaction.atomic():
        ModelVersion.objects.prevent_switch()
        version = current_model_version()
        return sum(
            _unknown()
            .filter(pk=face.pk, insightface_bbox=face.insightface_bbox)
            .update(
                insightface_descriptor=described.descriptor, quality=described.quality.as_json(), model_version=version
            )
            for face, described in zip(faces, found, strict=True)
        )
