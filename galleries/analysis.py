"""One photo, from claimed to processed: decode > thumbnails > describe > rows.

Nothing is written to the database while the picture is being worked on, and everything at the end in one transaction,
on condition that the claim still holds. So a worker may die at any point: nothing is lost, and nothing is there twice.
"""

import logging
from typing import BinaryIO, cast

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from facepass import events
from facepass.errors import FacePassError
from facepass.loaders import unreadable
from facepass.models import EventType
from galleries import media, probe, progress
from galleries.models import Gallery, GalleryImage, PhotoFace
from galleries.models.face import FaceCategory, pairs
from galleries.models.photo import State
from recognition import detection, pictures, pipeline, thumbnails
from recognition.config import RecognitionSettings, recognition_settings
from recognition.models import ModelVersion
from recognition.types import DescribedFace, Picture

log = logging.getLogger(__name__)


def analyse(photo: GalleryImage) -> None:
    """Analyses one claimed photo from start to end. A picture that cannot be read fails for good and says why.

    A dependency or model that is missing is not the photo's fault: it goes back to wait, and the error is raised.
    """
    try:
        settings = recognition_settings()
        picture = prepare(photo, settings)
        faces = pipeline.describe(picture, settings=settings)
    except FacePassError as refusal:
        refuse(photo, refusal)
    else:
        record(photo, faces, width=picture.shape[1])
    progress.publish(photo.gallery_id)


def prepare(photo: GalleryImage, settings: RecognitionSettings) -> Picture:
    """The picture as it is analysed; preview and thumbnail are made from the same decoding. Asks no database.

    Raises as `decode`, and 422 `unreadable_value` for a photo whose row holds what cannot be read.
    """
    if columns := unreadable(photo):
        message = _("Something stored with the photo cannot be read: %(columns)s.") % {"columns": ", ".join(columns)}
        raise FacePassError("unreadable_value", message, status=422, details={"columns": columns})
    picture = decode(photo, settings)
    photo.blur = thumbnails.blur(_write_thumbnails(photo, picture))
    return picture


def decode(photo: GalleryImage, settings: RecognitionSettings | None = None) -> Picture:
    """At the size of the analysis. Raises as `detection.decoded`, and `file_missing` (404)."""
    mode = (settings or recognition_settings()).detection
    try:
        with photo.file.open("rb") as stream:
            return detection.decoded(cast(BinaryIO, stream), mode)
    except FileNotFoundError as missing:
        message = _("The photo's file is not where it should be.")
        raise FacePassError("file_missing", message, status=404) from missing


def _write_thumbnails(photo: GalleryImage, picture: Picture) -> Picture:
    """Under fixed names: a second attempt writes the same files again. The smaller is made from the larger.

    Returns the smallest.
    """
    for variant, side in media.SIDES.items():
        picture = pictures.fitted(picture, longest_side=side)
        name = media.storage_name(photo, variant)
        default_storage.delete(name)
        default_storage.save(name, ContentFile(thumbnails.encode(picture, longest_side=side)))
    return picture


def record(photo: GalleryImage, faces: list[DescribedFace], *, width: int) -> None:
    """Writes the faces, found in a picture `width` pixels wide, if the claim still holds.

    A photo that enrols somebody fails here unless it shows exactly one usable face.
    """
    scale = photo.width / width
    try:
        faces = faces if photo.subject_id is None else [probe.only(faces)]
    except FacePassError as refusal:
        refuse(photo, refusal)
        return
    ModelVersion.objects.current()  # may have to load the weights, so not in the transaction
    with transaction.atomic():
        ModelVersion.objects.keep()
        version = ModelVersion.objects.current()
        mine = GalleryImage.objects.held_by(photo).select_for_update().first()
        if mine is None:
            log.warning("photo %s was taken over by another worker", photo.pk)
            return
        mine.faces.filter(verified=False, drawn=False).shown().delete()
        rows = [row_of(photo, described, version, scale=scale) for described in faces]
        _write(mine, rows) if mine.subject_id is None else _enrol(mine, *rows)
        mine.state, mine.error, mine.lease_expires_at = State.PROCESSED, "", None
        mine.processed_at, mine.blur = timezone.now(), photo.blur
        mine.save(update_fields=["state", "error", "lease_expires_at", "processed_at", "blur"])
        if mine.subject_id is None:  # who enrols is known
            _count_analysis(mine)


def _count_analysis(photo: GalleryImage) -> None:
    """Last in its transaction, because the next worker waits for this row. A photo that failed counts too: with it the
    gallery may be done.
    """
    Gallery.objects.filter(pk=photo.gallery_id).update(analyses=F("analyses") + 1)


def _write(photo: GalleryImage, rows: list[PhotoFace]) -> None:
    """A face about which a person has decided keeps its row; where another model described it, it is described anew."""
    decided = list(photo.faces.all())
    known = {new: decided[old] for new, old in pairs([row.as_box for row in rows], [f.as_box for f in decided])}
    PhotoFace.objects.bulk_create([row for number, row in enumerate(rows) if number not in known])
    for number, face in known.items():
        if face.model_version_id != rows[number].model_version_id:
            face.take_description(rows[number])


def _enrol(photo: GalleryImage, row: PhotoFace) -> None:
    """The picture's one face is its subject's, and has the picture's id. Analysed again, it keeps its row."""
    if known := photo.faces.first():
        known.take_description(row)
        return
    row.pk, row.person_id = photo.pk, photo.subject_id
    row.verified, row.face_category = True, FaceCategory.KNOWN
    row.save(force_insert=True)
    data = {"face_id": str(row.pk), "user_id": str(photo.subject_id)}
    events.emit(EventType.FACE_ENROLLED, studio_id=photo.gallery.studio_id, data=data)


def row_of(photo: GalleryImage, described: DescribedFace, version: ModelVersion, *, scale: float) -> PhotoFace:
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


def refuse(photo: GalleryImage, refusal: FacePassError) -> None:
    """Fails the photo; raises the refusal where it is not the photo's fault (a model is missing)."""
    if refusal.status >= 500:
        put_back(photo)
        raise refusal
    log.warning("photo %s failed: %s", photo.pk, refusal.code)
    with transaction.atomic():
        mine = GalleryImage.objects.held_by(photo).update(
            state=State.FAILED, error=refusal.code, lease_expires_at=None, processed_at=timezone.now()
        )
        if mine and photo.subject_id is None:
            _count_analysis(photo)


def put_back(photo: GalleryImage) -> None:
    """The attempt does not count; the row waits until its lease runs out, so that the wait is not a busy one."""
    GalleryImage.objects.held_by(photo).update(attempts=photo.attempts - 1)


def release(photo: GalleryImage) -> None:
    """Gives up a claim on which no work was done; the next worker may have it at once."""
    GalleryImage.objects.held_by(photo).update(state=State.PENDING, attempts=photo.attempts - 1, lease_expires_at=None)


def analyse_again(photos: "list[GalleryImage]") -> int:
    """Puts photos back to the start, with all their attempts; the number put back. One at work is left alone."""
    waiting = GalleryImage.objects.filter(pk__in=[photo.pk for photo in photos]).exclude(state=State.PROCESSING)
    return waiting.update(state=State.PENDING, attempts=0, error="", lease_expires_at=None, processed_at=None)
