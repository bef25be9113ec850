"""A guest's photos: what a search may give, and what the guest says of what it gave.

"That is not me" binds this guest's later searches and nobody else's: the face is out, and so is its group once more
than half of what the guest was shown of it was refused. Unlike `galleries.faces.decisions`, it
decides nothing for staff.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Literal
from uuid import UUID

from django.utils import timezone

from galleries.matching.search import Match, hold_existing_matches
from sessions_app import analytics
from sessions_app.analytics import What
from sessions_app.models import FoundPhoto, Guest, HiddenFace

Show = Literal["all", "me", "both", "favourites", "refused"]
SHOWS: tuple[Show, ...] = ("all", "me", "both", "favourites", "refused")
SHOWN: dict[Show, Callable[[FoundPhoto], bool]] = {
    "all": lambda row: row.refused_at is None,
    "me": lambda row: row.refused_at is None and not (row.friend and row.face_id is None),
    "both": lambda row: row.refused_at is None and row.friend and row.face_id is not None,
    "favourites": lambda row: row.refused_at is None and row.favourite,
    "refused": lambda row: row.refused_at is not None,
}


def of_guest(guest: Guest) -> list[FoundPhoto]:
    """All, in the order in which they are shown, with what a tile needs; one query."""
    return list(guest.found.in_order().for_tiles())


def filtered(rows: Iterable[FoundPhoto], show: Show) -> list[FoundPhoto]:
    return list(filter(SHOWN[show], rows))


def counts(rows: Sequence[FoundPhoto]) -> dict[Show, int]:
    """How many of them each filter shows."""
    return {show: len(filtered(rows, show)) for show in SHOWS}


def keep(guest: Guest, matches: Sequence[Match]) -> list[Match]:
    """What a search for the guest gave, best first, becomes theirs, and is returned; again it does no harm.

    Photos of earlier searches stay, after these. To be called within `consent.still_given`.
    """
    matches, now = hold_existing_matches(matches), timezone.now()
    rows = [
        FoundPhoto(guest=guest, photo=match.face.photo, face=match.face, rank=rank, found_at=now)
        for rank, match in enumerate(matches)
    ]
    _upsert(rows, update=["face", "rank", "found_at"])
    return matches


def keep_friends(guest: Guest, matches: Sequence[Match], *, add: bool) -> list[Match]:
    """Marks the photos that show the guest's friend, whose matches are returned; `add`: those that do not show the
    guest become theirs too. To be called within `consent.still_given`.
    """
    matches = hold_existing_matches(matches)
    guest.found.filter(friend=True).update(friend=False)
    guest.found.filter(photo__in=[match.face.photo_id for match in matches]).update(friend=True)
    if add:
        rows = [
            FoundPhoto(guest=guest, photo=match.face.photo, rank=rank, friend=True)
            for rank, match in enumerate(matches)
        ]
        _upsert(rows, update=["friend"])
    return matches


def _upsert(rows: list[FoundPhoto], *, update: list[str]) -> None:
    FoundPhoto.objects.bulk_create(rows, update_conflicts=True, unique_fields=["guest", "photo"], update_fields=update)


def refuse(guest: Guest, photos: Collection[UUID]) -> int:
    """ "That is not me." How many photos are gone by it."""
    return guest.found.kept().filter(photo__in=photos).update(refused_at=timezone.now(), favourite=False)


def take_back(guest: Guest, photos: Collection[UUID]) -> int:
    return guest.found.filter(photo__in=photos).update(refused_at=None)


def mark(guest: Guest, photos: Collection[UUID], *, favourite: bool) -> int:
    changed = guest.found.kept().filter(photo__in=photos).exclude(favourite=favourite).update(favourite=favourite)
    if changed and favourite:
        analytics.count(guest.session, What.FAVOURITE, number=changed)
    return changed


def allowed(guest: Guest, matches: Iterable[Match]) -> list[Match]:
    """Without what this guest refused, and without whoever does not want to be found by others."""
    refusals = _Refusals.of(guest)
    return [match for match in without_hidden(guest, matches) if not refusals.concern(match)]


def without_hidden(guest: Guest, matches: Iterable[Match]) -> list[Match]:
    """Who hides is left out where their own face is what the search was like; who stands beside them is found."""
    hidden = HiddenFace.objects.filter(hiding__session=guest.session_id).exclude(hiding__guest=guest)
    faces: set[UUID] = set()
    groups: set[UUID | None] = set()
    for face_id, group_id, with_group in hidden.values_list("face_id", "face__cluster_id", "with_group"):
        faces.add(face_id)
        groups |= {group_id} if with_group else set()
    groups.discard(None)
    return [match for match in matches if match.face.pk not in faces and match.face.cluster_id not in groups]


class _Refusals:
    def __init__(self, photos: set[UUID], groups: set[UUID]) -> None:
        self._photos = photos
        self._groups = groups

    @classmethod
    def of(cls, guest: Guest) -> "_Refusals":
        photos: set[UUID] = set()
        balance: dict[UUID, int] = defaultdict(int)
        for photo_id, group_id, refused_at in guest.found.values_list("photo_id", "face__cluster_id", "refused_at"):
            if refused_at:
                photos.add(photo_id)
            if group_id:
                balance[group_id] += 1 if refused_at else -1
        return cls(photos, {group for group, weight in balance.items() if weight > 0})

    def concern(self, match: Match) -> bool:
        return match.face.photo_id in self._photos or match.face.cluster_id in self._groups
