"""A guest is forgotten, or is not to be found by others. What that means stands in docs/guests.md."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.core import signing
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from facepass.core import events
from facepass.core.work.each_row import each
from facepass.models import EventType
from galleries.models import PhotoFace
from sessions_app.guest.domain import consent
from sessions_app.models import Alert, Guest, HiddenFace, Hiding

SALT = "sessions_app.guest.receipt"


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a guest was forgotten, when, and how much that was. It is signed and kept by the guest, and nowhere here."""

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
        told = [self.id.hex, self.at.isoformat(), self.counts, self.hiding and self.hiding.hex]
        return signing.dumps(told, salt=SALT, compress=True)

    @classmethod
    def read(cls, token: str) -> "Receipt":
        """Raises Http404 for what was not made here."""
        try:
            pk, at, counted, hiding = signing.loads(token, salt=SALT)
        except signing.BadSignature:
            raise Http404 from None
        return cls(UUID(pk), datetime.fromisoformat(at), hiding=UUID(hiding) if hiding else None, **counted)


@transaction.atomic
def forget(guest: Guest, *, hidden: bool) -> Receipt:
    """Everything that is known of the guest goes: photos found, favourites, links, the wish for news with its
    descriptor, the consent. `hidden`: and others do not find them from now on.

    Raises 403 `consent_withdrawn` where they were forgotten, or withdrew, at the same moment.
    """
    consent.hold(guest)  # first, so that what is just being written for them goes too
    if hidden:
        hide(guest)
    hiding = Hiding.objects.filter(guest=guest).first()
    receipt = Receipt(
        id=uuid4(),
        at=timezone.now().replace(microsecond=0),
        photos=guest.found.count(),
        favourites=guest.found.filter(favourite=True).count(),
        shares=guest.shares.count(),
        links=guest.return_links.count(),
        alerts=Alert.objects.filter(guest=guest).count(),
        hiding=hiding.pk if hiding else None,
    )
    studio_id = guest.session.studio_id
    data = {"receipt_id": str(receipt.id), "session_id": str(guest.session_id), "guests": 1}
    Guest.objects.filter(pk=guest.pk).delete()
    events.emit(EventType.ERASURE_COMPLETED, studio_id=studio_id, data={**data, **receipt.counts})
    return receipt


def forget_gone() -> None:
    """A chore: nobody asked, but they have not been here for so long that they can not come back. Hidings stay."""
    each(Guest.objects.gone().values_list("pk", flat=True), _forget_if_gone, task="forgetting guests")


@transaction.atomic
def _forget_if_gone(pk: UUID) -> None:
    """Who came back at the last moment stays."""
    if Guest.objects.select_for_update().filter(pk=pk).first() and Guest.objects.gone().filter(pk=pk).exists():
        Guest.objects.filter(pk=pk).delete()


@transaction.atomic
def hide(guest: Guest) -> Hiding | None:
    """Others no longer find the faces that were found for the guest, nor the rest of a group of which those are more
    than half. None where no face was found. Done again, it takes in what was found since.

    Raises 403 `consent_withdrawn`.
    """
    consent.hold(guest)
    shown = guest.found.kept().filter(face__isnull=False)
    there = PhotoFace.objects.filter(pk__in=shown.values("face")).hold_rows()
    faces = list(shown.filter(face__in=there).values_list("face_id", "face__cluster_id", "face__cluster__size"))
    if not faces:
        return None
    hiding, _made = Hiding.objects.get_or_create(guest=guest, defaults={"session": guest.session})
    mine = Counter(group_id for _face_id, group_id, _size in faces)
    rows = [
        HiddenFace(hiding=hiding, face_id=face_id, with_group=bool(group_id) and 2 * mine[group_id] > (size or 0))
        for face_id, group_id, size in faces
    ]
    HiddenFace.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["hiding", "face"], update_fields=["with_group"]
    )
    return hiding
