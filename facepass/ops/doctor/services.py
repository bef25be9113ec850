"""What FacePass asks others for: the storage of photos, and Redis."""

import ipaddress
import socket
import uuid
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import urlsplit

import redis
import urllib3
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from facepass.core.errors import FacePassError
from facepass.ops.checks import is_local
from facepass.ops.doctor.finding import Finding, error, first_line, ok, warning

CONTENT = b"doctor"
SECONDS = 5


def examine_storage() -> Iterator[Finding]:
    """Put a file, read it, read it by its signed address as a guest's browser would, and delete it."""
    where = settings.ENV.s3_bucket or str(settings.MEDIA_ROOT)
    try:
        name = default_storage.save(f"health/{uuid.uuid4().hex}", ContentFile(CONTENT))
        try:
            with default_storage.open(name) as file:
                intact = file.read() == CONTENT
            outside = _judge_signed_address(default_storage.url(name)) if settings.ENV.s3_bucket else None
        finally:
            default_storage.delete(name)
    except FacePassError as refusal:
        yield error("storage", f"{where}: {refusal.message} {_cause_of(refusal)}".strip())
        return
    yield ok("storage", f"{where}: written, read and deleted") if intact else error("storage", f"{where}: reads badly")
    if outside is not None:
        yield outside
    if isinstance(versions := _judge_versions(name), Finding):
        yield versions


def _judge_versions(name: str) -> Finding | None:
    """Return whether what is deleted in a bucket is gone with all its versions; None of a folder, which keeps none."""
    delete_versions = getattr(default_storage, "delete_versions", None)
    if delete_versions is None:
        return None
    if delete_versions(name):
        return ok("versions", "what is deleted leaves no version in the bucket")
    return warning(
        "versions",
        "the bucket keeps versions of what is deleted, so nothing is erased: allow the key s3:GetBucketVersioning,"
        " s3:ListBucketVersions and s3:DeleteObjectVersion, and no object lock; or switch versions off and delete old"
        " ones",
    )


def _cause_of(refusal: FacePassError) -> str:
    return first_line(refusal.__cause__) if isinstance(refusal.__cause__, Exception) else ""


def _judge_signed_address(address: str) -> Finding:
    """Return whether the signed address answers, and whether others than this machine's network get there."""
    host = urlsplit(address).hostname or ""
    try:
        answer = urllib3.request("GET", address, timeout=SECONDS, retries=False)
    except urllib3.exceptions.HTTPError as problem:
        return error("signed links", f"{host} does not answer: {type(problem).__name__}")
    if answer.status != HTTPStatus.OK or answer.data != CONTENT:
        return error("signed links", f"{host} answers {answer.status}")
    if not is_local(settings.PUBLIC_URL) and not _is_public(host):
        return warning("signed links", f"{host} is an address of this network: guests' browsers do not get there")
    return ok("signed links", f"{host} answers")


def _is_public(host: str) -> bool:
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return all(ipaddress.ip_address(address.partition("%")[0]).is_global for address in found)


def examine_redis() -> Iterator[Finding]:
    """Ask Redis, where it is used."""
    if not settings.ENV.redis_url:
        yield ok("redis", "not used: the database carries live progress")
        return
    host = urlsplit(settings.ENV.redis_url).hostname
    try:
        with redis.Redis.from_url(
            settings.ENV.redis_url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
        ) as client:
            client.ping()
    except redis.RedisError as problem:
        yield error("redis", f"{host} does not answer: {type(problem).__name__}")
    else:
        yield ok("redis", f"{host} answers")
