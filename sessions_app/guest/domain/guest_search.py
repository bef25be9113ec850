"""A guest's searches: how often, with which proof that the guest is there, and what they may have of the result.

Limits are enough for a bad camera and too little to try faces on a session. Each device has a rate of its own, and all
devices of a session have one together. A search that finds nobody is a miss; after five of them a device pauses, and
then may try again every other minute (`settings.RATE_LIMITS`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core import signing
from django.core.files import File
from django.utils.translation import gettext as _

from facepass.core import events
from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from facepass.models import EventType
from galleries.matching import liveness
from galleries.matching.search import MAX_LIMIT
from galleries.models import LivenessChallenge
from sessions_app.guest.domain import consent, matched_photos
from sessions_app.models import Guest, GuestRules
from sessions_app.session_search import SessionSearch, search_session

CHALLENGE_SALT = "sessions_app.guest.challenge"


def require_limits(guest: Guest, *, address: str) -> None:
    """Raise 429 `rate_limited`. To be called before the selfie is read; `address` is the browser's network address."""
    rate_limits.require_quota("guest_address", f"guests:{address}")
    rate_limits.require_quota("guest_device", f"device:{guest.pk}")
    rate_limits.require_quota("guest_session", f"session:{guest.session_id}")
    wait = rate_limits.quota_wait_seconds("guest_miss", _miss_bucket(guest))
    if wait is not None:
        raise rate_limits.quota_refusal(wait)


def search_with_selfie(
    guest: Guest, selfie: File[bytes], *, challenge_token: str = "", frames: Sequence[File[bytes]] = ()
) -> SessionSearch:
    """Search the guest's session with their selfie, and record the photos that they may have.

    The answer's `matches` are those photos only. `challenge_token` and `frames` are what the page of a challenge sent;
    they count where the session asks for one.

    Raise 403 `liveness_required` or `not_live`, and what `liveness.judge_frames`, `search_session` and
    `consent.hold_consent` raise.
    """
    if GuestRules.for_session(guest.session).challenge:
        _check_challenge(guest, challenge_token, [*frames, selfie])
    searched = search_session(guest.session, [selfie], limit=MAX_LIMIT)
    with consent.hold_consent(guest):
        matches = matched_photos.record_found(guest, matched_photos.allowed_matches(guest, searched.matches))
        _record_search(guest, searched, photos=len(matches))
    return replace(searched, matches=matches)


def search_with_friend(guest: Guest, selfie: File[bytes], *, add: bool) -> None:
    """Search with a friend's selfie, and mark the guest's photos that show the friend.

    `add`: the friend's other photos become the guest's too. Raise what `search_session` and `consent.hold_consent`
    raise.
    """
    searched = search_session(guest.session, [selfie], limit=MAX_LIMIT)
    with consent.hold_consent(guest):
        allowed = matched_photos.exclude_hidden(guest, searched.matches)
        matches = matched_photos.record_friend(guest, allowed, add=add)
        _record_search(guest, searched, photos=len(matches))


def _record_search(guest: Guest, searched: SessionSearch, *, photos: int) -> None:
    """Count the search and send the event of it. One that gave the guest no photos is a miss."""
    searched.count()
    if not photos:
        rate_limits.consume_quota("guest_miss", _miss_bucket(guest))
    data = {"session_id": str(guest.session_id), "photos": photos}
    events.emit(EventType.GUEST_SEARCH_COMPLETED, studio_id=guest.session.studio_id, data=data)


def _miss_bucket(guest: Guest) -> str:
    return f"misses:{guest.pk}"


@dataclass(frozen=True, slots=True)
class OfferedChallenge:
    """What the page asks the guest to do before the camera, and the token that the answer has to name."""

    token: str
    steps: list[str]


def start_challenge(guest: Guest) -> OfferedChallenge:
    """Create a challenge. Its token is good for this guest only, for two minutes."""
    challenge = liveness.create_challenge(guest.session.studio)
    token = signing.dumps([str(challenge.pk), str(guest.pk)], salt=CHALLENGE_SALT)
    return OfferedChallenge(token, challenge.steps)


def _check_challenge(guest: Guest, token: str, frames: Sequence[File[bytes]]) -> None:
    """The selfie is the last of the frames that are judged.

    So it shows whoever did what was asked for, and neither a picture of somebody else nor frames of another guest will
    do. Nothing is kept but that the challenge was used.
    """
    challenge = _find_challenge(guest, token)
    if challenge is None or not liveness.MIN_FRAMES < len(frames) <= liveness.MAX_FRAMES:
        raise FacePassError("liveness_required", _("First do what the page asks for."), status=403)
    verdict = liveness.judge_frames(challenge, frames)
    if not verdict.is_live:
        details = {"reasons": verdict.reasons}
        raise FacePassError("not_live", _("We could not confirm that it is you."), status=403, details=details)


def _find_challenge(guest: Guest, token: str) -> LivenessChallenge | None:
    try:
        challenge_id, guest_id = signing.loads(token, salt=CHALLENGE_SALT)
    except (signing.BadSignature, ValueError):
        return None
    if guest_id != str(guest.pk):
        return None
    return LivenessChallenge.objects.filter(pk=challenge_id, studio=guest.session.studio_id).first()
