"""Enrolment: a picture by which a person is known from now on.

It is a photo like any other, in a gallery of the studio's own that belongs to no session, and the usual workers analyse
it. What differs: it names its `subject`, it must show exactly one usable face, and that face is the subject's without
anybody having to confirm it. The face takes the id of its picture, so it has a name before it is found.
"""

from typing import Any

from django.core.files import File
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import Principal
from facepass.core.errors import FacePassError
from facepass.models import Scope, Studio
from galleries.jobs import queue
from galleries.matching import identification, probe
from galleries.matching.identification import PersonCandidate
from galleries.models import Gallery, GalleryImage, Person
from galleries.models.gallery import GalleryKind
from galleries.models.photo import PhotoState
from galleries.photos import ingest

KIND = "enrolment"
# A photo's state in the words of tasks (`GET /api/v1/tasks/{id}`).
TASK_STATES: dict[str, str] = {
    PhotoState.PENDING: "pending",
    PhotoState.PROCESSING: "running",
    PhotoState.PROCESSED: "done",
    PhotoState.FAILED: "failed",
    PhotoState.QUARANTINED: "failed",
}


def enrol(person: Person, file: File[bytes], *, by: Principal, scope: Scope = Scope.WRITE) -> GalleryImage:
    """Stores the picture and wakes a worker. The same picture of the same person again is the same photo, tried again
    where it had failed.

    `by` must still have the scope, and the person be there, when it is kept. Raises what `ingest.add_photo` raises, and
    409 `picture_in_use` where it enrols somebody else.
    """
    gallery = get_enrolment_gallery(person.studio)
    photo, is_new = ingest.add_photo(
        gallery, file, name=ingest.clean_filename(file), subject=person, by=by, scope=scope
    )
    if photo.subject_id != person.pk:
        raise FacePassError("picture_in_use", _("This picture enrols somebody else."), status=409)
    if not is_new and photo.state in (PhotoState.FAILED, PhotoState.QUARANTINED):
        GalleryImage.objects.filter(pk=photo.pk).requeue()
        photo.refresh_from_db()
        is_new = True
    if is_new:
        queue.wake_workers(gallery.pk, photos=1)
    return photo


def find_conflict(person: Person, file: File[bytes]) -> PersonCandidate | None:
    """Somebody else of the studio whom the picture's face looks like, more than like the person; else None.

    Raises what `probe.read_picture` and `probe.describe_subject` raise. To be called before `enrol`.
    """
    face = probe.describe_subject(probe.read_picture(file))
    found = identification.identify(face.descriptor, studio_ids=[person.studio_id])
    if found.person is None or found.person == person:
        return None
    return found.candidates[0]


def get_enrolment_gallery(studio: Studio) -> Gallery:
    """The studio's own, made at its first enrolment."""
    found = Gallery.objects.filter(studio=studio, kind=GalleryKind.ENROLMENT).first()
    return (
        found
        or Gallery.objects.get_or_create(studio=studio, kind=GalleryKind.ENROLMENT, defaults={"title": "Enrolment"})[0]
    )


def describe_task(photo: GalleryImage) -> dict[str, Any]:
    """The photo's row as the task that it is, in the shape of `GET /api/v1/tasks/{id}`. `error`: a stable code."""
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
