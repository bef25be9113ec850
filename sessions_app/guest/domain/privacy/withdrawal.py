"""Taking the consent back: at once nothing is found or shown any more, and a minute later what was kept is deleted.

Until then it can be undone. Whatever asks for a guest leaves out who has withdrawn, so nothing needs to be moved.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from facepass.core.trash import forgetting
from facepass.core.work.each_row import for_each_row
from sessions_app.guest_data import consent_records
from sessions_app.models import Alert, Guest


@transaction.atomic
def withdraw_consent(guest: Guest) -> None:
    """End the searches of the guest, and have what was kept for them deleted in a minute."""
    # Waits for what is being written for them at this moment, so that it is deleted as well.
    Guest.objects.select_for_update().filter(pk=guest.pk).first()
    now = timezone.now()
    if Guest.objects.active().filter(pk=guest.pk).update(withdrawn_at=now):
        consent_records.record_withdrawal(guest, now)


@transaction.atomic
def undo_withdrawal(guest_id: UUID) -> Guest | None:
    """Return the guest with everything that was theirs; None where it is too late."""
    guest = (
        Guest.objects.undoable().select_for_update(of=("self",)).select_related("session").filter(pk=guest_id).first()
    )
    if guest:
        guest.withdrawn_at = None
        guest.save(update_fields=["withdrawn_at"])
        consent_records.record_withdrawal(guest, None)
    return guest


def delete_withdrawn() -> None:
    """Delete what was kept for guests who withdrew a minute ago or earlier. A chore.

    Also where their event, or a photo of theirs, was moved to the trash in that minute.
    """
    for_each_row((_empty_due, _empty_trashed), lambda step: step(), task="withdrawn consents")


def _empty_due() -> None:
    for_each_row(Guest.objects.to_be_emptied().values_list("pk", flat=True), _empty_if_due, task="withdrawn consents")


@transaction.atomic
def _empty_if_due(pk: UUID) -> None:
    """Look again under a lock: whoever undid it at the last moment keeps everything."""
    guest = Guest.objects.to_be_emptied().select_for_update().filter(pk=pk).first()
    if guest is None:
        return
    alerts = Alert.objects.filter(guest=guest)
    for rows in (guest.found, guest.possible, guest.shares, guest.return_links, guest.uploads, alerts):
        rows.all().delete()
    forgetting.forget_below(guest)
    Guest.objects.filter(pk=pk).update(emptied_at=timezone.now())


def _empty_trashed() -> None:
    """Guests in the trash who have withdrawn: there nobody undoes it, so no minute is waited for."""
    keys = forgetting.list_keys(Guest, having="withdrawn_at", without="emptied_at")
    for_each_row(keys, _empty_in_trash, task="withdrawn consents")


@transaction.atomic
def _empty_in_trash(key: str) -> None:
    guest = Guest(pk=UUID(key))
    forgetting.forget_below(guest)
    forgetting.set_moment(guest, "emptied_at", timezone.now())
