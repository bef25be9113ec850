"""Turning photos that lie on their side: what is known of their faces turns with them.

Nothing is lost: faces keep their rows, and with them names and decisions. Then the photos are analysed again, because a
detector overlooks faces that lie.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import Principal, recheck_scope
from facepass.core.errors import FacePassError
from facepass.models import Scope
from galleries.models import ErasedFace, GalleryImage, PhotoFace, SpareFace
from galleries.models.photo import GalleryImageQuerySet
from recognition.pictures import rotation
from recognition.types import Box

# At once: each of their faces is written anew.
MOST_TURNED = 500
_BATCH = 500


def turn_photo(photo: GalleryImage, by_degrees: int, *, by: Principal) -> GalleryImage:
    """Turn the photo clockwise by 90, 180 or 270 degrees; return its row, which waits for an analysis.

    Raise FacePassError 409 `photo_busy` while it waits for an analysis or is at it, 400 `invalid_request` where it
    failed, for there is no picture to turn.
    """
    if photo.has_failed:
        raise FacePassError("invalid_request", _("This photo could not be analysed."))
    if not turn_photos(GalleryImage.objects.filter(pk=photo.pk), by_degrees, by=by):
        raise FacePassError("photo_busy", _("This photo is being analysed."), status=409, retry_after=5)
    return GalleryImage.objects.select_related("gallery").get(pk=photo.pk)


@transaction.atomic
def turn_photos(photos: GalleryImageQuerySet, by_degrees: int, *, by: Principal) -> int:
    """Turn those of the photos, all of one gallery, that are analysed; return how many, which wait to be so again.

    The others stay: a worker may have read them as they were.
    """
    locked = photos.processed().select_related("gallery").order_by("pk").select_for_update(of=("self",))
    rows = {photo.pk: photo for photo in locked}
    if not rows:
        return 0
    recheck_scope(by, Scope.WRITE, studio_id=next(iter(rows.values())).gallery.studio_id)
    _turn_faces(rows, by_degrees)
    for photo in rows.values():
        _turn_row(photo, by_degrees)
    GalleryImage.objects.bulk_update(rows.values(), ["rotation", "width", "height", "blur"], batch_size=_BATCH)
    return GalleryImage.objects.filter(pk__in=rows).requeue()


def _turn_row(photo: GalleryImage, by_degrees: int) -> None:
    photo.rotation = (photo.rotation + by_degrees) % 360
    if by_degrees % 180:
        photo.width, photo.height = photo.height, photo.width
    photo.blur = rotation.turn_blur(photo.blur, by_degrees)


def _turn_faces(photos: dict[UUID, GalleryImage], by_degrees: int) -> None:
    """Turn what is known of places in the photos: of faces, of those that another model sees, and of erased ones."""
    faces = PhotoFace.objects.filter(photo__in=photos).only("photo_id", "insightface_bbox", "landmarks")
    described = [*faces.order_by("pk").select_for_update(of=("self",))]
    spares = [*SpareFace.objects.filter(photo__in=photos).only("photo_id", "insightface_bbox", "landmarks")]
    erased = [*ErasedFace.objects.filter(photo__in=photos)]
    for face in (*described, *spares):
        photo = photos[face.photo_id]
        face.insightface_bbox = _turn_box(face.as_box, by_degrees, photo)
        face.landmarks = _turn_landmarks(face.landmarks, by_degrees, photo)
    for place in erased:
        place.box = _turn_box(place.as_box, by_degrees, photos[place.photo_id])
    PhotoFace.objects.bulk_update(described, ["insightface_bbox", "landmarks"], batch_size=_BATCH)
    SpareFace.objects.bulk_update(spares, ["insightface_bbox", "landmarks"], batch_size=_BATCH)
    ErasedFace.objects.bulk_update(erased, ["box"], batch_size=_BATCH)


def _turn_box(box: Box, by_degrees: int, photo: GalleryImage) -> dict[str, float]:
    return rotation.turn_box(box, by_degrees, width=photo.width, height=photo.height).as_json()


def _turn_landmarks(points: Iterable[tuple[float, float]], by_degrees: int, photo: GalleryImage) -> list[list[float]]:
    """Return the landmarks after the turn; a face that was drawn where no engine sees one has none."""
    turned = (rotation.turn_point((x, y), by_degrees, width=photo.width, height=photo.height) for x, y in points)
    return [[round(x, 1), round(y, 1)] for x, y in turned]
