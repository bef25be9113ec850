"""Photos that a browser puts into the bucket by itself: a signed address for each file, then as any other upload.

A file under `incoming/` is nobody's photo yet. When the browser reports that it has arrived, it is checked and stored
under its own key as a photo, and removed from there, also where it is refused. Files that nobody reports are removed
after a day.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import Principal
from facepass.core.errors import FacePassError
from facepass.core.work.each_row import for_each_row
from galleries.models import Gallery
from galleries.photos import ingest

PREFIX = "incoming"
# Long enough for the largest file on a slow line.
ADDRESS_SECONDS = 3600
KEEP_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class UploadTarget:
    """Where to PUT one file, of exactly the size that was named."""

    pk: UUID
    url: str


def is_available() -> bool:
    """Return whether photos are stored in a bucket to which browsers can send files."""
    return bool(settings.ENV.s3_bucket)


def create_upload_target(gallery: Gallery, *, size: int) -> UploadTarget:
    """Return an address for a file of `size` bytes. The size is signed too, so that nobody fills the bucket.

    Raises FacePassError 413 `image_too_large`, 415 `not_an_image`.
    """
    ingest.check_size(size)
    pk = uuid4()
    target = {"Bucket": settings.ENV.s3_bucket, "Key": _key(gallery, pk), "ContentLength": size}
    url = _storage().for_browsers.connection.meta.client.generate_presigned_url(
        "put_object", Params=target, ExpiresIn=ADDRESS_SECONDS, HttpMethod="PUT"
    )
    return UploadTarget(pk, url)


def accept_upload(
    gallery: Gallery, pk: UUID, *, name: str, by: Principal, folder: str = "", tags: str = ""
) -> ingest.UploadReport:
    """Add the file that the browser has put there to the gallery; `folder` and `tags` as `ingest.add_photos`.

    Raises FacePassError 404 `upload_missing` where it is not there (any more), and as `ingest.add_photos`.
    """
    key = _key(gallery, pk)
    if not default_storage.exists(key):
        raise FacePassError("upload_missing", _("The file did not arrive. Send it again."), status=404)
    try:
        with default_storage.open(key) as stored:
            return ingest.add_photos(gallery, [File(stored, name=name)], by=by, folder=folder, tags=tags)
    finally:
        default_storage.delete(key)


def sweep() -> int:
    """Delete files that were put there and never reported; return how many. A chore."""
    if not is_available():
        return 0
    last = timezone.now() - KEEP_FOR
    old = [row for row in _storage().bucket.objects.filter(Prefix=f"{PREFIX}/") if row.last_modified < last]
    for_each_row(old, lambda row: default_storage.delete(row.key), task="sweeping uploads")
    return len(old)


def _key(gallery: Gallery, pk: UUID) -> str:
    return f"{PREFIX}/{gallery.pk}/{pk}"


def _storage() -> Any:
    """Return django-storages' S3Storage, which Django's type of a storage does not describe."""
    return default_storage
