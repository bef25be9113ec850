"""Copies: photos of one event with the same bytes, in several of its galleries. Guests and partners are shown one.

Each copy stays a photo with its own faces and decisions, so nothing is lost when the one that is shown is hidden,
deleted or moved away: whoever lists photos asks anew which of those that may be seen is shown.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from galleries.models.photo import GalleryImage

Item = TypeVar("Item")


def keep_one_copy(items: Iterable[Item], *, photo_of: Callable[[Item], GalleryImage]) -> list[Item]:
    """Return the items of one event without those whose photo is another's copy, in their order.

    The photo that was uploaded first stays, at the place of its first copy, so that the choice is always the same.
    """
    kept: dict[str, Item] = {}
    for item in items:
        photo = photo_of(item)
        known = kept.get(photo.sha256)
        if known is None or _age(photo) < _age(photo_of(known)):
            kept[photo.sha256] = item
    return list(kept.values())


def _age(photo: GalleryImage) -> tuple[object, ...]:
    return photo.created_at, photo.pk
