"""Uploads, photos and static files."""

from typing import Any

from facepass.settings.base import BASE_DIR, DEBUG, ENV, HOME

MAX_UPLOAD_BYTES = ENV.max_upload_mb * 1_000_000
MAX_PIXELS = ENV.max_pixels_mp * 1_000_000
# A request may carry several photos; each file is limited on its own while it is read (galleries/photos/ingest.py).
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FILES = 500

MEDIA_ROOT = HOME / "media"


def s3_storage(bucket: str, *, endpoint: str) -> dict[str, Any]:
    """Private objects behind links that expire; credentials come from the usual AWS variables."""
    options = {
        "default_acl": None,
        "querystring_auth": True,
        "querystring_expire": 900,
        "file_overwrite": False,
        "signature_version": "s3v4",  # the older one can not sign an upload's size
    }
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": bucket, "endpoint_url": endpoint or None, **options},
    }


STORAGES: dict[str, dict[str, Any]] = {
    "default": s3_storage(ENV.s3_bucket, endpoint=ENV.s3_endpoint_url)
    if ENV.s3_bucket
    else {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_ROOT}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
