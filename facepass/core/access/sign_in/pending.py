"""A sign-in whose first step is done: who it is, kept in the session until the second one, for some minutes."""

import hmac
import time
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from facepass.models import SignInMethod, User

KEY = "pending_sign_in"
SECONDS = 600


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """`fingerprint` changes with the password, which ends what is pending as well. `next_path`: the page to go to."""

    user_id: int
    fingerprint: str
    method: str
    next_path: str
    until: float


def begin(session: SessionBase, user: User, *, method: SignInMethod, next_path: str) -> None:
    """Keep who has done the first step, under another key than the browser had before."""
    session.cycle_key()
    values = PendingSignIn(user.pk, user.get_session_auth_hash(), method, next_path, time.time() + SECONDS)
    session[KEY] = asdict(values)


def load(session: SessionBase) -> tuple[User, PendingSignIn] | None:
    """Return who waits for the second step; None where nobody does, or it has lasted too long."""
    kept: dict[str, Any] | None = session.get(KEY)
    if kept is None:
        return None
    waiting = PendingSignIn(**kept)
    user = User.objects.filter(pk=waiting.user_id, is_active=True).first()
    if user is None or waiting.until < time.time():
        return None
    return (user, waiting) if hmac.compare_digest(user.get_session_auth_hash(), waiting.fingerprint) else None


def forget(session: SessionBase) -> None:
    session.pop(KEY, None)
