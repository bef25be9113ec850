"""Deleting all that is known of one guest, with the receipt of it: for the guest, and for staff whom they ask."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.core import signing
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from facepass.core import events
from facepass.core.errors import FacePassError
from facepass.core.trash import erased_subjects, forgetting
from facepass.models import EventType
from sessions_app.guest_data import consent_records
from sessions_app.models import Alert, Guest, Hiding
from sessions_app.models.guest import FoundPhotoQuerySet

SALT = "sessions_app.guest.receipt"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a guest was forgotten: when, and how much was deleted. The guest keeps it, signed; it is no row."""

    id: UUID
    at: datetime
    photos: int
    favourites: int
    shares: int
    links: int
    alerts: int
    hiding: UUID | None
    # Photos of their own that waited; receipts of before had none.
    uploads: int = 0
    # The number of the record of the consent, which stays; older receipts had none.
    record: UUID | None = None

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("photos", "favourites", "shares", "links", "alerts", "uploads")}

    @property
    def token(self) -> str:
        hiding, record = (number and number.hex for number in (self.hiding, self.record))
        content = [self.id.hex, self.at.isoformat(), self.counts, hiding, record]
        return signing.dumps(content, salt=SALT, compress=True)

    @classmethod
    def from_token(cls, token: str) -> "Receipt":
        """Raise Http404 where the signature does not hold."""
        try:
            pk, at, counts, *numbers = signing.loads(token, salt=SALT)
        except signing.BadSignature:
            raise Http404 from None
        hiding, record = (UUID(number) if number else None for number in (*numbers, None)[:2])
        return cls(UUID(pk), datetime.fromisoformat(at), hiding=hiding, record=record, **counts)

    @classmethod
    def for_guest(cls, guest: Guest) -> "Receipt":
        """Count what there is of the guest now."""
        hiding = Hiding.objects.filter(guest=guest).first()
        return cls(
            id=uuid4(),
            at=timezone.now().replace(microsecond=0),
            photos=_count_files(guest.found.all()),
            favourites=_count_files(guest.found.filter(favourite=True)),
            shares=guest.shares.count(),
            links=guest.return_links.count(),
            alerts=Alert.objects.filter(guest=guest).count(),
            hiding=hiding.pk if hiding else None,
            uploads=guest.uploads.count(),
            record=guest.consent_record_id,
        )


def _count_files(found: FoundPhotoQuerySet) -> int:
    """Return how many photos a guest was shown: copies of one are one."""
    return found.values("photo__sha256").distinct().count()


@transaction.atomic
def erase_guest(guest: Guest, *, even_withdrawn: bool = False) -> Receipt:
    """Delete all that is known of the guest, and return the receipt of it.

    That is photos found, favourites, links, photos of their own that wait, the alert with its descriptor, the consent.
    What stays is the record of the consent, as withdrawn, which nothing connects with the guest any more. Raise 403
    `consent_withdrawn` where they were forgotten, or (unless `even_withdrawn`) withdrew, at the same moment.
    """
    lock_guest(guest, even_withdrawn=even_withdrawn)  # first, so that what is just being written for them goes too
    if guest.withdrawn_at is None:
        consent_records.record_withdrawal(guest, timezone.now())
    receipt = Receipt.for_guest(guest)
    studio_id = guest.session.studio_id
    data = {"receipt_id": str(receipt.id), "session_id": str(guest.session_id), "guests": 1}
    forgetting.forget_below(guest)
    Guest.objects.filter(pk=guest.pk).delete()
    erased_subjects.record(Guest._meta.label, [str(guest.pk)], receipt=receipt.id)
    events.emit(EventType.ERASURE_COMPLETED, studio_id=studio_id, data={**data, **receipt.counts})
    return receipt


def lock_guest(guest: Guest, *, even_withdrawn: bool = False) -> Guest:
    """Return the guest's row, locked until the transaction ends. Raise 403 `consent_withdrawn` where it is gone."""
    rows = Guest.objects.all() if even_withdrawn else Guest.objects.active()
    rows = rows.filter(pk=guest.pk, notice=guest.notice)
    locked = rows.select_for_update(no_key=True).first()
    if locked is None:
        message = _("The consent was withdrawn in the meantime. Nothing was kept.")
        raise FacePassError("consent_withdrawn", message, status=403)
    return locked
