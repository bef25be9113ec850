"""What a deadline deletes, or the archive, and the receipt of it: descriptions, faces, guests, photos of an event."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from facepass.core.access.tenancy import Principal
from facepass.core.trash import entries, erased_subjects, forgetting, purge
from facepass.core.trash.registry import Counts
from facepass.models import Erasure, TrashEntry
from galleries.faces.privacy import ending, receipts
from galleries.models import GalleryImage, Occasion
from sessions_app.models import Alert, Guest, Kept, PhotoSession, ReadyNotice

# What receipts are called that are no deletion of one thing (`registry.RECEIPTS`).
RECEIPT_KINDS = {Kept.TEMPLATES: "event_descriptions", Kept.FACES: "event_faces", Kept.GUESTS: "event_guests"}


def has_any(session: PhotoSession, kept: Kept) -> bool:
    """Return whether there is any of it to be deleted."""
    return _PRESENT[kept](session.pk)


def delete_kept(session: PhotoSession, kept: Kept, *, by: Principal | None = None) -> Erasure | None:
    """Delete it for good and return the receipt; None where there is none of it. `by`: who did not want to wait."""
    if kept == Kept.PHOTOS:
        return _delete_photos(session)
    with transaction.atomic():
        PhotoSession.objects.select_for_update().filter(pk=session.pk).first()
        counts = _DELETE[kept](session.pk)
        return write_receipt(session, RECEIPT_KINDS[kept], counts, by=by) if counts else None


def write_receipt(session: PhotoSession, kind: str, counts: Counts, *, by: Principal | None) -> Erasure:
    """Write what was deleted of the event and by whom, and tell partner apps. In the transaction that deletes it."""
    numbers = {"guests": counts.get("sessions_app.Guest", 0)}
    whose = Occasion(session.studio_id, session_id=session.pk)
    return receipts.write_receipt(kind, counts, of=whose, by=by, told=numbers)


def delete_descriptions(session_id: UUID) -> Counts:
    """Delete what describes faces of the event: of its photos, and of guests who wait for more photos."""
    alerts = Alert.objects.filter(guest__session=session_id).delete()[1].get("sessions_app.Alert", 0)
    return _with(ending.end_descriptions(session_id), "sessions_app.Alert", alerts)


def delete_faces(session_id: UUID) -> Counts:
    """Delete the event's faces and what describes them; names that were confirmed stay with the photos."""
    alerts = Alert.objects.filter(guest__session=session_id).delete()[1].get("sessions_app.Alert", 0)
    return _with(ending.end_faces(session_id), "sessions_app.Alert", alerts)


def delete_guests(session_id: UUID) -> Counts:
    """Forget all guests of the event, and the addresses that wait for its photos. Who hides stays hidden."""
    guests = list(Guest.objects.filter(session=session_id).select_for_update().order_by("pk"))
    for guest in guests:
        forgetting.forget_below(guest)
    waiting = ReadyNotice.objects.filter(session=session_id).delete()[0]
    Guest.objects.filter(pk__in=[guest.pk for guest in guests]).delete()
    erased_subjects.record(Guest._meta.label, [str(guest.pk) for guest in guests])
    return _with(_with({}, "sessions_app.Guest", len(guests)), "sessions_app.ReadyNotice", waiting)


def _delete_photos(session: PhotoSession) -> Erasure | None:
    """Delete the photos with all that belongs to them, by way of the trash, whose chore ends what was interrupted."""
    photos = list(GalleryImage.objects.filter(gallery__session_id=session.pk).only("pk"))
    receipt = None
    for entry in entries.move_to_trash("photo", photos, by=None):
        TrashEntry.objects.filter(pk=entry.pk).update(due_at=timezone.now())
        receipt = purge.purge(entry.pk)
    return receipt


def _with(counts: Counts, name: str, number: int) -> Counts:
    return {**counts, name: number} if number else counts


def _has_descriptions(session_id: UUID) -> bool:
    return Alert.objects.filter(guest__session=session_id).exists() or ending.has_descriptions(session_id)


def _has_guests(session_id: UUID) -> bool:
    rows = (Guest.objects.filter(session=session_id), ReadyNotice.objects.filter(session=session_id))
    return any(some.exists() for some in rows)


def _has_photos(session_id: UUID) -> bool:
    return GalleryImage.objects.filter(gallery__session_id=session_id).exists()


_PRESENT: dict[Kept, Callable[[UUID], bool]] = {
    Kept.TEMPLATES: _has_descriptions,
    Kept.FACES: ending.has_faces,
    Kept.GUESTS: _has_guests,
    Kept.PHOTOS: _has_photos,
}
_DELETE: dict[Kept, Callable[[UUID], Counts]] = {
    Kept.TEMPLATES: delete_descriptions,
    Kept.FACES: delete_faces,
    Kept.GUESTS: delete_guests,
}
