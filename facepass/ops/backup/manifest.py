"""What a back-up says of itself: when, of which version and keys, what the database held, which files belong to it."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.conf import settings

from facepass.core.keys.key_ring import current_ring
from facepass.ops.backup.database import DatabaseState
from recognition.protected_templates import template_key_id

FORMAT = "facepass-backup-1"
# Parts of names of settings that hold a secret, or may: only whether they are set is told.
SECRETS = ("key", "token", "url", "command", "password", "secret")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of the storage, by its name there; its bytes are stored under their SHA-256."""

    name: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    id: str
    made_at: str
    version: str
    settings: Mapping[str, str]
    keys: Mapping[str, list[str]]
    dump_size: int
    dump_digest: str
    state: DatabaseState
    files: list[KeptFile]
    # Names that rows have and the storage has not: lost before, or deleted meanwhile.
    missing: list[str]
    with_originals: bool

    def to_json(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        values = {name: value for name, value in told.items() if name != "format"}
        values["state"] = DatabaseState(**values["state"])
        values["files"] = [KeptFile(**file) for file in values["files"]]
        return cls(**values)


def describe_settings() -> dict[str, str]:
    """Return the settings of the environment; of secret ones only that they are set."""
    told = {}
    for name in type(settings.ENV).model_fields:
        value = getattr(settings.ENV, name)
        is_secret = any(word in name for word in SECRETS)
        told[name.upper()] = ("set" if value else "") if is_secret else str(value)
    return told


def fingerprint_keys() -> dict[str, list[str]]:
    """Return what tells a key from another one, and from which nobody can guess it."""
    secret = hashlib.sha256(b"facepass backup\n" + settings.SECRET_KEY.encode()).hexdigest()[:16]
    ring = [key.id.hex() for key in current_ring().keys]
    return {"SECRET_KEY": [secret], "TEMPLATE_KEY": [template_key_id()], "DATA_KEYS": ring}


def list_missing_keys(manifest: Manifest) -> list[str]:
    """Return the names of the settings that lack a key which the back-up was made with."""
    here = fingerprint_keys()
    return [name for name, ids in manifest.keys.items() if not set(ids) <= set(here.get(name, []))]
