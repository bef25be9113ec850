"""What staff and apps change of the periods and of the legal basis, by whichever door they come."""

from collections.abc import Mapping

from django.db import transaction

from facepass.models import Studio
from sessions_app.models import EventPrivacy, Kept, PhotoSession, StudioPrivacy
from sessions_app.retention import periods
from sessions_app.retention.bounds import Bounds
from sessions_app.retention.deadlines import reopen_extended
from sessions_app.retention.periods import PeriodsOwner


@transaction.atomic
def change_periods(
    owner: PeriodsOwner, days: Mapping[Kept, int | None], *, bounds: Mapping[Kept, Bounds] | None = None
) -> bool:
    """Write what this level says itself, and forget announcements of deadlines that have moved away.

    `bounds`: those of the installation, to be changed as well. Return whether anything changed. Raise as
    `periods.save_own`.
    """
    changed = bool(days or bounds) and periods.save_own(owner, days, bounds=bounds)
    if changed:
        reopen_extended(owner)
    return changed


def state_basis(whose: Studio | PhotoSession, **values: str) -> None:
    """Write `legal_basis` and `basis_note`, or the one of them that is given; an empty basis states nothing."""
    if not values:
        return
    if isinstance(whose, Studio):
        StudioPrivacy.objects.update_or_create(studio=whose, defaults=values)
    else:
        EventPrivacy.objects.update_or_create(session=whose, defaults=values)
