"""The signature of a delivery, as Stripe signs: `t=UNIX_TIME,v1=HEX[,v1=HEX]`, HMAC-SHA256 over `UNIX_TIME.BODY`.

There are two `v1` while a secret is being rotated; a receiver accepts either, and refuses a time of more than five
minutes ago.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from facepass.models import OutboxEvent

HEADER = "FacePass-Signature"


def body_of(event: OutboxEvent) -> bytes:
    """The same bytes at every attempt."""
    told: dict[str, Any] = {
        "id": str(event.pk),
        "type": event.type,
        "created_at": event.created_at.isoformat(),
        "studio_id": str(event.studio_id),
        "data": event.data,
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def sign(body: bytes, *, secrets: Sequence[str], timestamp: int) -> str:
    signed = f"{timestamp}.".encode() + body
    made = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={timestamp}", *(f"v1={signature}" for signature in made)])
