"""Photos as guests' pages show them: signed addresses, and no score, no name, no box.

An address is short-lived, and good for one guest or one shared link only.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from galleries.models import GalleryImage, PhotoFace
from galleries.photos import media_files
from galleries.photos.media_files import Variant
from sessions_app.guest.domain import matched_photos
from sessions_app.guest.domain.matched_photos import PhotoFilter
from sessions_app.models import FoundPhoto, Guest, GuestRules, ShareLink

# Whose page an address is for. The URL names are `guest-photo`, `share-photo` and `screen-photo`.
Audience = Literal["guest", "share", "screen"]
# Within one span all pages give the same address, so that the browser need not fetch a picture again. An address works
# until the end of the next span: for half an hour at least, and an hour at most.
SPAN_SECONDS = 1800
SALT = "sessions_app.guest.addresses"
# In percent, a little above the middle: where faces are in most pictures.
DEFAULT_FOCUS = "50 40"


@dataclass(frozen=True, slots=True)
class Tile:
    photo: UUID
    thumbnail: str
    preview: str
    download: str
    """Empty where the studio allows none."""
    width: int
    height: int
    """Pixels of the upright photo, so that the browser knows the shape before the picture is there."""
    blur: str
    """What is shown until then: see `recognition.pictures.thumbnails.encode_blur`."""
    focus: str
    """What a square tile is cut around, in percent from the left and the top: the guest's face, where there is one."""
    favourite: bool = False
    stack: UUID | None = None
    """What shots of one burst have in common: they stand together, the best first. Otherwise the photo's id."""
    number: int = 0
    """The tile's place on the page, from 1 on."""

    @property
    def sources(self) -> str:
        """Return the two sizes that the worker made, for `srcset`."""
        widths = [(self.thumbnail, media_files.SIDES["thumbnail"]), (self.preview, media_files.SIDES["preview"])]
        return ", ".join(f"{address} {self._width_at(side)}w" for address, side in widths)

    def _width_at(self, side: int) -> int:
        """Return the width of a copy whose longest side is at most `side`. Copies are never enlarged."""
        return max(1, round(self.width * min(1.0, side / max(self.width, self.height))))


@dataclass(frozen=True, slots=True)
class Results:
    """What `guest/results.html` shows of a guest's photos through one filter."""

    tiles: list[Tile]
    show: PhotoFilter
    counts: dict[PhotoFilter, int]

    @property
    def filters(self) -> list[PhotoFilter]:
        """Return the filters worth offering: those that show something, where there is more than one.

        "Only me" is none where it shows the same as "all".
        """
        counts = self.counts
        useful = [name for name in counts if counts[name] and (name != "me" or counts["me"] < counts["all"])]
        return useful if len(useful) > 1 else []


def build_results(guest: Guest, *, show: PhotoFilter = "all", section: UUID | None = None) -> Results:
    """Return the guest's photos, of the section only where one is named, that pass the filter; one query."""
    rows = matched_photos.list_found(guest, section=section)
    rules = GuestRules.for_session(guest.session)
    tiles = build_guest_tiles(guest, matched_photos.filter_found(rows, show), rules)
    return Results(tiles, show, matched_photos.count_by_filter(rows))


def build_guest_tiles(guest: Guest, rows: Iterable[FoundPhoto], rules: GuestRules) -> list[Tile]:
    return _number_tiles(_build_tile("guest", guest.pk, row, rules) for row in stack_rows(rows))


def build_browsing_tiles(guest: Guest, photos: Iterable[GalleryImage], rules: GuestRules) -> list[Tile]:
    """Return tiles for a guest who looks around: nobody was searched for."""
    return build_guest_tiles(guest, (FoundPhoto(photo=photo) for photo in photos), rules)


def build_share_tiles(share: ShareLink, rows: Iterable[FoundPhoto], rules: GuestRules) -> list[Tile]:
    """Return tiles for whoever holds a shared link. Favourites and where the guest's face is stay the guest's own."""
    return _number_tiles(_build_tile("share", share.pk, FoundPhoto(photo=row.photo), rules) for row in stack_rows(rows))


def stack_rows(rows: Iterable[FoundPhoto]) -> list[FoundPhoto]:
    """Return the rows with shots of one burst together, the best first, where the first of them stood."""
    stacks: dict[UUID, list[FoundPhoto]] = {}
    for row in rows:
        stacks.setdefault(row.photo.burst or row.photo.pk, []).append(row)
    return [row for stack in stacks.values() for row in sorted(stack, key=lambda row: row.photo.burst_place)]


def _number_tiles(tiles: Iterable[Tile]) -> list[Tile]:
    return [replace(tile, number=number) for number, tile in enumerate(tiles, 1)]


def _build_tile(audience: Audience, pk: UUID, row: FoundPhoto, rules: GuestRules) -> Tile:
    photo, variant = row.photo, rules.download_variant
    return Tile(
        photo=photo.pk,
        thumbnail=sign_address(audience, pk, photo, "thumbnail"),
        preview=sign_address(audience, pk, photo, "preview"),
        download=f"{sign_address(audience, pk, photo, variant)}&download" if variant else "",
        width=photo.width,
        height=photo.height,
        blur=photo.blur,
        focus=_focus(row.face, photo) if row.face else DEFAULT_FOCUS,
        favourite=row.favourite,
        stack=photo.burst or photo.pk,
    )


def _focus(face: PhotoFace, photo: GalleryImage) -> str:
    """Return the middle of the face's box, which is in pixels of the upright photo."""
    box = face.insightface_bbox
    across = (box["x"] + box["width"] / 2) / photo.width
    down = (box["y"] + box["height"] / 2) / photo.height
    return f"{_percent(across)} {_percent(down)}"


def _percent(fraction: float) -> int:
    return round(100 * min(1.0, max(0.0, fraction)))


def sign_address(audience: Audience, pk: UUID, photo: GalleryImage, variant: Variant) -> str:
    """Return the address of a photo's file for a guest or for a shared link, whose id is `pk`.

    The signature covers that id, the photo, the variant and the time at which the address ends.
    """
    path = reverse(f"{audience}-photo", args=[pk, photo.pk, variant])
    ends = (int(time.time()) // SPAN_SECONDS + 2) * SPAN_SECONDS
    return f"{path}?{urlencode({'ends': ends, 'signature': _signature(path, ends), **media_files.turned_query(photo)})}"


def has_valid_signature(path: str, query: Mapping[str, str]) -> bool:
    """Return whether `sign_address` made that address, and it has not ended."""
    try:
        ends = int(query["ends"])
    except (KeyError, ValueError):
        return False
    return ends > time.time() and constant_time_compare(query.get("signature", ""), _signature(path, ends))


def _signature(path: str, ends: int) -> str:
    return signing.Signer(salt=SALT).signature(f"{path} {ends}")
