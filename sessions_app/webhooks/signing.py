"""The signature of a delivery, in the form that Stripe uses.

`t=UNIX_TIME,v1=HEX[,v1=HEX]`, where HEX is HMAC-SHA256 over `UNIX_TIME.BODY`. There are two `v1` while a secret is
being rotated; a receiver accepts either, and refuses a time of more than five minutes ago.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence

from facepass.core.api.moments import format_moment
from facepass.models import OutboxEvent

HEADER = "FacePass-Signature"


def build_body(event: OutboxEvent) -> bytes:
    """Return the JSON of an event: the same bytes at every attempt."""
    content = {
        "id": str(event.pk),
        "type": event.type,
        "created_at": format_moment(event.created_at),
        "studio_id": str(event.studio_id),
        "data": event.data,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def sign(body: bytes, *, secrets: Sequence[str], timestamp: int) -> str:
    """Return the header's value: one signature for each of the secrets. `timestamp` is in Unix seconds."""
    signed = f"{timestamp}.".encode() + body
    signatures = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={timestamp}", *(f"v1={signature}" for signature in signatures)])
