"""An event archived without faces: photos and the names that were confirmed stay, everything about faces goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from facepass.core.access.tenancy import Principal
from facepass.core.trash import erased_subjects
from facepass.models import Erasure, User
from galleries.faces.privacy import ending
from galleries.models import FaceCluster, GalleryImage, PhotoFace
from sessions_app.models import EventPrivacy, Guest, Hiding, Kept, Origin, PhotoSession, RetentionStep
from sessions_app.retention import deletion

# What the list of what was erased calls the faces of an event, so that a back-up loses them again.
LABEL = "sessions_app.PhotoSession.faces"
GONE = (Kept.TEMPLATES, Kept.FACES, Kept.GUESTS)


@dataclass(frozen=True, slots=True)
class ArchivePreview:
    """How much would go, and how much stays: `names` is how often somebody is confirmed in a photo."""

    faces: int
    groups: int
    guests: int
    photos: int
    names: int


def preview_archive(session: PhotoSession) -> ArchivePreview:
    return ArchivePreview(
        faces=PhotoFace.objects.filter(gallery__session_id=session.pk).count(),
        groups=FaceCluster.objects.filter(session_id=session.pk, size__gt=0).count(),
        guests=Guest.objects.filter(session=session).count(),
        photos=GalleryImage.objects.filter(gallery__session_id=session.pk).count(),
        names=ending.count_names(session.pk),
    )


@transaction.atomic
def archive_event(session: PhotoSession, *, by: Principal | None) -> Erasure:
    """Close the event for good, delete its faces and guests with what describes them, and return the receipt.

    Photos stay, and who was confirmed in them. It cannot be undone. Done again, it deletes what has come in since.
    """
    locked = PhotoSession.objects.select_for_update().get(pk=session.pk)
    if locked.origin == Origin.LOCAL and locked.facepass_enabled:
        locked.facepass_enabled = False
        locked.save(update_fields=["facepass_enabled", "updated_at"])
    _note(locked, by=by)
    counts = {**deletion.delete_faces(session.pk), **deletion.delete_guests(session.pk)}
    Hiding.objects.filter(session=session.pk).delete()  # without a face nobody is left who could be found
    receipt = deletion.write_receipt(locked, "event_archive", counts, by=by)
    erased_subjects.record(LABEL, [str(session.pk)], receipt=receipt.pk)
    for kept in GONE:
        done = {"warned_at": timezone.now(), "done_at": timezone.now(), "receipt": receipt}
        RetentionStep.objects.update_or_create(session=locked, kept=kept, defaults=done)
    return receipt


def archive_again(keys: Sequence[str]) -> int:
    """Archive events that were archived before, and came back with a back-up; return how many there were."""
    sessions = list(PhotoSession.objects.filter(pk__in=keys))
    for session in sessions:
        archive_event(session, by=None)
    return len(sessions)


def _note(session: PhotoSession, *, by: Principal | None) -> None:
    privacy, _made = EventPrivacy.objects.get_or_create(session=session)
    if privacy.archived_at is None:
        privacy.archived_at, privacy.archived_by = timezone.now(), by if isinstance(by, User) else None
        privacy.save(update_fields=["archived_at", "archived_by"])
