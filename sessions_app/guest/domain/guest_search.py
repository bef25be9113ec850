"""A guest's searches: how often, with which proof that the guest is there, and what they may have of the result.

Limits are enough for a bad camera and too little to try faces on a session. Each device has a rate of its own, and all
devices of a session have one together. A search that finds nobody is a miss; after five of them a device pauses, and
then may try again every other minute (`settings.RATE_LIMITS`).

A device is a cookie, of which a script takes a new one each time. So searches and misses are counted for the network
address and the session as well. Beyond their limits the bar is raised: a search takes the challenge before the camera,
which a living person passes in seconds and a list of pictures does not. Nobody is refused: a whole party may be behind
one address.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.files import File

from facepass.core import events
from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from facepass.core.logs.log_lines import log_line
from facepass.core.metrics import count_refusals
from facepass.models import EventType
from galleries.matching.search import MAX_LIMIT, Match
from recognition.types import DescribedFace
from sessions_app.guest.domain import matched_photos
from sessions_app.guest.domain.privacy import consent
from sessions_app.guest.domain.privacy.live_proof import NO_PROOF, SentProof, require_proof
from sessions_app.guest.domain.profiles import possible_photos
from sessions_app.guest.domain.profiles.open_questions import OpenQuestion
from sessions_app.guest.domain.profiles.same_person import shows_somebody_else
from sessions_app.models import Guest, GuestRules
from sessions_app.session_search import SessionSearch, drop_copies, search_session

log = logging.getLogger(__name__)


def require_limits(guest: Guest, *, address: str) -> None:
    """Raise 429 `rate_limited`. To be called before the selfie is read; `address` is the browser's network address."""
    rate_limits.require_quota("guest_address", f"guests:{address}")
    rate_limits.require_quota("guest_device", f"device:{guest.pk}")
    rate_limits.require_quota("guest_session", f"session:{guest.session_id}")
    wait = rate_limits.quota_wait_seconds("guest_miss", _miss_bucket(guest))
    if wait is not None:
        raise rate_limits.quota_refusal(wait)


@dataclass(frozen=True, slots=True)
class SelfieSearch:
    """What a guest's selfie gave. `faces`: the guest's, in the selfie. `matches`: photos that are theirs now."""

    faces: list[DescribedFace]
    matches: list[Match]
    question: OpenQuestion | None = None
    """Asked where it found somebody else's photos: then there are no matches."""


def is_bar_raised(guest: Guest, *, address: str) -> bool:
    """Return whether the guest's next search takes the challenge, although the session does not ask for it."""
    return rate_limits.is_any_full([*_search_buckets(guest, address), *_miss_buckets(guest, address)])


def count_selfie(guest: Guest, *, address: str) -> bool:
    """Count a selfie that is no search, and return whether it takes the challenge, whatever the session asks for."""
    waits = [rate_limits.consume_quota(*bucket) for bucket in _search_buckets(guest, address)]
    return any(wait is not None for wait in waits) or is_bar_raised(guest, address=address)


def require_no_bar(guest: Guest, *, address: str) -> None:
    """Count a selfie of a page that has no challenge, such as one to hear of news by. Raise 429 `rate_limited`."""
    if count_selfie(guest, address=address):
        raise _wait_for_room(guest, address)


def _wait_for_room(guest: Guest, address: str) -> FacePassError:
    """Return the 429 that says when the bar is down again: for pages that have no challenge."""
    buckets = [*_search_buckets(guest, address), *_miss_buckets(guest, address)]
    waits = [rate_limits.quota_wait_seconds(*bucket) or 1 for bucket in buckets]
    return rate_limits.quota_refusal(max(waits))


@dataclass(frozen=True, slots=True)
class _CountedSearch:
    """Whether the search takes the challenge, and the buckets in which it counts as a miss."""

    is_raised: bool
    misses: list[tuple[str, str]]


