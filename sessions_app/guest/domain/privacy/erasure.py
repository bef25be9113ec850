"""Forgetting a guest, and hiding them from other guests' searches. docs/guests.md says what that means."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from facepass.core.trash import forgetting, traces
from facepass.core.work.each_row import for_each_row
from galleries.models import PhotoFace
from sessions_app.guest_data.erasure import Receipt, erase_guest, lock_guest
from sessions_app.models import Guest, HiddenFace, Hiding


@transaction.atomic
def forget_guest(guest: Guest, *, hidden: bool) -> Receipt:
    """Delete all that is known of the guest, and return the receipt of it.

    `hidden`: other guests do not find them from now on either. Raise as `guest_data.erasure.erase_guest`.
    """
    if hidden:
        hide_guest(guest)
    return erase_guest(guest)


def erase_guests(keys: Sequence[str]) -> int:
    """Forget guests who were forgotten before, and came back with a back-up; return how many there were.

    Whoever hid does so still: hidings outlive their guests.
    """
    guests = list(Guest.objects.select_related("session").filter(pk__in=keys))
    for guest in guests:
        with transaction.atomic():
            forgetting.forget_below(guest)
            traces.forget_rows(Guest._meta.label, [str(guest.pk)])
            Guest.objects.filter(pk=guest.pk).delete()
    return len(guests)


def forget_absent_guests() -> None:
    """Delete guests who have not been there for so long that they cannot come back. A chore. Hidings stay."""
    for_each_row(Guest.objects.absent().values_list("pk", flat=True), _forget_if_absent, task="forgetting guests")


@transaction.atomic
def _forget_if_absent(pk: UUID) -> None:
    """Look again under a lock: whoever came back at the last moment stays."""
    guest = Guest.objects.select_for_update().filter(pk=pk).first()
    if guest and Guest.objects.absent().filter(pk=pk).exists():
        forgetting.forget_below(guest)
        traces.forget_rows(Guest._meta.label, [str(pk)])
        Guest.objects.filter(pk=pk).delete()


@transaction.atomic
def hide_guest(guest: Guest) -> Hiding | None:
    """Hide the faces that were found for the guest from other guests, and return the hiding.

    Of a group of which those are more than half, the other faces are hidden too. None where no face was found. Done
    again, it takes in what was found since. Raise 403 `consent_withdrawn`.
    """
    lock_guest(guest)
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
