"""Where a page's script sends photos of a gallery."""

from uuid import UUID

from django.urls import reverse

from galleries.photos import direct_uploads


def build_upload_paths(gallery_id: UUID) -> dict[str, str]:
    """Return the addresses by their names; those of direct uploads only where there is a bucket."""
    direct = ["upload_place", "upload_arrived"] if direct_uploads.is_available() else []
    names = ["upload_there", "upload_file", *direct]
    return {name: reverse(f"admin:galleries_gallery_{name}", args=[gallery_id]) for name in names}
