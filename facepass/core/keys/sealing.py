"""AES-256-GCM for what must be read back: bytes to bytes, bound to the place where they are stored.

A sealed value is

    version (1 byte) | id of the key (8) | nonce (12) | ciphertext | tag (16)

and its associated data are these first nine bytes, the table, the column and what names the row. So a value that was
copied to another row or column, or cut, does not open. The nonces are random: a key is good for 2**32 values.

Values of before (Fernet, with a key derived from TEMPLATE_KEY and bound to nothing) are read, and sealed anew by
`manage.py rotate_keys`.
"""

import base64
import json
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from facepass.core.keys.key_ring import ID_BYTES, current_ring, derive_key, find_key

VERSION = b"\x01"
NONCE_BYTES = 12
HEAD_BYTES = len(VERSION) + ID_BYTES
# The first byte of every Fernet token, which is text, and of no other value.
FERNET = b"g"
# Part of the key of values of before.
FERNET_PURPOSE = b"facepass guests who want to hear of new photos"


class NotReadable(Exception):
    """The value was changed or is another place's. Where its key is not in the ring, KeyMissing is raised."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is stored. `row` names the row for good: its primary key, or other columns that never change."""

    table: str
    column: str
    row: tuple[str, ...]

    def associated_data(self, head: bytes) -> bytes:
        return head + json.dumps([self.table, self.column, *self.row]).encode()


def seal(content: bytes, *, place: Place) -> bytes:
    """Return the content sealed by the newest key."""
    key = current_ring().newest
    head, nonce = VERSION + key.id, secrets.token_bytes(NONCE_BYTES)
    return head + nonce + AESGCM(key.secret).encrypt(nonce, content, place.associated_data(head))


def unseal(sealed: bytes, *, place: Place) -> bytes:
    """Return the content. Raise NotReadable and KeyMissing."""
    if sealed[:1] == FERNET:
        return _unseal_fernet(sealed)
    head, nonce = sealed[:HEAD_BYTES], sealed[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES]
    if head[:1] != VERSION or len(nonce) < NONCE_BYTES:
        raise NotReadable("not a sealed value")
    key = find_key(head[1:])
    try:
        return AESGCM(key.secret).decrypt(nonce, sealed[HEAD_BYTES + NONCE_BYTES :], place.associated_data(head))
    except InvalidTag:
        raise NotReadable("changed, or sealed for another place") from None


def newest_head() -> bytes:
    """Return what every value begins with that is sealed now."""
    return VERSION + current_ring().newest.id


def _unseal_fernet(sealed: bytes) -> bytes:
    key = base64.urlsafe_b64encode(derive_key(FERNET_PURPOSE))
    try:
        return Fernet(key).decrypt(sealed)
    except InvalidToken:
        raise NotReadable("changed, or sealed with another TEMPLATE_KEY") from None
