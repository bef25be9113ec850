"""Tags of photos, such as `first dance`: words by which staff find photos again. Guests do not see them."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from galleries.models import GalleryImage
from galleries.models.photo import TAG_SEPARATOR, GalleryImageQuerySet

MOST_CHARACTERS = 500
# Of a tag that is a folder's name.
MOST_FOLDER_CHARACTERS = 100


def parse_tags(text: str) -> list[str]:
    """Return the tags of a text with commas between them. Raise 400 `invalid_request` where there is none."""
    tags: dict[str, str] = {}
    for word in (" ".join(part.split()) for part in text.split(",")):
        if word and word.isprintable():
            tags.setdefault(word.casefold(), word)
    if not tags:
        raise FacePassError("invalid_request", _("Type a tag first."))
    return list(tags.values())


def folder_tag(folder: str) -> str:
    """Return the tag of what lay in that folder: the name of the innermost one, or nothing where it has no letters.

    Commas stand between tags, so one in the name becomes a space.
    """
    innermost = folder.replace("\\", "/").rstrip("/").rpartition("/")[2]
    words = "".join(c if c.isprintable() and c != "," else " " for c in innermost).split()
    return " ".join(words)[:MOST_FOLDER_CHARACTERS].rstrip()


def add_tags(photos: GalleryImageQuerySet, tags: Sequence[str]) -> int:
    """Give the photos these tags, and return how many did not have all of them. Capitals make no other tag.

    Raise 400 `invalid_request` where a photo would have more than can be kept.
    """
    return _change(photos, lambda own: [*own, *(tag for tag in tags if tag.casefold() not in _folded(own))])


def remove_tags(photos: GalleryImageQuerySet, tags: Sequence[str]) -> int:
    """Take these tags from the photos, and return how many had one."""
    return _change(photos, lambda own: [tag for tag in own if tag.casefold() not in _folded(tags)])


def _folded(tags: Sequence[str]) -> set[str]:
    return {tag.casefold() for tag in tags}


@transaction.atomic
def _change(photos: GalleryImageQuerySet, change: Callable[[list[str]], list[str]]) -> int:
    changed: list[GalleryImage] = []
    for photo in photos.select_for_update(no_key=True, of=("self",)).only("tags"):
        tags = TAG_SEPARATOR.join(change(photo.tag_list))
        if len(tags) > MOST_CHARACTERS:
            raise FacePassError("invalid_request", _("A photo cannot have so many tags."))
        if tags != photo.tags:
            photo.tags = tags
            changed.append(photo)
    GalleryImage.objects.bulk_update(changed, ["tags"], batch_size=1000)
    return len(changed)
