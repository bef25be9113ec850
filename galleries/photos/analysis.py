"""One photo, from claimed to processed: decode > thumbnails > describe > rows.

Nothing is written to the database while the picture is being worked on, and everything at the end in one transaction,
on condition that the claim still holds (recording.py). So a worker may die at any point: nothing is lost, and nothing
is there twice.
"""

import logging

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from facepass.core.database.value_loaders import list_unreadable_columns
from facepass.core.errors import FacePassError
from galleries.matching import probe
from galleries.models import GalleryImage
from galleries.photos import media_files, progress, recording
from galleries.photos.pipeline import PhotoResult, decode_photo, describe_photo, is_photos_fault
from recognition.config import RecognitionSettings
from recognition.pictures import decoding, thumbnails
from recognition.types import DescribedFace, Picture

log = logging.getLogger(__name__)


def analyse_photo(photo: GalleryImage) -> None:
    """Analyse one claimed photo from start to end, and publish the progress of its gallery.

    A picture that cannot be read fails for good and says why. Where a dependency or model is missing, the photo goes
    back to wait, and the error is raised.
    """
    record_result(describe_photo(photo, decode=prepare_photo))
    progress.publish_progress(photo.gallery_id)


def prepare_photo(photo: GalleryImage, settings: RecognitionSettings) -> Picture:
    """Return the picture as it is analysed, and make preview and thumbnail from the same decoding.

    Asks no database. Raises as `decode_photo`, and 422 `unreadable_value` where the row holds what cannot be read.
    """
    if columns := list_unreadable_columns(photo):
        message = _("Something stored with the photo cannot be read: %(columns)s.") % {"columns": ", ".join(columns)}
        raise FacePassError("unreadable_value", message, status=422, details={"columns": columns})
    picture = decode_photo(photo, settings)
    photo.blur = thumbnails.encode_blur(_write_thumbnails(photo, picture))
    return picture


def _write_thumbnails(photo: GalleryImage, picture: Picture) -> Picture:
    """Write preview and thumbnail, and return the thumbnail.

    Under fixed names: a second attempt writes the same files again. The smaller is made from the larger.
    """
    for variant, side in media_files.SIDES.items():
        picture = decoding.shrink_to_fit(picture, longest_side=side)
        name = media_files.storage_name(photo, variant)
        default_storage.delete(name)
        default_storage.save(name, ContentFile(thumbnails.encode_thumbnail(picture, longest_side=side)))
    return picture


def record_result(result: PhotoResult) -> None:
    """Write what came out of a claimed photo: its faces, or the code of what is wrong with it.

    Raises FacePassError where it is not the photo's fault (a model is missing): the attempt does not count then.
    """
    try:
        faces = _require_faces(result)
    except FacePassError as refusal:
        if not is_photos_fault(refusal):
            result.photo.return_attempt()
            raise
        log.warning("photo %s failed: %s", result.photo.pk, refusal.code)
        result.photo.fail(refusal.code)
    else:
        recording.record_faces(result.photo, faces, scale=result.scale)


def _require_faces(result: PhotoResult) -> list[DescribedFace]:
    """Return the faces to record. A picture that enrols somebody must show exactly one usable face."""
    if result.error is not None:
        raise result.error
    return result.faces if result.photo.subject_id is None else [probe.require_single_usable(result.faces)]
