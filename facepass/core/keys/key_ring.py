"""The ring: keys that seal what is stored. The first writes, any of them reads.

Each key has an id that is computed from it, which stands in front of what it sealed. The keys are those of DATA_KEYS
(or its file or command), newest first; without any, those of the file `data_keys` beside the other secrets, which
`manage.py rotate_keys --new` makes. The last key of every ring is derived from TEMPLATE_KEY: an installation that sets
up nothing has one key to back up, the same on all machines.
"""

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from facepass.core.keys.sources import RereadSource

ID_BYTES, KEY_BYTES = 8, 32


class KeyMissing(Exception):
    """No key of the ring has the id that a value names."""


@dataclass(frozen=True, slots=True)
class DataKey:
    secret: bytes = field(repr=False)

    @property
    def id(self) -> bytes:
        """A fingerprint: it tells keys apart and nothing of them."""
        return hmac.digest(self.secret, b"facepass data key id", "sha256")[:ID_BYTES]


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys, the newest first; at least one."""

    keys: tuple[DataKey, ...]

    @property
    def newest(self) -> DataKey:
        return self.keys[0]

    def find(self, key_id: bytes) -> DataKey:
        """Raise KeyMissing."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise KeyMissing(f"no key of the ring has the id {key_id.hex()}")


def current_ring(*, again: bool = False) -> KeyRing:
    """Return the ring as its source has it now. `again`: a key is missing. Raise SecretUnavailable."""
    source: RereadSource = settings.DATA_KEYS
    return _build_ring(source.read(again=again), settings.TEMPLATE_KEY)


def find_key(key_id: bytes) -> DataKey:
    """Return the key of that id; where it is unknown, another machine may have a new one, so the source is read again.

    Raise KeyMissing.
    """
    try:
        return current_ring().find(key_id)
    except KeyMissing:
        return current_ring(again=True).find(key_id)


def derive_key(purpose: bytes) -> bytes:
    """Return 32 bytes for that purpose, from TEMPLATE_KEY."""
    return _derive(settings.TEMPLATE_KEY, purpose)


def list_texts(text: str) -> list[str]:
    """Return the keys of a ring's text, as they are written."""
    return [part for part in re.split(r"[,\s]+", text) if part]


def add_key(path: Path) -> DataKey:
    """Put a new key in front of those of the file, which is made where there is none, and return it."""
    new = secrets.token_hex(KEY_BYTES)
    write_keys(path, [new, *(list_texts(path.read_text()) if path.exists() else [])])
    return DataKey(bytes.fromhex(new))


def write_keys(path: Path, texts: list[str]) -> None:
    """Replace the file's keys at once, so that nobody reads half of them."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(f"{text}\n" for text in texts)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@lru_cache(maxsize=8)
def _build_ring(text: str, template_key: bytes) -> KeyRing:
    own = (DataKey(bytes.fromhex(part)) for part in list_texts(text))
    return KeyRing((*dict.fromkeys(own), DataKey(_derive(template_key, b"facepass data key"))))


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(secret)


def keyed_digest(text: str, *, purpose: bytes) -> str:
    """Return a digest that nobody can find by trying words, for want of the key."""
    return hmac.new(derive_key(purpose), text.encode(), hashlib.sha256).hexdigest()
