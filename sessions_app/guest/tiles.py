"""A found photo as the guest's page shows it: signed addresses, no score, no name."""

from dataclasses import dataclass

from galleries import media
from galleries.models import GalleryImage, PhotoFace
from galleries.search import Match


@dataclass(frozen=True, slots=True)
class Tile:
    thumbnail: str
    preview: str
    download: str
    width: int
    height: int
    """Pixels of the upright photo, so that the browser knows the shape before the picture is there."""
    focus: str
    """Where the guest's face is, in percent from the left and the top: a square tile is cut around it."""

    @classmethod
    def of(cls, match: Match) -> "Tile":
        return cls.of_photo(match.face.photo, focus=_focus(match.face, match.face.photo))

    @classmethod
    def of_photo(cls, photo: GalleryImage, *, focus: str = "50 40") -> "Tile":
        """Where nobody is looked for, a little above the middle, where faces are in most pictures."""
        return cls(
            thumbnail=media.signed_path(photo, "thumbnail"),
            preview=media.signed_path(photo, "preview"),
            download=f"{media.signed_path(photo, 'original')}&download",
            width=photo.width,
            height=photo.height,
            focus=focus,
        )


def _focus(face: PhotoFace, photo: GalleryImage) -> str:
    box = face.insightface_bbox
    across = (box["x"] + box["width"] / 2) / photo.width
    down = (box["y"] + box["height"] / 2) / photo.height
    return f"{_percent(across)} {_percent(down)}"


def _percent(fraction: float) -> int:
    return round(100 * min(1.0, max(0.0, fraction)))
