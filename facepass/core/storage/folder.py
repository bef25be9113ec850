"""Files in a folder of this machine."""

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import FileSystemStorage

from facepass.core.storage.faults import NamesFaults, name_faults
from facepass.core.storage.listing import StoredFile


class _WholeFiles(FileSystemStorage):
    """A file is there whole or not at all: it is written beside its place and moved there."""

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        try:
            return cast(File[Any], super()._open(name, mode))  # type: ignore[misc] # not in Django's types
        except FileNotFoundError as missing:
            if Path(self.location).is_dir():
                raise
            # The whole folder is gone, such as a disk that is not mounted.
            raise OSError(errno.ENODEV, f"{self.location} is not there") from missing

    def _save(self, name: str, content: File[Any]) -> str:
        part = f"{name}.{uuid4().hex[:8]}.part"
        try:
            written = super()._save(part, content)  # type: ignore[misc] # not in Django's types
            Path(self.path(written)).replace(self.path(name))
        except OSError:
            with suppress(OSError):
                Path(self.path(part)).unlink(missing_ok=True)
            raise
        return name


class FolderStorage(NamesFaults, _WholeFiles):
    """Django's storage in a folder. Raises 503 `storage_unavailable` for a disk that is full, broken or not there."""

    def list_below(self, folder: str) -> Iterator[StoredFile]:
        """Yield the files below a folder, at any depth, in the order of their names. None where it is not there."""
        with name_faults():
            if not Path(self.location).is_dir():
                raise OSError(errno.ENODEV, f"{self.location} is not there")
            yield from _walk(Path(self.location), folder)


def _walk(root: Path, folder: str) -> Iterator[StoredFile]:
    try:
        with os.scandir(root / folder) as found:
            # As a bucket orders names: a folder by its name with the slash.
            entries = sorted(found, key=lambda entry: f"{entry.name}/" if entry.is_dir() else entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        name = f"{folder}/{entry.name}"
        if entry.is_dir():
            yield from _walk(root, name)
            continue
        with suppress(FileNotFoundError):  # deleted at this moment
            told = entry.stat()
            yield StoredFile(name, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC))
