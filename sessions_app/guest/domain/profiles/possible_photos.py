"""“Are these you too?”: photos that a search holds for possible, and what the guest answers.

Yes makes the photo the guest's, and helps their next search: a group with a face that they confirmed needs only be
possible to be found. No is “not me”. Only who was found is asked: a stranger is offered nothing.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from galleries.matching.search import Match, lock_existing_matches
from galleries.models.copies import keep_one_copy
from sessions_app.guest.domain import matched_photos
from sessions_app.guest.domain.privacy import consent
from sessions_app.models import FoundPhoto, Guest, PossiblePhoto

# As many are asked about at once; the next ones follow when these are answered.
ASKED_AT_ONCE = 12
# Whoever was found on no more photos than this is told that another selfie may find more.
FEW_PHOTOS = 4
# Confirmed photos come after those that a search found by itself.
_AFTER_FOUND = 10_000


def record_possible(guest: Guest, matches: Sequence[Match]) -> None:
    """Ask the guest about these photos, beside those that they are asked about already.

    Those that they have, or refused, are left out. To be called within `consent.hold_consent`, after what was found is
    recorded.
    """
    guest.possible.of_photos(guest.found.values_list("photo_id", flat=True)).delete()
    if not matches:
        return
    known = set(guest.found.values_list("photo__sha256", flat=True))
    new = [
        match
        for match in lock_existing_matches(matches, session_id=guest.session_id)
        if match.face.photo.sha256 not in known
    ]
    rows = [
        PossiblePhoto(guest=guest, photo=match.face.photo, face=match.face, rank=rank) for rank, match in enumerate(new)
    ]
    PossiblePhoto.objects.bulk_create(rows, ignore_conflicts=True)


def list_possible(guest: Guest) -> list[FoundPhoto]:
    """Return what the guest is asked about now, best first, as rows for tiles; one query."""
    rows = guest.possible.shown().select_related("photo", "face").defer("face__insightface_descriptor")
    asked = keep_one_copy(rows, photo_of=lambda row: row.photo)[:ASKED_AT_ONCE]
    return [FoundPhoto(photo=row.photo, face=row.face) for row in asked]


def list_confirmed_faces(guest: Guest) -> list[UUID]:
    """Return the faces of which the guest said “yes, that is me”."""
    rows = guest.found.kept().filter(confirmed_at__isnull=False, face__isnull=False)
    return [face for face in rows.values_list("face_id", flat=True) if face]


def confirm_photos(guest: Guest, photos: Collection[UUID]) -> int:
    """Make photos the guest's of which they were asked and said yes. Raise as `consent.hold_consent`."""
    return _answer(guest, photos, confirmed_at=timezone.now())


def deny_photos(guest: Guest, photos: Collection[UUID]) -> int:
    """Record that the guest is not on these photos, and ask no more about groups that are mostly not theirs.

    Raise as `consent.hold_consent`.
    """
    denied = _answer(guest, photos, refused_at=timezone.now())
    guest.possible.filter(face__cluster__in=matched_photos.list_refused_groups(guest)).delete()
    return denied


def _answer(guest: Guest, photos: Collection[UUID], **answer: datetime) -> int:
    with consent.hold_consent(guest):
        rows = list(guest.possible.shown().of_photos(photos).select_for_update(of=("self",)))
        last = guest.found.aggregate(last=Max("found_at"))["last"] or timezone.now()
        FoundPhoto.objects.bulk_create(
            [
                FoundPhoto(
                    guest=guest, photo_id=row.photo_id, face_id=row.face_id, rank=_AFTER_FOUND + row.rank,
                    found_at=last, **answer,
                )
                for row in rows
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        guest.possible.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
