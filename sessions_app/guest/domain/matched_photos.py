"""A guest's photos: what a search may give them, and what they say of what it gave.

"That is not me" binds this guest's later searches and nobody else's: the face is left out, and so is its group once
the guest has refused more than half of what they were shown of it. Unlike `galleries.faces.decisions`, it decides
nothing for staff.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from galleries.matching.search import Match, lock_existing_matches
from galleries.models import GalleryImage
from galleries.models.photo import BY_CAPTURE
from sessions_app import analytics
from sessions_app.analytics import UsageKind
from sessions_app.guest_data.copies import list_each_once
from sessions_app.guest_data.erasure import lock_guest
from sessions_app.models import FoundPhoto, Guest, HiddenFace, PhotoSession

PhotoFilter = Literal["all", "me", "both", "favourites", "refused"]
FILTERS: tuple[PhotoFilter, ...] = ("all", "me", "both", "favourites", "refused")
_PASSES: dict[PhotoFilter, Callable[[FoundPhoto], bool]] = {
    "all": lambda row: row.refused_at is None,
    "me": lambda row: row.refused_at is None and not (row.friend and row.face_id is None),
    "both": lambda row: row.refused_at is None and row.friend and row.face_id is not None,
    "favourites": lambda row: row.refused_at is None and row.favourite,
    "refused": lambda row: row.refused_at is not None,
}


def list_found(guest: Guest, *, section: UUID | None = None) -> list[FoundPhoto]:
    """Return all photos of the guest in the order in which pages show them, with what a tile needs; one query.

    `section`: of that gallery only.
    """
    found = guest.found.filter(photo__gallery=section) if section else guest.found
    return list_each_once(found.shown().in_order().for_tiles())


def filter_found(rows: Iterable[FoundPhoto], name: PhotoFilter) -> list[FoundPhoto]:
    return list(filter(_PASSES[name], rows))


def parse_filter(text: str) -> PhotoFilter:
    """Return the filter of that name; what is none is "all"."""
    return text if text in FILTERS else "all"


def count_by_filter(rows: Sequence[FoundPhoto]) -> dict[PhotoFilter, int]:
    return {name: len(filter_found(rows, name)) for name in FILTERS}


def count_photos(guests: Collection[UUID]) -> dict[UUID, int]:
    """Return how many photos the pages of these guests show, by guest; one query. Who has none is left out."""
    rows = FoundPhoto.objects.kept().shown().filter(guest__in=guests)
    return dict(rows.order_by().values_list("guest").annotate(photos=Count("photo__sha256", distinct=True)))


def record_found(guest: Guest, matches: Sequence[Match]) -> list[Match]:
    """Make the matches' photos the guest's, and return those matches that are still there.

    Photos of earlier searches stay, and come after these. Done twice, nothing changes. To be called within
    `consent.hold_consent`.
    """
    matches, now = lock_existing_matches(matches, session_id=guest.session_id), timezone.now()
    rows = [
        FoundPhoto(guest=guest, photo=match.face.photo, face=match.face, rank=rank, found_at=now)
        for rank, match in enumerate(matches)
    ]
    _upsert(rows, update=["face", "rank", "found_at"])
    return matches


def record_friend(guest: Guest, matches: Sequence[Match], *, add: bool) -> list[Match]:
    """Mark the guest's photos that show a friend, whose matches these are; the friend before is forgotten.

    `add`: photos of the friend alone become the guest's too. Return those matches that are still there. To be called
    within `consent.hold_consent`.
    """
    matches = lock_existing_matches(matches, session_id=guest.session_id)
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


def refuse_photos(guest: Guest, photos: Collection[UUID]) -> int:
    """Record that the guest is not on these photos, and return how many that hides from them."""
    return guest.found.kept().of_photos(photos).update(refused_at=timezone.now(), favourite=False)


def restore_photos(guest: Guest, photos: Collection[UUID]) -> int:
    """Take "that is not me" back."""
    return guest.found.of_photos(photos).update(refused_at=None)


def add_favourites(guest: Guest, photos: Collection[UUID]) -> int:
    added = guest.found.kept().shown().of_photos(photos).filter(favourite=False).update(favourite=True)
    if added:
        analytics.count_usage(guest.session, UsageKind.FAVOURITE, number=added)
    return added


def remove_favourites(guest: Guest, photos: Collection[UUID]) -> int:
    return guest.found.kept().of_photos(photos).filter(favourite=True).update(favourite=False)


def list_session_photos(session: PhotoSession, *, section: UUID | None = None) -> QuerySet[GalleryImage]:
    """Return all analysed photos of the session that are not hidden, each once, in the order in which they were taken.

    That is what guests look through. `section`: of that gallery only.
    """
    analysed = GalleryImage.objects.processed().shown_to_guests()
    photos = analysed.filter(gallery__studio_id=session.studio_id, gallery__session_id=session.pk)
    if section:
        photos = photos.filter(gallery=section)
    return photos.without_copies().order_by(*BY_CAPTURE)


@transaction.atomic
def record_browsed(guest: Guest, photos: Sequence[GalleryImage], *, first_rank: int) -> None:
    """Let a guest who only looks around open the photos that a page showed them.

    What somebody's face found is kept apart from that: it has a face. Raise 403 `consent_withdrawn`.
    """
    lock_guest(guest)
    shown = GalleryImage.objects.shown_to_guests().filter(pk__in=[photo.pk for photo in photos])
    present = shown.lock_against_deletion()
    ranked = enumerate(photos, start=first_rank)
    rows = [FoundPhoto(guest=guest, photo=photo, rank=rank) for rank, photo in ranked if photo.pk in present]
    FoundPhoto.objects.bulk_create(rows, ignore_conflicts=True)


def allowed_matches(guest: Guest, matches: Iterable[Match]) -> list[Match]:
    """Leave out what this guest refused, and whoever does not want to be found by others."""
    matches = list(matches)
    if not matches:
        return []
    refusals = _Refusals.for_guest(guest)
    return [match for match in exclude_hidden(guest, matches) if not refusals.concern(match)]


def exclude_hidden(guest: Guest, matches: Iterable[Match]) -> list[Match]:
    """Leave out the faces of other guests who hide.

    Only where the hidden face itself is what the search matched: whoever stands beside it in a photo is found.
    """
    hidden = HiddenFace.objects.in_session(guest.session_id).exclude(hiding__guest=guest)
    faces: set[UUID] = set()
    groups: set[UUID | None] = set()
    people: set[UUID | None] = set()
    columns = ("face_id", "face__cluster_id", "face__person_id", "with_group")
    for face_id, group_id, person_id, with_group in hidden.values_list(*columns):
        faces.add(face_id)
        if with_group:
            groups.add(group_id)
            people.add(person_id)
    seen = [match for match in matches if match.face.pk not in faces and match.face.cluster_id not in groups - {None}]
    # By a name alone nobody is found of whom another face is hidden.
    return [match for match in seen if match.via != "person" or match.face.person_id not in people - {None}]


def list_refused_groups(guest: Guest) -> set[UUID]:
    """Return the groups of faces of which the guest refused more than they kept."""
    return _Refusals.for_guest(guest).groups


@dataclass(frozen=True, slots=True)
class _Refusals:
    """What a guest said is not them: photos, by their bytes, and groups of which they refused more than they kept."""

    files: set[str]
    groups: set[UUID]

    @classmethod
    def for_guest(cls, guest: Guest) -> "_Refusals":
        files: set[str] = set()
        balance: dict[UUID, int] = defaultdict(int)  # by group: photos refused less photos kept
        columns = ("photo__sha256", "face__cluster_id", "refused_at")
        for sha256, group_id, refused_at in guest.found.values_list(*columns):
            if refused_at:
                files.add(sha256)
            if group_id:
                balance[group_id] += 1 if refused_at else -1
        return cls(files, {group for group, weight in balance.items() if weight > 0})

    def concern(self, match: Match) -> bool:
        return match.face.photo.sha256 in self.files or match.face.cluster_id in self.groups
