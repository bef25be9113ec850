"""Which faces of a photo are not described: those at places of people who asked to be left out.

It is asked between detection and description, so that nothing is computed of such a face. A place that was turned with
its photo since is looked at once more when the faces are written (`recording`).
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from galleries.models import ErasedFace, GalleryImage, PhotoFace
from galleries.photos import same_faces
from recognition.types import Box, DetectedFace, Picture


@dataclass(frozen=True, slots=True)
class PlacesLeftOut:
    """The erased and the known faces of a photo, in its own pixels; called, it returns the faces to be described."""

    width: int
    erased: Sequence[Box]
    known: Sequence[Box]

    def __call__(self, picture: Picture, faces: Sequence[DetectedFace]) -> list[DetectedFace]:
        scale = self.width / picture.shape[1]
        found = [face.box.scaled(scale) for face in faces]
        left_out = same_faces.match_faces(found, self.known, erased=self.erased).erased
        return [face for index, face in enumerate(faces) if index not in left_out]


def load_places(photos: Collection[GalleryImage]) -> dict[UUID, PlacesLeftOut]:
    """Return the places of those photos that have some, by the photo's id. One query, or two."""
    erased: dict[UUID, list[Box]] = defaultdict(list)
    for place in ErasedFace.objects.filter(photo__in=photos, requested=True):
        erased[place.photo_id].append(place.as_box)
    if not erased:
        return {}
    known: dict[UUID, list[Box]] = defaultdict(list)
    for face in PhotoFace.objects.filter(photo__in=erased).only("photo", "insightface_bbox", "quality"):
        if not face.is_of_whole_photo:
            known[face.photo_id].append(face.as_box)
    widths = {photo.pk: photo.width for photo in photos}
    return {pk: PlacesLeftOut(widths[pk], places, known[pk]) for pk, places in erased.items()}
