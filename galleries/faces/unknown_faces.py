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
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.types import DescribedFace, DetectedFace


class UnknownFacesCursor(TypedDict):
    """How far the job is: the id of the last photo, and the counts up to it."""

    photo: str
    faces: int
    unreadable: int


def run_unknown_faces_job(turn: JobTurn) -> dict[str, Any] | None:
    """Run a turn of the job `regenerate_unknown_descriptors` of one studio."""
    position: UnknownFacesCursor = turn.job.cursor or UnknownFacesCursor(photo=str(UUID(int=0)), faces=0, unreadable=0)
    done = turn.job.done
    remaining = list(_photos_with_unknown(turn.job.studio_id).filter(pk__gt=position["photo"]))
    total = done + len(remaining)
    for photo in remaining:
        if not turn.has_time():
            return None
        faces = _describe(photo)
        position = UnknownFacesCursor(
            photo=str(photo.pk),
            faces=position["faces"] + (faces or 0),
            unreadable=position["unreadable"] + (faces is None),
        )
        done += 1
        turn.report(done=done, total=total, cursor=position)
    return {"photos": done, "faces": position["faces"], "unreadable": position["unreadable"]}


def _photos_with_unknown(studio_id: UUID) -> "QuerySet[GalleryImage]":
    own = GalleryImage.objects.processed().describable().filter(gallery__studio_id=studio_id)
    return own.filter(Exists(_unknown().filter(photo=OuterRef("pk")))).order_by("pk")


def _unknown() -> "QuerySet[PhotoFace]":
    """Return unnamed faces that are shown.

    Not those without landmarks: they were drawn where no engine sees a face.
    """
    return PhotoFace.objects.shown().filter(person=None).exclude(landmarks=[])


def _describe(photo: GalleryImage) -> int | None:
    """Describe the photo's unknown faces anew; return how many, or None where the photo cannot be read."""
    settings = photo.gallery.load_settings()
    faces = list(_unknown().filter(photo=photo))
    try:
        picture = decode_photo(photo, settings)
        scale = picture.shape[1] / photo.width
        found = pipeline.describe_detected(picture, [_as_detected(face, scale) for face in faces], settings=settings)
    except FacePassError as refusal:
        if not is_photos_fault(refusal):
            raise
        return None
    return _write(faces, found)


def _as_detected(face: PhotoFace, scale: float) -> DetectedFace:
    landmarks = np.asarray(face.landmarks, np.float32) * np.float32(scale)
    return DetectedFace(face.as_box.scaled(scale), landmarks, face.insightface_confidence)


def _write(faces: list[PhotoFace], found: list[DescribedFace]) -> int:
    """Write the descriptions of faces that still have the same box and no name; return how many."""
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
