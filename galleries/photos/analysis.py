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
from facepass.core.logs.request_ids import on_behalf_of
from facepass.core.work import work_counts
from galleries.matching import probe
from galleries.models import GalleryImage
from galleries.photos import giving_up, media_files, progress, recording
from galleries.photos.bursts import measuring as bursts
from galleries.photos.pipeline import PhotoResult, decode_photo, describe_photo, is_photos_fault
from recognition.config import RecognitionSettings
from recognition.pictures import thumbnails
from recognition.pictures.decoders import decoder
from recognition.types import DescribedFace, Picture

log = logging.getLogger(__name__)


def analyse_photo(photo: GalleryImage) -> None:
    """Analyse one claimed photo from start to end, and publish the progress of its gallery.

    A picture that cannot be read fails for good and says why. Where the storage or a model is missing, the photo goes
    back to wait, and the error is raised.
    """
    record_result(describe_photo(photo, decode=prepare_photo))
    work_counts.write_counts()
    progress.publish_progress(photo.gallery_id)


def prepare_photo(photo: GalleryImage, settings: RecognitionSettings) -> Picture:
    """Return the picture as it is analysed, and make preview and thumbnail from the same decoding.

    Asks no database. Raises as `decode_photo`, and 422 `unreadable_value` where the row holds what cannot be read.
    """
    if columns := list_unreadable_columns(photo):
        message = _("Something stored with the photo cannot be read: %(columns)s.") % {"columns": ", ".join(columns)}
        raise FacePassError("unreadable_value", message, status=422, details={"columns": columns})
    with work_counts.time_stage("decode"):
        picture = decode_photo(photo, settings)
    with work_counts.time_stage("thumbnails"):
        photo.blur = thumbnails.encode_blur(_write_thumbnails(photo, picture))
    bursts.measure(photo, decoder.shrink_to_fit(picture, longest_side=media_files.SIDES["preview"]))
    return picture


def _write_thumbnails(photo: GalleryImage, picture: Picture) -> Picture:
    """Write preview and thumbnail, and return the thumbnail.

    Under fixed names: a second attempt writes the same files again. The smaller is made from the larger.
    """
    for variant, side in media_files.SIDES.items():
        picture = decoder.shrink_to_fit(picture, longest_side=side)
        name = media_files.storage_name(photo, variant)
        default_storage.delete(name)
        default_storage.save(name, ContentFile(thumbnails.encode_thumbnail(picture, longest_side=side)))
    return picture


def rebuild_previews(photo: GalleryImage) -> None:
    """Make preview and thumbnail anew from the original, and nothing else. Raises as `decode_photo`."""
    _write_thumbnails(photo, decode_photo(photo, photo.gallery.load_settings()))


def record_result(result: PhotoResult) -> None:
    """Write what came out of a claimed photo: its faces, or the code of what is wrong with it.

    Raises FacePassError where it is not the photo's fault (the storage is away, a model is missing): the attempt does
    not count then, and the photo's row says why it waits.
    """
    try:
        faces = _require_faces(result)
    except FacePassError as refusal:
        work_counts.count("analysis", refusal.code)
        if not is_photos_fault(refusal):
            result.photo.return_attempt(refusal.code)
            raise
        with on_behalf_of(result.photo.request_id):
            log.warning("photo %s failed: %s", result.photo.pk, refusal.code)
            giving_up.give_up(result.photo, refusal)
    else:
        with on_behalf_of(result.photo.request_id), work_counts.time_stage("record"):
            recording.record_faces(result.photo, faces, scale=result.scale)


def _require_faces(result: PhotoResult) -> list[DescribedFace]:
    """Return the faces to record. A picture that enrols somebody must show exactly one usable face."""
    if result.error is not None:
        raise result.error
    return result.faces if result.photo.subject_id is None else [probe.require_single_usable(result.faces)]
