"""The files that belong to a back-up: which there are, and their digests, without reading what has not changed."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.storage import default_storage

from facepass.core.trash import purge
from facepass.models import TrashEntry
from facepass.ops.backup.manifest import KeptFile
from galleries.models import GalleryImage
from galleries.photos.media_files import made_by_workers

INDEX = "backup-index.json"
CHUNK_BYTES = 1 << 20


def list_trashed() -> Iterator[str]:
    """Yield the names of the files of rows that lie in the trash."""
    for entry in TrashEntry.objects.restorable():
        yield from purge.list_file_names(entry.pk)


def list_made() -> Iterator[str]:
    """Yield the names of previews and thumbnails; some may not be there."""
    for photo in GalleryImage.objects.only("file", "gallery_id").order_by("pk").iterator():
        yield from made_by_workers(photo)


@dataclass(slots=True)
class DigestIndex:
    """Digests by name, size and time of the last change, kept in FACEPASS_HOME between back-ups.

    Files of photos never change under their name, so one that looks the same is not read again.
    """

    known: dict[str, list[str | int | float]] = field(default_factory=dict)
    seen: dict[str, list[str | int | float]] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "DigestIndex":
        path = Path(settings.HOME) / INDEX
        return cls(json.loads(path.read_text()) if path.exists() else {})

    def save(self) -> None:
        path = Path(settings.HOME) / INDEX
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(self.seen, file)
        draft.replace(path)

    def describe(self, name: str) -> KeptFile | None:
        """Return the file with its digest; None where it is not there."""
        try:
            if not default_storage.exists(name):
                return None
            stamp = [default_storage.size(name), default_storage.get_modified_time(name).timestamp()]
            known = self.known.get(name, [])
            digest = str(known[2]) if known[:2] == stamp else digest_of(name)
        except FileNotFoundError:  # deleted at this moment
            return None
        self.seen[name] = [*stamp, digest]
        return KeptFile(name, int(stamp[0]), digest)


def digest_of(name: str) -> str:
    """Return the SHA-256 of a stored file. Raise FileNotFoundError."""
    with default_storage.open(name) as file:
        return hash_stream(cast(BinaryIO, file))


def hash_stream(source: BinaryIO) -> str:
    """Return the SHA-256 of what is left of a stream, in hexadecimal."""
    found = hashlib.sha256()
    while chunk := source.read(CHUNK_BYTES):
        found.update(chunk)
    return found.hexdigest()


class HashingReader:
    """A stream that is read once, with how long it was and its SHA-256."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._hash = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._source.read(size)
        self._hash.update(chunk)
        self.size += len(chunk)
        return chunk

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()
