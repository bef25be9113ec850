"""What the server sends to a webhook, and whether it was the server that sent it."""

import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from typing import Any, Final, TypedDict

from facepass_client.errors import InvalidSignature

SIGNATURE_HEADER: Final = "FacePass-Signature"
# Older ones may be a recording that somebody sends again.
LONGEST_AGE_SECONDS: Final = 300


class Event(TypedDict):
    """`data` has ids and counts only. An event comes at least once: go by its `id`."""

    id: str
    type: str
    created_at: str
    studio_id: str
    data: dict[str, Any]


def read_event(
    body: bytes, signature: str, secret: str | Sequence[str], *, longest_age: float = LONGEST_AGE_SECONDS
) -> Event:
    """Return the event of a delivery. Raise InvalidSignature where its signature does not hold.

    `body` as it came, byte by byte; `signature` is the header `FacePass-Signature`. Of several secrets, as there
    are while one is rotated, any does.
    """
    check_signature(body, signature, secret, longest_age=longest_age)
    event: Event = json.loads(body)
    return event


def check_signature(
    body: bytes, signature: str, secret: str | Sequence[str], *, longest_age: float = LONGEST_AGE_SECONDS
) -> None:
    """Raise InvalidSignature where the signature is another one, or older than `longest_age` seconds."""
    parts = [part.strip().partition("=")[::2] for part in signature.split(",")]
    moment = dict(parts).get("t", "")
    if not (moment.isascii() and moment.isdigit()):
        raise InvalidSignature("the signature names no time")
    sent = [value.encode() for name, value in parts if name == "v1"]
    made = [_sign(body, moment, each) for each in ([secret] if isinstance(secret, str) else secret)]
    if not any(hmac.compare_digest(one, other) for one in made for other in sent):
        raise InvalidSignature("the signature is not that of this body and secret")
    if abs(time.time() - int(moment)) > longest_age:
        raise InvalidSignature("the signature is too old")


def _sign(body: bytes, moment: str, secret: str) -> bytes:
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest().encode()
