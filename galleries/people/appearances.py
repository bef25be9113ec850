"""All photos of a person: those of events in which somebody confirmed that it is them."""

from django.db.models import F

from galleries.models import GalleryImage, Person, PhotoFace
from galleries.models.cluster import Occasion
from galleries.models.photo import BY_NAME, GalleryImageQuerySet


def find_photos(person: Person, *, occasion: Occasion | None = None) -> GalleryImageQuerySet:
    """Return the photos of all events, or of one occasion, the latest first.

    A name that only a model proposed gives no photo: these are downloaded and sent to people.
    """
    confirmed = PhotoFace.objects.filter(person=person, verified=True).shown()
    photos = GalleryImage.objects.event_photos().filter(pk__in=confirmed.values("photo"))
    if occasion:
        photos = photos.filter(gallery__in=occasion.galleries)
    return photos.order_by(F("taken_at").desc(nulls_last=True), *BY_NAME)


def find_sendable_photos(person: Person) -> GalleryImageQuerySet:
    """Return the photos that whoever holds a private link gets: none that staff have hidden from guests, each once."""
    return find_photos(person).shown_to_guests().processed().without_copies()
