"""The faces found in a photo become rows: new ones, and the photo's own described anew.

A face that the photo has already keeps its row, and with it all that people decided about it; one that was erased
stays away. All is written in one transaction, on condition that the worker's claim on the photo still holds.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import numpy as np
from django.db import transaction
from django.utils import timezone

from facepass.core import events
from facepass.core.logs.log_lines import log_line
from facepass.core.work import work_counts
from facepass.models import EventType
from galleries.matching import descriptors
from galleries.models import FaceCluster, GalleryImage, PhotoFace
from galleries.models.face import DESCRIPTION_COLUMNS, GUESS_COLUMNS, FaceCategory
from galleries.models.gallery import Limit
from galleries.models.photo import PhotoState
from galleries.photos import same_faces
from galleries.photos.places import left_out
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.types import DescribedFace

log = logging.getLogger(__name__)


def record_faces(photo: GalleryImage, faces: Sequence[DescribedFace], *, scale: float) -> None:
    """Write the faces and mark the photo as processed, if the claim that `photo` stands for still holds.

    `scale`: the factor from pixels of the picture that was analysed to the photo's own. A picture that enrols somebody
    comes with its one face. Raises FacePassError as `current_model_version`.
    """
    current_model_version()  # may have to load the weights, so not in the transaction
    with transaction.atomic():
        ModelVersion.objects.prevent_switch()
        version = current_model_version()
        held = GalleryImage.objects.held_by(photo).select_for_update().first()
        if held is None:
            log.warning("photo %s was taken over by another worker", photo.pk)
            return
        # `photo` was read before the picture was worked on; only `held` is what the row is now.
        rows = [build_face(photo, described, version, scale=scale) for described in faces]
        if held.subject_id is not None:
            _enrol(held, *rows)
        elif not held.gallery.is_limited(Limit.FACELESS):
            _write(held, rows, version)
        held.state, held.error, held.lease_expires_at = PhotoState.PROCESSED, "", None
        held.processed_at, held.blur = timezone.now(), photo.blur
        held.picture_hash, held.sharpness = photo.picture_hash, photo.sharpness
        measured = ["blur", "picture_hash", "sharpness"]
        held.save(update_fields=["state", "error", "lease_expires_at", "processed_at", *measured])
        held.count_analysis()
    _log_analysis(held, faces=len(rows))


def _log_analysis(photo: GalleryImage, *, faces: int) -> None:
    waited = photo.processed_at - photo.created_at if photo.processed_at else timedelta()
    work_counts.count("analysis", "processed")
    work_counts.observe("photo_seconds", waited.total_seconds())
    log_line(
        log,
        "analysis",
        request_id=photo.request_id,
        photo=str(photo.pk),
        gallery=str(photo.gallery_id),
        attempt=photo.attempts,
        faces=faces,
        seconds=round(waited.total_seconds(), 1),
    )


def _write(photo: GalleryImage, rows: list[PhotoFace], version: ModelVersion) -> None:
    """Write what the analysis found. To be called with the photo locked.

    Of the rows that are not found again, those stay to which something is bound.
    """
    known = [face for face in _lock_faces(photo) if not face.is_of_whole_photo]
    comparison = _Comparison.between(rows, known, version, photo=photo)
    erased = [face.as_box for face in photo.erased_faces.all()]
    matching = same_faces.match_faces(
        [row.as_box for row in rows], [face.as_box for face in known], erased=erased, alike=comparison.same_person
    )
    PhotoFace.objects.bulk_create(left_out.keep_out(photo, [row for i, row in enumerate(rows) if matching.is_new(i)]))
    # A face at the same place that is clearly not the same person: the photo's file was replaced.
    changed = {known[j].pk for i, j in matching.known.items() if (i, j) in comparison.other_person}
    _describe_anew(photo, {known[j]: rows[i] for i, j in matching.known.items()}, changed=changed)
    # Of the old rows that no new face matched, those go with which nothing is lost.
    found_again = {known[j].pk for j in matching.known.values()}
    if missing := [face.pk for face in known if face.pk not in found_again]:
        photo.faces.filter(pk__in=missing).unbound().delete()


def _lock_faces(photo: GalleryImage) -> list[PhotoFace]:
    """Return the photo's faces, locked; their groups are locked before them, as decisions do it."""
    groups = FaceCluster.objects.filter(pk__in=photo.faces.exclude(cluster=None).values("cluster"))
    list(groups.order_by("pk").select_for_update().values_list("pk"))
    return list(photo.faces.order_by("pk").select_for_update(of=("self",)))


def _describe_anew(photo: GalleryImage, described: dict[PhotoFace, PhotoFace], *, changed: set[UUID]) -> None:
    """Give each face the description of its new row.

    `changed`: faces at whose place the photo shows somebody else now, because its file was changed. What a model
    guessed of them goes, what a person decided stays.
    """
    # A face that somebody decided about keeps its name and group, whatever the new descriptor says.
    guessed = changed.difference(photo.faces.decided().filter(pk__in=changed).values_list("pk", flat=True))
    for face, row in described.items():
        face.copy_description_from(row)
        if face.pk in guessed:
            face.clear_guesses()
    PhotoFace.objects.bulk_update(
        described, [name.removesuffix("_id") for name in (*DESCRIPTION_COLUMNS, *GUESS_COLUMNS)]
    )


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The faces found compared with those that the photo has, where one model version described both.

    `same_person`: pairs (found, known), by index, beyond doubt; `other_person`: pairs that are not one person.
    """

    same_person: frozenset[tuple[int, int]]
    other_person: frozenset[tuple[int, int]]

    @classmethod
    def between(
        cls, rows: Sequence[PhotoFace], known: Sequence[PhotoFace], version: ModelVersion, *, photo: GalleryImage
    ) -> "_Comparison":
        comparable = [
            index
            for index, face in enumerate(known)
            if face.model_version_id == version.pk and face.insightface_descriptor is not None
        ]
        if not rows or not comparable:
            return cls(frozenset(), frozenset())
        before = np.stack([descriptors.as_array(known[index].insightface_descriptor) for index in comparable])
        cosines = np.stack([descriptors.as_array(row.insightface_descriptor) for row in rows]) @ before.T
        rules = photo.gallery.load_settings().confidence_thresholds
        masks = cosines >= version.scores.cosine(rules.assign), cosines < version.scores.cosine(rules.verify)
        return cls(*(frozenset((int(i), comparable[j]) for i, j in np.argwhere(mask)) for mask in masks))


def _enrol(photo: GalleryImage, row: PhotoFace) -> None:
    """Write the picture's one face, which is its subject's and has the picture's id.

    Analysed again, the face keeps its row.
    """
    if known := photo.faces.first():
        known.copy_description_from(row)
        known.save(update_fields=[name.removesuffix("_id") for name in DESCRIPTION_COLUMNS])
        return
    row.pk, row.person_id = photo.pk, photo.subject_id
    row.verified, row.face_category = True, FaceCategory.KNOWN
    row.save(force_insert=True)
    person = str(photo.subject_id)
    data = {"face_id": str(row.pk), "person_id": person, "user_id": person}
    events.emit(EventType.FACE_ENROLLED, studio_id=photo.gallery.studio_id, data=data)


def build_face(photo: GalleryImage, described: DescribedFace, version: ModelVersion, *, scale: float) -> PhotoFace:
    """Return an unsaved row for the face. `scale`: from pixels of the picture that was analysed to the photo's own."""
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
