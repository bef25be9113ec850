"""Forgetting a guest, and hiding them from other guests' searches. docs/guests.md says what that means."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.core import signing
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from facepass.core import events
from facepass.core.trash import forgetting
from facepass.core.work.each_row import for_each_row
from facepass.models import EventType
from galleries.models import PhotoFace
from sessions_app.guest.domain import consent
from sessions_app.models import Alert, Guest, HiddenFace, Hiding

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

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("photos", "favourites", "shares", "links", "alerts")}

    @property
    def token(self) -> str:
        content = [self.id.hex, self.at.isoformat(), self.counts, self.hiding and self.hiding.hex]
        return signing.dumps(content, salt=SALT, compress=True)

    @classmethod
    def from_token(cls, token: str) -> "Receipt":
        """Raise Http404 where the signature does not hold."""
        try:
            pk, at, counts, hiding = signing.loads(token, salt=SALT)
        except signing.BadSignature:
            raise Http404 from None
        return cls(UUID(pk), datetime.fromisoformat(at), hiding=UUID(hiding) if hiding else None, **counts)

    @classmethod
    def for_guest(cls, guest: Guest) -> "Receipt":
        """Count what there is of the guest now."""
        hiding = Hiding.objects.filter(guest=guest).first()
        return cls(
            id=uuid4(),
            at=timezone.now().replace(microsecond=0),
            photos=guest.found.count(),
            favourites=guest.found.filter(favourite=True).count(),
            shares=guest.shares.count(),
            links=guest.return_links.count(),
            alerts=Alert.objects.filter(guest=guest).count(),
            hiding=hiding.pk if hiding else None,
        )


@transaction.atomic
def forget_guest(guest: Guest, *, hidden: bool) -> Receipt:
    """Delete all that is known of the guest, and return the receipt of it.

    That is photos found, favourites, links, the alert with its descriptor, the consent. `hidden`: other guests do not
    find them from now on either. Raise 403 `consent_withdrawn` where they were forgotten, or withdrew, at the same
    moment.
    """
    consent.lock_guest(guest)  # first, so that what is just being written for them goes too
    if hidden:
        hide_guest(guest)
    receipt = Receipt.for_guest(guest)
    studio_id = guest.session.studio_id
    data = {"receipt_id": str(receipt.id), "session_id": str(guest.session_id), "guests": 1}
    forgetting.forget_below(guest)
    Guest.objects.filter(pk=guest.pk).delete()
    events.emit(EventType.ERASURE_COMPLETED, studio_id=studio_id, data={**data, **receipt.counts})
    return receipt


def forget_absent_guests() -> None:
    """Delete guests who have not been there for so long that they cannot come back. A chore. Hidings stay."""
    for_each_row(Guest.objects.absent().values_list("pk", flat=True), _forget_if_absent, task="forgetting guests")


@transaction.atomic
def _forget_if_absent(pk: UUID) -> None:
    """Look again under a lock: whoever came back at the last moment stays."""
    guest = Guest.objects.select_for_update().filter(pk=pk).first()
    if guest and Guest.objects.absent().filter(pk=pk).exists():
        forgetting.forget_below(guest)
        Guest.objects.filter(pk=pk).delete()


@transaction.atomic
def hide_guest(guest: Guest) -> Hiding | None:
    """Hide the faces that were found for the guest from other guests, and return the hiding.

    Of a group of which those are more than half, the other faces are hidden too. None where no face was found. Done
    again, it takes in what was found since. Raise 403 `consent_withdrawn`.
    """
    consent.lock_guest(guest)
    found = guest.found.kept().filter(face__isnull=False)
    present = PhotoFace.objects.filter(pk__in=found.values("face")).lock_against_deletion()
    faces = list(found.filter(face__in=present).values_list("face_id", "face__cluster_id", "face__cluster__size"))
    if not faces:
        return None
    hiding, _created = Hiding.objects.get_or_create(guest=guest, defaults={"session": guest.session})
    found_of_group = Counter(group_id for _face_id, group_id, _size in faces)
    rows = [
        HiddenFace(
            hiding=hiding, face_id=face_id, with_group=bool(group_id) and 2 * found_of_group[group_id] > (size or 0)
        )
        for face_id, group_id, size in faces
    ]
    HiddenFace.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["hiding", "face"], update_fields=["with_group"]
    )
    return hiding
