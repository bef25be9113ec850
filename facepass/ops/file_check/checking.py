"""The whole check: photos, what guests gave, logos, files without a row, groups and counts."""

from facepass.ops.file_check import faces, orphans, other_files, photos
from facepass.ops.file_check.findings import Extent, Report


def check_files(extent: Extent) -> Report:
    """Compare rows with files and with each other, put in order what `extent` allows, and return what was found.

    Raises FacePassError 503 `storage_unavailable` where the storage is away: then no file counts as missing.
    """
    report = Report()
    found = photos.check_photos(report, extent)
    other_files.check_uploads(report, extent)
    other_files.check_logos(report)
    orphans.sweep([*found, *orphans.find_loose(report)], report, extent)
    faces.check_faces(report, extent)
    return report
