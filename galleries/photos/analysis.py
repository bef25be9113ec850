"""One photo, from claimed to processed: decode > thumbnails > describe > rows.

Nothing is written to the database while the picture is being worked on, and everything at the end in one transaction,
on condition that the claim still holds. So a worker may die at any point: nothing is lost, and nothing is there twice.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast
from uuid import UUID

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from facepass.core import events
from facepass.core.database.value_loaders import unreadable
from facepass.core.errors import FacePassError
from facepass.models import EventType
from galleries.matching import descriptors, probe
from galleries.models import FaceCluster, Gallery, GalleryImage, PhotoFace
from galleries.models.face import DESCRIPTION, GUESS, FaceCategory
from galleries.models.photo import PhotoState
from galleries.photos import media_files, progress, same_faces
from recognition import detection, pipeline
from recognition.config import RecognitionSettings, recognition_settings
from recognition.models import ModelVersion
from recognition.pictures import decoding, thumbnails
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
    progress.publish_progress(photo.gallery_id)


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
    for variant, side in media_files.SIDES.items():
        picture = decoding.fitted(picture, longest_side=side)
        name = media_files.storage_name(photo, variant)
        default_storage.delete(name)
        default_storage.save(name, ContentFile(thumbnails.encode(picture, longest_side=side)))
    return picture


def record(photo: GalleryImage, faces: list[DescribedFace], *, width: int) -> None:
    """Writes the faces, found in a picture `width` pixels wide, if the claim still holds.

    A photo that enrols somebody fails here unless it shows exactly one usable face.
    """
    scale = photo.width / width
    try:
        faces = faces if photo.subject_id is None else [probe.require_single_usable(faces)]
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
        rows = [row_of(photo, described, version, scale=scale) for described in faces]
        _write(mine, rows, version) if mine.subject_id is None else _enrol(mine, *rows)
        mine.state, mine.error, mine.lease_expires_at = PhotoState.PROCESSED, "", None
        mine.processed_at, mine.blur = timezone.now(), photo.blur
        mine.save(update_fields=["state", "error", "lease_expires_at", "processed_at", "blur"])
        if mine.subject_id is None:  # who enrols is known
            _count_analysis(mine)


def _count_analysis(photo: GalleryImage) -> None:
    """Last in its transaction, because the next worker waits for this row. A photo that failed counts too: with it the
    gallery may be done.
    """
    Gallery.objects.filter(pk=photo.gallery_id).mark_for_grouping()


def _write(photo: GalleryImage, rows: list[PhotoFace], version: ModelVersion) -> None:
    """Write what the analysis found. A face that was there before keeps its row; one that was erased stays away.

    Of the rows that are not found again, those stay to which something is bound. To be called with the photo locked.
    """
    old = _locked_faces(photo)
    likeness = _Likeness.of(rows, old, version)
    erased = [gone.as_box for gone in photo.erased_faces.all()]
    found = same_faces.match_faces(
        [row.as_box for row in rows], [face.as_box for face in old], erased=erased, alike=likeness.sure
    )
    PhotoFace.objects.bulk_create([row for index, row in enumerate(rows) if found.is_new(index)])
    _describe_anew(photo, {old[j]: rows[i] for i, j in found.known.items()}, changed=likeness.changed(found, old))
    seen = {old[j].pk for j in found.known.values()}
    if unseen := [face.pk for face in old if face.pk not in seen]:
        photo.faces.filter(pk__in=unseen).unbound().delete()


def _locked_faces(photo: GalleryImage) -> list[PhotoFace]:
    """Groups before faces, in the order in which decisions lock them."""
    groups = FaceCluster.objects.filter(pk__in=photo.faces.exclude(cluster=None).values("cluster"))
    list(groups.order_by("pk").select_for_update().values_list("pk"))
    return list(photo.faces.order_by("pk").select_for_update(of=("self",)))


def _describe_anew(photo: GalleryImage, described: dict[PhotoFace, PhotoFace], *, changed: set[UUID]) -> None:
    """Each face takes the description of its new row. Those that `changed` show somebody else now, as far as a model
    can say: what it guessed goes, what a person decided stays.
    """
    guessed = changed.difference(photo.faces.decided().filter(pk__in=changed).values_list("pk", flat=True))
    for face, row in described.items():
        face.copy_description_from(row)
        if face.pk in guessed:
            face.clear_guesses()
    PhotoFace.objects.bulk_update(described, [name.removesuffix("_id") for name in (*DESCRIPTION, *GUESS)])


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How like the faces found are to those that the photo has, where one model version described both.

    `sure`: pairs (found, known) that are one person beyond doubt. `unlike`: pairs that are not.
    """

    sure: frozenset[tuple[int, int]]
    unlike: frozenset[tuple[int, int]]

    @classmethod
    def of(cls, rows: Sequence[PhotoFace], old: Sequence[PhotoFace], version: ModelVersion) -> "_Likeness":
        comparable = [
            j for j, f in enumerate(old) if f.model_version_id == version.pk and f.insightface_descriptor is not None
        ]
        if not rows or not comparable:
            return cls(frozenset(), frozenset())
        known = np.stack([descriptors.as_array(old[j].insightface_descriptor) for j in comparable])
        cosines = np.stack([descriptors.as_array(row.insightface_descriptor) for row in rows]) @ known.T
        rules = recognition_settings().confidence_thresholds
        sure, unlike = cosines >= version.scores.cosine(rules.assign), cosines < version.scores.cosine(rules.verify)
        return cls(*(frozenset((int(i), comparable[j]) for i, j in np.argwhere(mask)) for mask in (sure, unlike)))

    def changed(self, found: same_faces.FaceMatching, old: Sequence[PhotoFace]) -> set[UUID]:
        """The faces at whose place the photo shows somebody else now: its file was changed."""
        return {old[j].pk for i, j in found.known.items() if (i, j) in self.unlike}


def _enrol(photo: GalleryImage, row: PhotoFace) -> None:
    """The picture's one face is its subject's, and has the picture's id. Analysed again, it keeps its row."""
    if known := photo.faces.first():
        known.copy_description_from(row)
        known.save(update_fields=[name.removesuffix("_id") for name in DESCRIPTION])
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
            state=PhotoState.FAILED, error=refusal.code, lease_expires_at=None, processed_at=timezone.now()
        )
        if mine and photo.subject_id is None:
            _count_analysis(photo)


def put_back(photo: GalleryImage) -> None:
    """The attempt does not count; the row waits until its lease runs out, so that the wait is not a busy one."""
    GalleryImage.objects.held_by(photo).update(attempts=photo.attempts - 1)


def release(photo: GalleryImage) -> None:
    """Gives up a claim on which no work was done; the next worker may have it at once."""
    GalleryImage.objects.held_by(photo).update(
        state=PhotoState.PENDING, attempts=photo.attempts - 1, lease_expires_at=None
    )


def analyse_again(photos: "list[GalleryImage]") -> int:
    """Puts photos back to the start, with all their attempts; the number put back. One at work is left alone."""
    waiting = GalleryImage.objects.filter(pk__in=[photo.pk for photo in photos]).exclude(state=PhotoState.PROCESSING)
    return waiting.update(state=PhotoState.PENDING, attempts=0, error="", lease_expires_at=None, processed_at=None)
