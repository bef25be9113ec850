"""What bursts are found by: measured at the analysis, and by a chore for photos that were analysed before."""

from typing import BinaryIO, cast

from django.core.files.storage import default_storage

from facepass.core.errors import FacePassError
from facepass.core.work.each_row import RowsFailed, try_each_row
from galleries.models import Gallery, GalleryImage, Occasion
from galleries.models.photo import UNMEASURED
from galleries.photos import media_files
from galleries.photos.bursts.stacking import stack_photos
from recognition.pictures import decoding
from recognition.pictures.perceptual_hash import hash_picture, measure_sharpness
from recognition.types import Picture

# In one turn of the chore, so that it takes seconds.
MOST_AT_ONCE = 200


def measure(photo: GalleryImage, picture: Picture) -> None:
    """Set the photo's hash and sharpness, without saving. `picture`: its preview."""
    photo.picture_hash, photo.sharpness = hash_picture(picture), measure_sharpness(picture)


def measure_old_photos() -> int:
    """Measure photos that were analysed before there were bursts, and find those. A chore; return how many it were.

    In any order, so that some that fail do not keep the others from their turn. Raise RowsFailed.
    """
    photos = list(GalleryImage.objects.event_photos().filter(UNMEASURED).order_by("?")[:MOST_AT_ONCE])
    failed = try_each_row(photos, _measure_stored, task="bursts")
    galleries = Gallery.objects.filter(pk__in={photo.gallery_id for photo in photos})
    occasions = {occasion.key: occasion for occasion in map(Occasion.for_gallery, galleries)}
    failed += try_each_row(occasions.values(), stack_photos, task="bursts")
    if failed:
        raise RowsFailed("bursts", failed)
    return len(photos)


def _measure_stored(photo: GalleryImage) -> None:
    """A photo without a preview, or whose preview cannot be read, is in no burst and not tried again."""
    photo.picture_hash, photo.sharpness = None, 0.0
    try:
        with default_storage.open(media_files.storage_name(photo, "preview")) as file:
            measure(photo, decoding.decode_picture(cast(BinaryIO, file)))
    except (FileNotFoundError, FacePassError):
        pass
    GalleryImage.objects.filter(pk=photo.pk).update(picture_hash=photo.picture_hash, sharpness=photo.sharpness)
