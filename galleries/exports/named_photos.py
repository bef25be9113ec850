"""The photos of an occasion with the people in them."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from galleries.models import GalleryImage, Occasion, PhotoFace
from galleries.models.photo import BY_CAPTURE


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """A person in a photo. `confirmed`: somebody said so; else the name is proposed."""

    pk: UUID
    name: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class NamedPhoto:
    """A photo and who is in it, by name; nobody twice."""

    photo: GalleryImage
    people: list[NamedPerson]

    @property
    def confirmed_names(self) -> list[str]:
        return [person.name for person in self.people if person.confirmed]

    @property
    def proposed_names(self) -> list[str]:
        return [person.name for person in self.people if not person.confirmed]


def list_named_photos(occasion: Occasion) -> list[NamedPhoto]:
    """Return all photos of the occasion in the order in which they were taken; two queries."""
    people: dict[UUID, dict[UUID, NamedPerson]] = defaultdict(dict)
    faces = PhotoFace.objects.within(occasion).named().order_by("person__real_name", "person", "verified")
    for photo_id, person_id, name, verified in faces.values_list("photo", "person", "person__real_name", "verified"):
        people[photo_id][person_id] = NamedPerson(person_id, name, verified)
    photos = GalleryImage.objects.filter(gallery__in=occasion.galleries).select_related("gallery")
    ordered = photos.order_by(*BY_CAPTURE)
    return [NamedPhoto(photo, list(people[photo.pk].values())) for photo in ordered]
