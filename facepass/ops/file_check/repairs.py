"""Damaged files made anew: previews from their original, originals from the back-up that has the same bytes."""

from collections.abc import Mapping

from django.conf import settings

from facepass.core.errors import FacePassError
from facepass.ops.backup import encryption, restoring, store
from facepass.ops.backup.manifest import KeptFile
from facepass.ops.backup.store import BackupStore
from facepass.ops.file_check.findings import LOST, Extent, Kind, Report
from galleries.models import GalleryImage
from galleries.photos import analysis, media_files


def repair_photo(photo: GalleryImage, problems: Mapping[str, Kind], report: Report, extent: Extent) -> None:
    """Put in order what is wrong with a photo's files, as far as `extent` allows, and report it."""
    studio_id = photo.gallery.studio_id
    originals = [name for name, kind in problems.items() if kind in LOST]
    others = {name: kind for name, kind in problems.items() if kind not in LOST}
    is_there = not originals
    for name in originals:
        is_there = restore(name, photo.sha256, extent)
        report.add(problems[name], name, studio_id=studio_id, repaired=is_there)
    done = bool(others) and extent.rebuilds and is_there and _rebuild(photo, list(others))
    for name, kind in others.items():
        report.add(kind, name, studio_id=studio_id, repaired=done)


def _rebuild(photo: GalleryImage, names: list[str]) -> bool:
    """Make the files anew; copies are deleted, and made when somebody asks for them. Return whether it was possible."""
    shown = {media_files.storage_name(photo, variant) for variant in media_files.SIDES}
    media_files.delete_files([name for name in names if name not in shown])
    if shown.isdisjoint(names):
        return True
    try:
        analysis.rebuild_previews(photo)
    except FacePassError as refusal:
        if refusal.status >= 500:  # the storage's fault
            raise
        return False
    return True


def restore(name: str, digest: str, extent: Extent) -> bool:
    """Fetch a file from the back-up, by its digest; return whether it was there, and the key to read it."""
    if not (extent.restores and settings.ENV.backup_to and settings.ENV.backup_identity):
        return False
    place = BackupStore.at(settings.ENV.backup_to)
    if not place.exists(store.file_name(digest)):
        return False
    identity = encryption.load_identity(settings.ENV.backup_identity)
    try:
        restoring.restore_file(place, KeptFile(name, 0, digest), identity)
    except FacePassError as refusal:
        if refusal.code != "backup_failed":
            raise
        return False
    return True
