"""Photos that guests gave and studios' logos, against their files: there are few of them."""

from django.core.files.storage import default_storage

from facepass.models import Studio
from facepass.ops.backup.files import digest_of
from facepass.ops.file_check import repairs
from facepass.ops.file_check.findings import Extent, Kind, Report
from sessions_app.models import GuestUpload


def check_uploads(report: Report, extent: Extent) -> None:
    """Compare what guests gave and nobody has decided about."""
    for upload in GuestUpload.objects.select_related("guest__session").order_by("pk").iterator():
        report.looked_at["uploads"] += 1
        if kind := _judge(upload, reads=extent.reads(upload.pk)):
            name, studio_id = upload.file.name or "", upload.guest.session.studio_id
            is_back = repairs.restore(name, upload.sha256, extent)
            report.add(kind, name, studio_id=studio_id, repaired=is_back)


def _judge(upload: GuestUpload, *, reads: bool) -> Kind | None:
    """Return what is wrong with the file. A row that has gone meanwhile, by a decision or with its guest, is fine."""
    name, kind = upload.file.name or "", None
    if not default_storage.exists(name):
        kind = Kind.UPLOAD_MISSING
    elif default_storage.size(name) == 0 or (reads and digest_of(name) != upload.sha256):
        kind = Kind.UPLOAD_DAMAGED
    return kind if kind and GuestUpload.objects.filter(pk=upload.pk).exists() else None


def check_logos(report: Report) -> None:
    """Look for the studios' logos."""
    for studio in Studio.objects.exclude(logo=None).exclude(logo="").only("logo"):
        report.looked_at["logos"] += 1
        name = studio.logo.name or ""
        if not default_storage.exists(name) or default_storage.size(name) == 0:
            report.add(Kind.LOGO_MISSING, name, studio_id=studio.pk)
