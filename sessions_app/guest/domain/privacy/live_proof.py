"""The proof that a guest is there: a challenge before the camera, of which the selfie is the last frame.

A picture of somebody else does not pass it. A search asks for it where the event does, or the bar is raised
(`guest_search`); so does whatever else a selfie decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core import signing
from django.core.files import File
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from galleries.matching import liveness
from galleries.models import LivenessChallenge
from sessions_app.models import Guest

CHALLENGE_SALT = "sessions_app.guest.challenge"


@dataclass(frozen=True, slots=True)
class OfferedChallenge:
    """What the page asks the guest to do before the camera, and the token that the answer has to name."""

    token: str
    steps: list[str]


@dataclass(frozen=True, slots=True)
class SentProof:
    """What the page of a challenge sent: its token, and the frames before the selfie. Empty where there was none."""

    token: str = ""
    frames: Sequence[File[bytes]] = ()


NO_PROOF = SentProof()


def start_challenge(guest: Guest) -> OfferedChallenge:
    """Create a challenge. Its token is good for this guest only, for two minutes."""
    challenge = liveness.create_challenge(guest.session.studio)
    token = signing.dumps([str(challenge.pk), str(guest.pk)], salt=CHALLENGE_SALT)
    return OfferedChallenge(token, challenge.steps)


def require_proof(guest: Guest, proof: SentProof, selfie: File[bytes]) -> None:
    """Check that whoever the selfie shows did what was asked for, before the camera and now.

    The selfie is the last of the frames that are judged, so neither a picture of somebody else nor frames of another
    guest will do. Nothing is kept but that the challenge was used. Raise 403 `liveness_required` or `not_live`, and
    what `liveness.judge_frames` raises.
    """
    challenge, frames = _find_challenge(guest, proof.token), [*proof.frames, selfie]
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
