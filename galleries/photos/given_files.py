"""Originals as they are given to whoever is not staff: without place and serial numbers.

Only where the studio gives an event's originals as they were taken they are. Events are known to the app above, which
registers how to ask; photos of no event never are.
"""

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from django.core.files.storage import default_storage

from facepass.core.errors import FacePassError
from galleries.models import Gallery, GalleryImage
from galleries.photos.media_files import storage_name
from galleries.photos.rotation.shown_files import prepare_file, read_original
from recognition.pictures.file_names import agreeing_name
from recognition.pictures.formats import find_by_ending
from recognition.pictures.stripping.stripped_copy import strip_file, stripped_format

# Takes ids of photo sessions and returns those whose originals are given as they were taken.
AsTakenRule = Callable[[Collection[UUID]], set[UUID]]
_registered: list[AsTakenRule] = []


def register_rule(rule: AsTakenRule) -> None:
    _registered[:] = [rule]


def list_as_taken(photos: Iterable[GalleryImage]) -> set[UUID]:
    """Return the ids of those photos whose originals are given as they were taken; at most two queries."""
    galleries = {photo.pk: photo.gallery_id for photo in photos}
    rows = Gallery.objects.filter(pk__in=set(galleries.values())).exclude(session_id=None)
    sessions: dict[UUID, UUID | None] = dict(rows.values_list("pk", "session_id"))
    given = {pk for rule in _registered for pk in rule({pk for pk in sessions.values() if pk})}
    return {photo for photo, gallery in galleries.items() if sessions.get(gallery) in given}


def read_stripped(photo: GalleryImage) -> bytes:
    """Return the original without place and serial numbers, under `given_name`; the preview where it cannot be read.

    Raise FileNotFoundError where the file is not in the storage.
    """
    original = read_original(photo)
    try:
        return strip_file(original)
    except FacePassError:  # no picture that we can decode, so nothing of it is sure
        with default_storage.open(prepare_file(photo, "preview")) as file:
            preview: bytes = file.read()
            return preview


def given_name(photo: GalleryImage) -> str:
    """Return the name of the file without place and serial numbers."""
    form = stripped_format(find_by_ending(storage_name(photo, "original")))
    return agreeing_name(photo.original_name, stored=f"copy{form.extension}")
