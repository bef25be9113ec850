"""Codes of an authenticator app: six digits that change every thirty seconds (TOTP, RFC 6238, by `cryptography`)."""

import base64
import logging
import os
import re
import time

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db.models import QuerySet

from facepass.core.keys.key_ring import KeyMissing
from facepass.core.keys.sealing import NotReadable
from facepass.models import TotpSecret, User

log = logging.getLogger(__name__)

STEP_SECONDS = 30
SECRET_BYTES = 20
# Clocks may differ by so many steps: the app's, and the time that typing takes.
TOLERANCE = 1
ISSUER = "FacePass"
CODE = re.compile(r"[0-9]{6}", re.ASCII)


def new_secret() -> bytes:
    return os.urandom(SECRET_BYTES)


def build_uri(secret: bytes, *, username: str) -> str:
    """Return the address that a QR code shows to an app."""
    return _totp(secret).get_provisioning_uri(username, ISSUER)


def spell_secret(secret: bytes) -> str:
    """Return the secret for who types it into an app: base32 in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def find_step(secret: bytes, code: str) -> int | None:
    """Return the time step of which this is the code, among those around now; None where it is of none."""
    if not CODE.fullmatch(code):
        return None
    now = int(time.time()) // STEP_SECONDS
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        try:
            _totp(secret).verify(code.encode(), step * STEP_SECONDS)
        except InvalidToken:
            continue
        return step
    return None


def keep_secret(user: User, secret: bytes, *, step: int) -> None:
    """Make the secret the user's; the code of `step`, which confirmed it, is spent."""
    TotpSecret.objects.update_or_create(user=user, defaults={"secret": secret, "last_step": step})


def use_code(user: User, code: str) -> bool:
    """Return whether this is a code of the user's app that was not used yet, and spend it. Of two at once one wins."""
    kept: QuerySet[TotpSecret] = TotpSecret.objects.filter(user=user)
    row = kept.first()
    try:
        step = find_step(row.secret, code) if row else None
    except (NotReadable, KeyMissing):
        log.warning("the secret of user %s's app cannot be read with the keys that there are", user.pk)
        return False
    return step is not None and kept.filter(last_step__lt=step).update(last_step=step) == 1


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, 6, SHA1(), STEP_SECONDS)  # noqa: S303 - what all apps understand
