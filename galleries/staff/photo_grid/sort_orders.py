"""The orders of a gallery's photos, and a photo's neighbours in each of them; every order is an index."""

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from galleries.models import GalleryImage
from galleries.models.photo import BY_CAPTURE, BY_NAME, GalleryImageQuerySet


class Sort(models.TextChoices):
    TAKEN = "taken", _("By capture time")
    NAME = "name", _("By file name")
    UPLOAD = "upload", _("By upload")


COLUMNS: Final[dict[Sort, tuple[str, ...]]] = {
    Sort.TAKEN: BY_CAPTURE,
    Sort.NAME: BY_NAME,
    Sort.UPLOAD: ("created_at", "pk"),
}


def in_order(photos: GalleryImageQuerySet, sort: Sort) -> GalleryImageQuerySet:
    return photos.order_by(*COLUMNS[sort])


def list_before(photos: GalleryImageQuerySet, photo: GalleryImage, sort: Sort) -> GalleryImageQuerySet:
    """Return the photos that come before that one, which need not be among them, the nearest first."""
    return photos.filter(_beyond(photo, COLUMNS[sort], after=False)).order_by(*(f"-{name}" for name in COLUMNS[sort]))


def list_after(photos: GalleryImageQuerySet, photo: GalleryImage, sort: Sort) -> GalleryImageQuerySet:
    """Return the photos that come after that one, which need not be among them, the nearest first."""
    return in_order(photos.filter(_beyond(photo, COLUMNS[sort], after=True)), sort)


def _beyond(photo: GalleryImage, columns: tuple[str, ...], *, after: bool) -> Q:
    """Return the condition that a row comes after (or before) the photo: by the first column in which they differ."""
    name, *rest = columns
    beyond, equal = _differs(name, getattr(photo, name), after=after), Q(**{name: getattr(photo, name)})
    return beyond | (equal & _beyond(photo, tuple(rest), after=after)) if rest else beyond


def _differs(name: str, value: object, *, after: bool) -> Q:
    """Return the condition that the column comes after (or before) the value, where None comes last."""
    if value is None:
        return Q(pk__in=[]) if after else Q(**{f"{name}__isnull": False})
    if not after:
        return Q(**{f"{name}__lt": value})
    greater = Q(**{f"{name}__gt": value})
    return greater | Q(**{f"{name}__isnull": True}) if name == "taken_at" else greater
