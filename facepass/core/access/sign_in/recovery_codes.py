"""Codes for who lost the second factor: ten of 80 random bits, each of which works once."""

import base64
import os

from django.db import transaction

from facepass.models import RecoveryCode, User, token_digest

NUMBER = 10
CODE_BYTES = 10
# What people write for letters that base32 does not have.
LOOK_ALIKE = str.maketrans({"0": "O", "1": "I", "8": "B"})


@transaction.atomic
def replace_codes(user: User) -> list[str]:
    """Return new codes, to be shown once: only digests are stored. Those of before work no more."""
    codes = [_new_code() for _code in range(NUMBER)]
    user.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(code)) for code in codes)
    return codes


def use_code(user: User, code: str) -> bool:
    """Return whether this is one of the user's codes, and spend it. Of two at once one wins."""
    deleted, _each = user.recovery_codes.filter(digest=_digest(code)).delete()
    return deleted == 1


def _new_code() -> str:
    text = base64.b32encode(os.urandom(CODE_BYTES)).decode().lower()
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def _digest(code: str) -> str:
    """Return the digest of a code as people may write it: in capitals, with blanks, without hyphens."""
    return token_digest("".join(letter for letter in code.upper().translate(LOOK_ALIKE) if letter.isalnum()))
