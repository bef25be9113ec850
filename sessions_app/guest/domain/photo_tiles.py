"""A photo as a guest's page shows it: signed addresses, no score, no name, no box."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from galleries.models import GalleryImage, PhotoFace
from galleries.photos import media_files
from sessions_app.guest.domain import photo_addresses
from sessions_app.models import FoundPhoto, Guest, GuestRules, ShareLink

# A little above the middle, where faces are in most pictures.
UNKNOWN_FOCUS = "50 40"


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
    """What is shown until then: see `recognition.pictures.thumbnails.blur`."""
    focus: str
    """In percent from the left and the top, what a square tile is cut around: the guest's face, where there is one."""
    favourite: bool = False

    @property
    def sources(self) -> str:
        """For `srcset`: the two sizes that the worker made."""
        widths = [(self.thumbnail, media_files.SIDES["thumbnail"]), (self.preview, media_files.SIDES["preview"])]
        return ", ".join(f"{address} {self._width_at(side)}w" for address, side in widths)

    def _width_at(self, side: int) -> int:
        return max(1, round(self.width * min(1.0, side / max(self.width, self.height))))


def of_guest(guest: Guest, rows: Iterable[FoundPhoto], rules: GuestRules) -> list[Tile]:
    return [_tile("guest", guest.pk, row, rules) for row in rows]


def of_photos(guest: Guest, photos: Iterable[GalleryImage], rules: GuestRules) -> list[Tile]:
    """Where a guest looks around, and nobody was looked for."""
    return [_tile("guest", guest.pk, FoundPhoto(photo=photo), rules) for photo in photos]


def of_share(share: ShareLink, rows: Iterable[FoundPhoto], rules: GuestRules) -> list[Tile]:
    """What the guest marked as a favourite, and where their face is, is not told."""
    return [_tile("share", share.pk, FoundPhoto(photo=row.photo), rules) for row in rows]


def _tile(whose: photo_addresses.Whose, pk: UUID, row: FoundPhoto, rules: GuestRules) -> Tile:
    photo, variant = row.photo, rules.download_variant
    return Tile(
        photo=photo.pk,
        thumbnail=photo_addresses.signed(whose, pk, photo.pk, "thumbnail"),
        preview=photo_addresses.signed(whose, pk, photo.pk, "preview"),
        download=f"{photo_addresses.signed(whose, pk, photo.pk, variant)}&download" if variant else "",
        width=photo.width,
        height=photo.height,
        blur=photo.blur,
        focus=_focus(row.face, photo) if row.face else UNKNOWN_FOCUS,
        favourite=row.favourite,
    )


def _focus(face: PhotoFace, photo: GalleryImage) -> str:
    box = face.insightface_bbox
    across = (box["x"] + box["width"] / 2) / photo.width
    down = (box["y"] + box["height"] / 2) / photo.height
    return f"{_percent(across)} {_percent(down)}"


def _percent(fraction: float) -> int:
    return round(100 * min(1.0, max(0.0, fraction)))