@contextmanager
def _count_search(guest: Guest, address: str) -> Iterator[_CountedSearch]:
    """Count a search: as a miss until it has found something.

    It is counted beforehand, so that of many searches at once not all are let through. One that was refused, because
    its picture shows no face, is no miss.
    """
    searches = [rate_limits.consume_quota(*bucket) is None for bucket in _search_buckets(guest, address)]
    possible = _miss_buckets(guest, address)
    misses = [bucket for bucket in possible if rate_limits.consume_quota(*bucket) is None]
    try:
        with count_refusals():
            yield _CountedSearch(not all(searches) or len(misses) < len(possible), misses)
    except FacePassError as refusal:
        _return(misses)
        log_line(log, "guest search", session=str(guest.session_id), refused=refusal.code)
        raise


def _return(buckets: Iterable[tuple[str, str]]) -> None:
    for bucket in buckets:
        rate_limits.return_quota(*bucket)


def _search_buckets(guest: Guest, address: str) -> list[tuple[str, str]]:
    return [
        ("guest_device_searches", f"searches:{guest.pk}"),
        ("guest_address_searches", f"searches:{guest.session_id}:{address}"),
    ]


def _miss_buckets(guest: Guest, address: str) -> list[tuple[str, str]]:
    return [
        ("guest_address_misses", f"misses:{guest.session_id}:{address}"),
        ("guest_session_misses", f"session-misses:{guest.session_id}"),
    ]


def search_with_selfie(guest: Guest, selfie: File[bytes], *, address: str, proof: SentProof = NO_PROOF) -> SelfieSearch:
    """Search the guest's session with their selfie, and record the photos that they may have.

    Photos of somebody else than those found before are not mixed with them. `address`: the browser's network address.
    `proof`: counts where the session asks for one, or the bar is raised.

    Raise what `require_proof`, `search_session` and `consent.hold_consent` raise.
    """
    with _count_search(guest, address) as search:
        if search.is_raised or GuestRules.for_session(guest.session).challenge:
            require_proof(guest, proof, selfie)
        confirmed = possible_photos.list_confirmed_faces(guest)
        searched = search_session(guest.session, [selfie], limit=MAX_LIMIT, vouched=confirmed, copies=True)
        with consent.hold_consent(guest):
            matches = matched_photos.allowed_matches(guest, searched.matches)
            question = OpenQuestion.build(guest, matches) if shows_somebody_else(guest, matches) else None
            if question is None:
                matches = _record_result(guest, matches, possible=searched.possible)
            _record_search(guest, searched, search, photos=len(drop_copies(matches)))
    return SelfieSearch(searched.faces, [] if question else matches, question)


def _record_result(guest: Guest, matches: Sequence[Match], *, possible: Sequence[Match]) -> list[Match]:
    """Return the matches that are the guest's now. Who was not found is asked about nothing."""
    found = matched_photos.record_found(guest, matches)
    if found:
        possible_photos.record_possible(guest, matched_photos.allowed_matches(guest, possible))
    return found


def search_with_friend(guest: Guest, selfie: File[bytes], *, address: str, add: bool) -> None:
    """Search with a friend's selfie, and mark the guest's photos that show the friend.

    `add`: the friend's other photos become the guest's too. Raise 429 `rate_limited` where the bar is raised, and
    what `search_session` and `consent.hold_consent` raise.
    """
    with _count_search(guest, address) as search:
        if search.is_raised:
            raise _wait_for_room(guest, address)
        searched = search_session(guest.session, [selfie], limit=MAX_LIMIT, copies=True)
        with consent.hold_consent(guest):
            allowed = matched_photos.exclude_hidden(guest, searched.matches)
            matches = matched_photos.record_friend(guest, allowed, add=add)
            _record_search(guest, searched, search, photos=len(drop_copies(matches)))


def _record_search(guest: Guest, searched: SessionSearch, counted: "_CountedSearch", *, photos: int) -> None:
    """Count the search and send the event of it. One that gave the guest no photos is a miss."""
    searched.count()
    if photos:
        _return(counted.misses)
    else:
        rate_limits.consume_quota("guest_miss", _miss_bucket(guest))
    faces = len(searched.faces)
    log_line(
        log, "guest search", session=str(guest.session_id), photos=photos, selfie_faces=faces, raised=counted.is_raised
    )
    data = {"session_id": str(guest.session_id), "photos": photos}
    events.emit(EventType.GUEST_SEARCH_COMPLETED, studio_id=guest.session.studio_id, data=data)


def _miss_bucket(guest: Guest) -> str:
    return f"misses:{guest.pk}"
