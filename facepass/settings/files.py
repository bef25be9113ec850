"""Uploads, photos and static files."""

from typing import Any

from facepass.settings.base import BASE_DIR, DEBUG, ENV, HOME

MAX_UPLOAD_BYTES = ENV.max_upload_mb * 1_000_000
MAX_PIXELS = ENV.max_pixels_mp * 1_000_000
RAW_PHOTOS = ENV.raw_photos
# A request may carry several photos; each file is limited on its own while it is read (galleries/photos/ingest.py).
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FILES = 500

# Empty: files are not scanned for viruses.
CLAMAV_URL = ENV.clamav_url

MEDIA_ROOT = HOME / "media"
# Photos are the service's alone.
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700


def s3_storage(bucket: str, *, endpoint: str) -> dict[str, Any]:
    """Private objects behind links that expire. Without keys of ENV, they come from where boto3 looks for them."""
    from facepass.core.storage.bucket import client_config, credentials  # noqa: PLC0415 - seconds, which a folder does not need

    options = {
        **credentials(ENV),
        "default_acl": None,
        "querystring_auth": True,
        "querystring_expire": 900,
        "file_overwrite": False,
        "client_config": client_config(
            signature_version="s3v4",  # the older one can not sign an upload's size
            s3={"addressing_style": ENV.s3_addressing_style},
        ),
        "public_endpoint_url": ENV.s3_public_endpoint_url,
    }
    return {
        "BACKEND": "facepass.core.storage.bucket.BucketStorage",
        "OPTIONS": {"bucket_name": bucket, "endpoint_url": endpoint or None, **options},
    }


STORAGES: dict[str, dict[str, Any]] = {
    "default": s3_storage(ENV.s3_bucket, endpoint=ENV.s3_endpoint_url)
    if ENV.s3_bucket
    else {"BACKEND": "facepass.core.storage.folder.FolderStorage", "OPTIONS": {"location": MEDIA_ROOT}},
    "staticfiles": {"BACKEND": "facepass.core.requests.hashed_static_files.HashedStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = HOME / "static"
# Libraries' files are served from where they are; what is in STATIC_ROOT was made of our own.
WHITENOISE_USE_FINDERS = True
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_AUTOREFRESH = DEBUG
