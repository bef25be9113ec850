"""Files in a bucket of S3, or of a server that speaks it. What is deleted is deleted with all its versions."""

import logging
import time
from collections.abc import Iterator
from copy import copy
from functools import cached_property
from typing import Any, ClassVar

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3File, S3Storage
from storages.utils import clean_name

from facepass.core.storage.bucket_sessions import open_session
from facepass.core.storage.faults import NamesFaults, name_faults
from facepass.core.storage.listing import StoredFile
from facepass.env import Environment

log = logging.getLogger(__name__)

FAULTS = (OSError, BotoCoreError, ClientError, Boto3Error)
# A bucket that does not answer must not hold up a worker or a guest for minutes: botocore's own are 60 s, 5 times.
CONNECT_SECONDS, READ_SECONDS, TRIES = 3, 20, 3
NOT_FOUND = 404
# What a bucket answers where the key lacks a right, or where it knows no versions at all.
DENIED, UNKNOWN = {"AccessDenied", "AllAccessDisabled"}, {"NotImplemented", "MethodNotAllowed"}
# For so long a process takes it that a bucket keeps no versions. Anybody may switch that on.
UNVERSIONED_SECONDS = 300


def client_config(**more: Any) -> Config:
    """Return how buckets are asked: how long for, and how often again. `more`: as botocore's Config."""
    retries = {"mode": "standard", "total_max_attempts": TRIES}
    return Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries=retries, **more)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def credentials(env: Environment) -> dict[str, str | None]:
    """Return who asks buckets, as options of django-storages. None: as boto3 finds it by itself."""
    return {
        "access_key": env.aws_access_key_id or None,
        "secret_key": env.aws_secret_access_key or None,
        "security_token": env.aws_session_token or None,
        "region_name": env.aws_default_region or None,
    }


class _BucketFile(S3File):  # type: ignore[misc] # without types
    """A file of a bucket, whose content comes when it is first read."""

    def _get_file(self) -> Any:
        with name_faults(FAULTS):
            return super()._get_file()

    file = property(_get_file, S3File._set_file)


class _CheckedBucket(S3Storage):  # type: ignore[misc] # without types
    _unversioned_until = 0.0

    def _create_session(self) -> boto3.Session:
        if self.session_profile:
            return open_session(profile_name=self.session_profile)
        return open_session(
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            aws_session_token=self.security_token,
        )

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        """Return the file. FileNotFoundError says that it is missing and not its bucket: S3 says the same of both."""
        try:
            return _BucketFile(self._normalize_name(clean_name(name)), mode, self)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != NOT_FOUND:
                raise
            self.connection.meta.client.head_bucket(Bucket=self.bucket_name)
            raise FileNotFoundError(f"there is no file {name}") from error

    def delete(self, name: str) -> None:
        """Delete the file with all its versions; a warning in the log says where some stay."""
        super().delete(name)
        if not self.delete_versions(name):
            log.warning("versions of a deleted file stay in the bucket: its key may not delete them: %s", name)

    def delete_versions(self, name: str) -> bool:
        """Delete former versions of the file, and what marks it as deleted; return whether none is left.

        False: the bucket keeps versions, and the key may not list or delete them, or they are locked.
        """
        if not self._may_keep_versions():
            return True
        key = self._normalize_name(clean_name(name))
        try:
            for version in self.bucket.object_versions.filter(Prefix=key):
                if version.object_key == key:
                    version.delete()
        except ClientError as error:
            if _code(error) not in DENIED | UNKNOWN:
                raise
            return _code(error) in UNKNOWN
        return True

    def _may_keep_versions(self) -> bool:
        """Return whether the bucket keeps versions or did so once; True where it does not say."""
        if time.monotonic() < self._unversioned_until:
            return False
        try:
            has_any = self.bucket.Versioning().status is not None
        except ClientError as error:
            if _code(error) not in DENIED | UNKNOWN:
                raise
            return _code(error) in DENIED
        if not has_any:
            self._unversioned_until = time.monotonic() + UNVERSIONED_SECONDS
        return has_any


class BucketStorage(NamesFaults, _CheckedBucket):
    """django-storages' storage in a bucket. Raises 503 `storage_unavailable` for one that is away or refuses."""

    faults: ClassVar[tuple[type[Exception], ...]] = FAULTS
    public_endpoint_url: str

    def get_default_settings(self) -> dict[str, Any]:
        """Return those of django-storages, and ours. `public_endpoint_url`: where browsers reach the bucket."""
        return {**super().get_default_settings(), "public_endpoint_url": ""}

    @cached_property
    def for_browsers(self) -> "BucketStorage":
        """The same bucket, as browsers reach it: what it signs leads there."""
        if not self.public_endpoint_url:
            return self
        there = copy(self)
        there.endpoint_url, there.public_endpoint_url = self.public_endpoint_url, ""
        return there

    def url(self, name: str, *args: Any, **options: Any) -> str:
        """Return a signed address of the file, which a browser can open."""
        there = self.for_browsers
        return str(super().url(name, *args, **options) if there is self else there.url(name, *args, **options))

    def list_below(self, folder: str) -> Iterator[StoredFile]:
        """Yield the files below a folder, at any depth, in the order of their names; a thousand a request."""
        prefix = self._normalize_name(f"{clean_name(folder)}/")
        start = len(prefix) - len(folder) - 1
        with name_faults(self.faults):
            for row in self.bucket.objects.filter(Prefix=prefix):
                yield StoredFile(row.key[start:], row.size, row.last_modified)
