"""Photos of an occasion with the names of who is in them: as copies that have them inside, or as sidecars."""

import logging
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import PurePosixPath

from zipstream import ZipStream

from facepass.core.file_names import safe_folder
from galleries.exports import name_tags
from galleries.exports.named_photos import NamedPhoto
from galleries.models import GalleryImage
from galleries.photos import archives
from galleries.photos.rotation.shown_files import read_original

log = logging.getLogger(__name__)


def build_sidecars_archive(rows: Sequence[NamedPhoto]) -> ZipStream:
    """Return a ZIP with an XMP file for each photo in which somebody is confirmed, where the photo lay."""
    return archives.build_made_archive(
        (_path_of(row.photo).with_suffix(".xmp"), partial(_make_sidecar, row)) for row in _named(rows)
    )


def build_copies_archive(rows: Sequence[NamedPhoto]) -> ZipStream:
    """Return a ZIP with a copy of each photo in which somebody is confirmed, with their names in it.

    A photo whose format takes no names (HEIC) comes as it is, and every such photo has a sidecar.
    """
    return archives.build_made_archive(_list_copies(_named(rows)))


def _named(rows: Sequence[NamedPhoto]) -> list[NamedPhoto]:
    return [row for row in rows if row.confirmed_names and row.photo.file.name]


def _list_copies(rows: Sequence[NamedPhoto]) -> Iterator[tuple[PurePosixPath, archives.Maker]]:
    for row in rows:
        path = _path_of(row.photo)
        yield path, partial(_make_copy, row)
        if path.suffix.lower() in name_tags.WITHOUT_NAMES:
            yield path.with_suffix(".xmp"), partial(_make_sidecar, row)


def _path_of(photo: GalleryImage) -> PurePosixPath:
    """Return where the photo lay when it was uploaded, below the archive's own folder."""
    return safe_folder(photo.folder) / photo.shown_name


def _make_sidecar(row: NamedPhoto) -> bytes:
    return name_tags.build_sidecar(row.confirmed_names)


def _make_copy(row: NamedPhoto) -> bytes:
    original = read_original(row.photo)
    tagged = name_tags.embed_names(original, row.confirmed_names)
    if tagged is None and _path_of(row.photo).suffix.lower() not in name_tags.WITHOUT_NAMES:
        log.warning("photo %s is copied without names: its metadata cannot be read", row.photo.pk)
    return tagged or original
