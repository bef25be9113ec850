"""Enrolment: a picture by which a person is known from now on.

It is a photo like any other, in a gallery of the studio's own that belongs to no session, and the usual workers analyse
it. What differs: it names its `subject`, it must show exactly one usable face, and that face is the subject's without
anybody having to confirm it. The face gets the id of its picture, so clients know its id before it is found.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files import File
from django.utils import timezone
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import Principal
from facepass.core.errors import FacePassError
from facepass.models import Scope, Studio
from galleries.jobs import queue
from galleries.matching import identification, likeness, probe
from galleries.matching.identification import PersonCandidate
from galleries.models import EnrolmentConsent, Gallery, GalleryImage, Person
from galleries.models.gallery import GalleryKind
from galleries.models.photo import PhotoState
from galleries.photos import ingest
from recognition.settings.overrides import settings_in

KIND = "enrolment"
CONSENT_LENGTH = 200
# What a photo's state is called in the answers of `GET /api/v1/tasks/{id}`.
TASK_STATES: dict[str, str] = {
    PhotoState.PENDING: "pending",
    PhotoState.PROCESSING: "running",
    PhotoState.PROCESSED: "done",
    PhotoState.FAILED: "failed",
    PhotoState.QUARANTINED: "failed",
}


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """Who agreed that the picture enrols the person, when, and to which notice."""

    by: str
    at: datetime
    notice: str

    @classmethod
    def build(cls, *, by: str, at: datetime | None, notice: str) -> "ConsentGiven | None":
        """Return the consent, or None where nothing is said of any. Without `at` it was given now.

        Raise FacePassError 400 `invalid_request` where only a part is said, or it was given in the future.
        """
        by, notice = by.strip(), notice.strip()
        if not (by or notice or at):
            return None
        if not (by and notice) or max(len(by), len(notice)) > CONSENT_LENGTH:
            raise _bad_consent("consent_by", _("Say who agreed, and to which notice."))
        if at and at > timezone.now():
            raise _bad_consent("consent_at", _("A consent is given before the picture is added."))
        return cls(by, at or timezone.now(), notice)


def _bad_consent(field: str, message: str) -> FacePassError:
    return FacePassError("invalid_request", message, details={field: [message]})


@dataclass(frozen=True, slots=True)
class EnrolmentDoubt:
    """Why a picture may not show the person.

    `other`: somebody else whom it looks like. `is_unlike`: it does not look like the person's confirmed faces; the
    `similarity` to them is None where none is confirmed yet.
    """

    other: PersonCandidate | None
    similarity: float | None
    is_unlike: bool


def enrol(
    person: Person,
    file: File[bytes],
    *,
    by: Principal,
    scope: Scope = Scope.WRITE,
    consent: ConsentGiven | None = None,
) -> GalleryImage:
    """Store the picture and wake a worker; return its photo.

    The same picture of the same person again is the same photo, stored and analysed again where it had failed. `by`
    must still have the scope, and the person exist, when it is stored. `consent`: None where nobody has recorded one;
    what was recorded for the picture before stays then. Raises what `ingest.add_photo` raises, and FacePassError 409
    `picture_in_use` where the picture enrols somebody else.
    """
    gallery = get_enrolment_gallery(person.studio)
    name = ingest.clean_filename(file)
    photo, is_new = ingest.add_photo(gallery, file, name=name, subject=person, by=by, scope=scope)
    # The gallery has one photo per content, so the same picture cannot enrol two people.
    if photo.subject_id != person.pk:
        raise FacePassError("picture_in_use", _("This picture enrols somebody else."), status=409)
    if consent:
        values = {"given_by": consent.by, "given_at": consent.at, "notice": consent.notice}
        EnrolmentConsent.objects.update_or_create(photo=photo, defaults=values)
    if not is_new and photo.has_failed:
        ingest.store_again(photo, file)
        GalleryImage.objects.filter(pk=photo.pk).requeue()
        photo.refresh_from_db()
        is_new = True
    if is_new:
        queue.wake_workers(gallery.pk, photos=1)
    return photo


def find_doubt(person: Person, file: File[bytes]) -> EnrolmentDoubt | None:
    """Return why the picture may not show the person, or None. To be called before `enrol`.

    Raises what `probe.read_subject` raises.
    """
    face = probe.read_subject(file).faces[0]
    probe.require_uncovered(face)
    descriptor = face.descriptor
    found = identification.identify(descriptor, studio_ids=[person.studio_id])
    other = found.candidates[0] if found.person is not None and found.person != person else None
    similarity = likeness.measure_likeness_to(person.pk, descriptor)
    is_unlike = similarity is not None and similarity < settings_in(person.studio_id).confidence_thresholds.suggest
    return EnrolmentDoubt(other, similarity, is_unlike) if other or is_unlike else None


def get_enrolment_gallery(studio: Studio) -> Gallery:
    """Return the studio's gallery of enrolment pictures, which is created with the first of them."""
    named = {"title": "Enrolment"}
    gallery, _created = Gallery.objects.get_or_create(studio=studio, kind=GalleryKind.ENROLMENT, defaults=named)
    return gallery


def describe_task(photo: GalleryImage) -> dict[str, Any]:
    """Return the photo's analysis as a task, in the shape of `GET /api/v1/tasks/{id}`.

    `error`: a stable code; `reasons`: with `low_quality`, all that is wrong with the face.
    """
    state = TASK_STATES[photo.state]
    is_over = state in ("done", "failed")
    person = str(photo.subject_id)
    return {
        "id": str(photo.pk),
        "kind": KIND,
        "state": state,
        "progress": {"done": int(is_over), "total": 1, "eta_seconds": 0.0 if is_over else None},
        "result": {"face_id": str(photo.pk), "person_id": person, "user_id": person} if state == "done" else None,
        "error": photo.error or None,
        "reasons": photo.reason_list,
        "created_at": photo.created_at,
        "started_at": None,
        "finished_at": photo.processed_at,
    }
