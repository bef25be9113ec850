"""Where back-ups lie: a folder, or a bucket (`s3://BUCKET/PREFIX`), through Django's storages."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage

from facepass.core.storage.bucket import BucketStorage, client_config, credentials
from facepass.core.storage.folder import FolderStorage

FILES, BACKUPS = "files", "backups"
SUFFIX = ".age"


@dataclass(frozen=True, slots=True)
class BackupStore:
    storage: Storage

    @classmethod
    def at(cls, place: str) -> "BackupStore":
        """Return the store of a folder, which is made, or of an address `s3://BUCKET/PREFIX`."""
        url = urlsplit(place)
        if url.scheme != "s3":
            folder = _make_folder(place)
            return cls(FolderStorage(folder, file_permissions_mode=0o600, directory_permissions_mode=0o700))
        return cls(
            BucketStorage(
                bucket_name=url.netloc,
                location=url.path.strip("/"),
                endpoint_url=settings.ENV.s3_endpoint_url or None,
                default_acl=None,
                file_overwrite=True,
                client_config=client_config(
                    signature_version="s3v4", s3={"addressing_style": settings.ENV.s3_addressing_style}
                ),
                **credentials(settings.ENV),
            )
        )

    def write(self, name: str, content: BinaryIO) -> None:
        """Store a file under that very name, in the place of one that is there."""
        if self.storage.exists(name):
            self.storage.delete(name)
        self.storage.save(name, File(content))

    def write_json(self, name: str, value: object) -> None:
        if self.storage.exists(name):
            self.storage.delete(name)
        self.storage.save(name, ContentFile(json.dumps(value, indent=1).encode()))

    def read_json(self, name: str) -> Any:  # what JSON holds
        with self.storage.open(name) as file:
            return json.loads(file.read())

    def open(self, name: str) -> BinaryIO:
        return cast(BinaryIO, self.storage.open(name))

    def exists(self, name: str) -> bool:
        return self.storage.exists(name)

    def list_files(self) -> set[str]:
        """Return the digests of the files that are there."""
        return {name.removesuffix(SUFFIX) for name in self._list(FILES)[1] if name.endswith(SUFFIX)}

    def list_backups(self) -> list[str]:
        """Return the ids of the whole back-ups, the oldest first: the manifest is written last."""
        return sorted(pk for pk in self._list(BACKUPS)[0] if self.exists(manifest_name(pk)))

    def delete_backup(self, pk: str) -> None:
        """Delete a back-up, what makes it one first. Its files are left to `retention`."""
        for name in (manifest_name(pk), verdict_name(pk), dump_name(pk), contents_name(pk)):
            self.storage.delete(name)

    def delete_file(self, digest: str) -> None:
        self.storage.delete(file_name(digest))

    def _list(self, folder: str) -> tuple[list[str], list[str]]:
        try:
            return self.storage.listdir(folder)
        except FileNotFoundError:
            return [], []


def _make_folder(place: str) -> Path:
    folder = Path(place).expanduser().resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def scratch_file() -> Iterator[BinaryIO]:
    """Open a file without a name, on the disk of FACEPASS_HOME, which is gone when the block ends."""
    with TemporaryFile(dir=settings.HOME) as file:
        yield cast(BinaryIO, file)


def file_name(digest: str) -> str:
    return f"{FILES}/{digest}{SUFFIX}"


def dump_name(pk: str) -> str:
    return f"{BACKUPS}/{pk}/database.dump{SUFFIX}"


def manifest_name(pk: str) -> str:
    return f"{BACKUPS}/{pk}/manifest.json{SUFFIX}"


def contents_name(pk: str) -> str:
    """Of the digests of its files, in clear: who deletes old files need not have the key."""
    return f"{BACKUPS}/{pk}/files.json"


def verdict_name(pk: str) -> str:
    """Of what a verification found; its being there says that the back-up is good."""
    return f"{BACKUPS}/{pk}/verified.json"
