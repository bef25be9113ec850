"""Photos move from one gallery to another of the same photo session, with their faces.

Groups, names, decisions and what guests found belong to the session, so all of it stays. Files stay where they are.
"""

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

    Left where they are: photos that wait for an analysis or are at it, because the worker would give their faces to the
    old gallery, and photos that the target has already.
    """
    target = Gallery.objects.select_for_update(no_key=True).get(pk=target.pk)
    rows = photos.exclude(pk__in=photos.unfinished()).select_for_update(no_key=True, of=("self",))
    there = set(GalleryImage.objects.filter(gallery=target).values_list("sha256", flat=True))
    moving: dict[str, GalleryImage] = {}
    for photo in rows.select_related("gallery"):
        if Occasion.for_gallery(photo.gallery) == Occasion.for_gallery(target) and photo.sha256 not in there:
            moving.setdefault(photo.sha256, photo)
    ids = [photo.pk for photo in moving.values()]
    PhotoFace.objects.filter(photo__in=ids).update(gallery=target)
    return GalleryImage.objects.filter(pk__in=ids).update(gallery=target)
