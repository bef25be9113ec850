"""Enrolment: a picture by which a person is known from now on.

It is a photo like any other, in a gallery of the studio's own that belongs to no session, and the usual workers analyse
it. What differs: it names its `subject`, it must show exactly one usable face, and that face is the subject's without
anybody having to confirm it. The face gets the id of its picture, so clients know its id before it is found.
"""

from dataclasses import dataclass
from typing import Any

from django.core.files import File
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import Principal
from facepass.core.errors import FacePassError
from facepass.models import Scope, Studio
from galleries.jobs import queue
from galleries.matching import identification, likeness, probe
from galleries.matching.identification import PersonCandidate
from galleries.models import Gallery, GalleryImage, Person
from galleries.models.gallery import GalleryKind
from galleries.models.photo import PhotoState
from galleries.photos import ingest
from recognition.config import recognition_settings

KIND = "enrolment"
# What a photo's state is called in the answers of `GET /api/v1/tasks/{id}`.
TASK_STATES: dict[str, str] = {
    PhotoState.PENDING: "pending",
    PhotoState.PROCESSING: "running",
    PhotoState.PROCESSED: "done",
    PhotoState.FAILED: "failed",
    PhotoState.QUARANTINED: "failed",
}


@dataclass(frozen=True, slots=True)
class EnrolmentDoubt:
    """Why a picture may not show the person.

    `other`: somebody else whom it looks like. `is_unlike`: it does not look like the person's confirmed faces; the
    `similarity` to them is None where none is confirmed yet.
    """

    other: PersonCandidate | None
    similarity: float | None
    is_unlike: bool


def enrol(person: Person, file: File[bytes], *, by: Principal, scope: Scope = Scope.WRITE) -> GalleryImage:
    """Store the picture and wake a worker; return its photo.

    The same picture of the same person again is the same photo, analysed again where it had failed. `by` must still
    have the scope, and the person exist, when the picture is stored. Raises what `ingest.add_photo` raises, and
    FacePassError 409 `picture_in_use` where the picture enrols somebody else.
    """
    gallery = get_enrolment_gallery(person.studio)
    photo, is_new = ingest.add_photo(
        gallery, file, name=ingest.clean_filename(file), subject=person, by=by, scope=scope
    )
    # The gallery has one photo per content, so the same picture cannot enrol two people.
    if photo.subject_id != person.pk:
        raise FacePassError("picture_in_use", _("This picture enrols somebody else."), status=409)
    if not is_new and photo.has_failed:
        GalleryImage.objects.filter(pk=photo.pk).requeue()
        photo.refresh_from_db()
        is_new = True
    if is_new:
        queue.wake_workers(gallery.pk, photos=1)
    return photo


def find_doubt(person: Person, file: File[bytes]) -> EnrolmentDoubt | None:
    """Return why the picture may not show the person, or None. To be called before `enrol`.

    Raises what `probe.read_picture` and `probe.describe_subject` raise.
    """
    descriptor = probe.describe_subject(probe.read_picture(file)).descriptor
    found = identification.identify(descriptor, studio_ids=[person.studio_id])
    other = found.candidates[0] if found.person is not None and found.person != person else None
    similarity = likeness.measure_likeness_to(person.pk, descriptor)
    is_unlike = similarity is not None and similarity < recognition_settings().confidence_thresholds.suggest
    return EnrolmentDoubt(other, similarity, is_unlike) if other or is_unlike else None


def get_enrolment_gallery(studio: Studio) -> Gallery:
    """Return the studio's gallery of enrolment pictures, which is created with the first of them."""
    named = {"title": "Enrolment"}
    gallery, _created = Gallery.objects.get_or_create(studio=studio, kind=GalleryKind.ENROLMENT, defaults=named)
    return gallery


def describe_task(photo: GalleryImage) -> dict[str, Any]:
    """Return the photo's analysis as a task, in the shape of `GET /api/v1/tasks/{id}`. `error`: a stable code."""
    state = TASK_STATES[photo.state]
    is_over = state in ("done", "failed")
    return {
        "id": str(photo.pk),
        "kind": KIND,
        "state": state,
        "progress": {"done": int(is_over), "total": 1, "eta_seconds": 0.0 if is_over else None},
        "result": {"face_id": str(photo.pk), "user_id": str(photo.subject_id)} if state == "done" else None,
        "error": photo.error or None,
        "created_at": photo.created_at,
        "started_at": None,
        "finished_at": photo.processed_at,
    }
