"""One photo, from claimed to processed: decode > describe > thumbnails > rows.

Nothing is written to the database while the picture is being worked on, and everything at the end in one transaction,
on condition that the claim still holds. So a worker may die at any point: nothing is lost, and nothing is there twice.
"""

import logging
from typing import BinaryIO, cast

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from facepass.errors import FacePassError
from galleries import media, progress
from galleries.models import GalleryImage, PhotoFace
from galleries.models.photo import State
from recognition import pictures, pipeline, thumbnails
from recognition.models import ModelVersion
from recognition.types import Box, DescribedFace, Picture

log = logging.getLogger(__name__)

# Two boxes of one photo that overlap more than this are one face.
SAME_FACE_IOU = 0.5


def analyse(photo: GalleryImage) -> None:
    """Analyses a photo that `claim_next` returned. A picture that cannot be read fails for good and says why.

    A dependency or model that is missing is not the photo's fault: it goes back to wait, and the error is raised.
    """
    try:
        picture = _decode(photo)
        faces = pipeline.describe(picture)
    except FacePassError as refusal:
        if refusal.status >= 500:
            _put_back(photo)
            raise
        _fail(photo, refusal)
        return
    _write_thumbnails(photo, picture)
    _record(photo, faces, scale=photo.width / picture.shape[1])
    progress.publish(photo.gallery_id)


def _decode(photo: GalleryImage) -> Picture:
    try:
        with photo.file.open("rb") as stream:
            return pictures.decode(cast(BinaryIO, stream), longest_side=pipeline.ANALYSIS_SIDE)
    except FileNotFoundError as missing:
        raise FacePassError("file_missing", str(missing), status=404) from missing


def _write_thumbnails(photo: GalleryImage, picture: Picture) -> None:
    """Under fixed names: a second attempt writes the same files again."""
    for variant, side in media.SIDES.items():
        name = media.storage_name(photo, variant)
        default_storage.delete(name)
        default_storage.save(name, ContentFile(thumbnails.encode(picture, longest_side=side)))


def _record(photo: GalleryImage, faces: list[DescribedFace], *, scale: float) -> None:
    version = ModelVersion.objects.current()
    with transaction.atomic():
        mine = GalleryImage.objects.held_by(photo).select_for_update().first()
        if mine is None:
            log.warning("photo %s was taken over by another worker", photo.pk)
            return
        mine.faces.filter(verified=False).delete()
        kept = [Box(**face.insightface_bbox) for face in mine.faces.filter(model_version=version)]
        rows = [_row(photo, described, version, scale=scale) for described in faces]
        PhotoFace.objects.bulk_create([row for row in rows if not _is_one_of(kept, row)])
        mine.state, mine.error, mine.lease_expires_at = State.PROCESSED, "", None
        mine.processed_at = timezone.now()
        mine.save(update_fields=["state", "error", "lease_expires_at", "processed_at"])


def _is_one_of(kept: list[Box], row: PhotoFace) -> bool:
    """Whether a person has already decided about this face, in an earlier analysis of the photo."""
    return any(box.iou(Box(**row.insightface_bbox)) > SAME_FACE_IOU for box in kept)


def _row(photo: GalleryImage, described: DescribedFace, version: ModelVersion, *, scale: float) -> PhotoFace:
    """`scale` leads from the picture that was analysed to the photo's own pixels."""
    return PhotoFace(
        photo=photo,
        gallery_id=photo.gallery_id,
        model_version=version,
        insightface_bbox=described.face.box.scaled(scale).as_json(),
        insightface_confidence=described.face.score,
        insightface_descriptor=described.descriptor,
        landmarks=(described.face.landmarks * scale).round(1).tolist(),
        quality=described.quality.as_json(),
    )


def _put_back(photo: GalleryImage) -> None:
    """The attempt does not count; the row waits until its lease runs out, so that the wait is not a busy one."""
    GalleryImage.objects.held_by(photo).update(attempts=photo.attempts - 1)


def _fail(photo: GalleryImage, refusal: FacePassError) -> None:
    log.warning("photo %s failed: %s", photo.pk, refusal.code)
    GalleryImage.objects.held_by(photo).update(
        state=State.FAILED, error=refusal.code, lease_expires_at=None, processed_at=timezone.now()
    )
    progress.publish(photo.gallery_id)


def analyse_again(photos: "list[GalleryImage]") -> int:
    """Puts photos back to the start, with all their attempts; the number put back. One at work is left alone."""
    waiting = GalleryImage.objects.filter(pk__in=[photo.pk for photo in photos]).exclude(state=State.PROCESSING)
    return waiting.update(state=State.PENDING, attempts=0, error="", lease_expires_at=None, processed_at=None)
