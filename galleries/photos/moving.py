"""Photos move from one gallery to another, with their faces. Files stay where they are.

Within a photo session groups, names, decisions and what guests found belong to it, so all of it stays. What becomes of
them where photos leave it, `galleries.faces.event_change` says.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from galleries.models import Gallery, GalleryImage, Occasion, PhotoFace
from galleries.models.gallery import GalleryQuerySet
from galleries.models.photo import GalleryImageQuerySet


def list_targets(gallery: Gallery) -> GalleryQuerySet:
    """Return the galleries to which its photos may move: the others of its photo session."""
    others = Gallery.objects.event_galleries().filter(studio_id=gallery.studio_id).exclude(pk=gallery.pk)
    return others.in_session(gallery.session_id).order_by("title", "pk") if gallery.session_id else others.none()


@transaction.atomic
def move_photos(photos: GalleryImageQuerySet, target: Gallery) -> int:
    """Move the photos and return how many moved. `target` must be one of `list_targets` of their gallery.

    Left where they are: see `lock_movable`.
    """
    movable = lock_movable(photos, target)
    return write_gallery([photo.pk for photo in movable if _is_same_occasion(photo, target)], target)


def lock_movable(photos: GalleryImageQuerySet, target: Gallery) -> list[GalleryImage]:
    """Return those of the photos that can move to the gallery, with their galleries, locked.

    Left where they are: photos that wait for an analysis or are at it, because the worker would give their faces to the
    old gallery, and photos that the target has already.
    """
    target = Gallery.objects.select_for_update(no_key=True).get(pk=target.pk)
    rows = photos.exclude(pk__in=photos.unfinished()).select_for_update(no_key=True, of=("self",))
    there = set(GalleryImage.objects.filter(gallery=target).values_list("sha256", flat=True))
    movable: dict[str, GalleryImage] = {}
    for photo in rows.select_related("gallery").order_by("pk"):
        if photo.sha256 not in there:
            movable.setdefault(photo.sha256, photo)
    return list(movable.values())


def write_gallery(photo_ids: Sequence[UUID], target: Gallery) -> int:
    """Write the photos' gallery, and return how many photos it were."""
    PhotoFace.objects.filter(photo__in=photo_ids).update(gallery=target)
    return GalleryImage.objects.filter(pk__in=photo_ids).update(gallery=target)


def _is_same_occasion(photo: GalleryImage, target: Gallery) -> bool:
    return Occasion.for_gallery(photo.gallery) == Occasion.for_gallery(target)
