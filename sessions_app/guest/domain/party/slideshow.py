"""Which photos an event's slideshow shows: guests' favourites.

A photo is in it while at least one guest has it among their favourites and it is shown to guests. Nobody learns who
marked it, and a photo in which somebody is who asked not to be found is left out.
"""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from galleries.models import GalleryImage, PhotoFace
from galleries.models.photo import GalleryImageQuerySet
from sessions_app.guest.domain import photo_tiles
from sessions_app.models import FoundPhoto, GuestRules, HiddenFace, PhotoSession, Slideshow
from sessions_app.slideshows import read_token

# The last ones that were marked; a screen that shows each for some seconds takes half an hour for them.
MOST_PHOTOS = 200


def find_slideshow(token: str) -> Slideshow | None:
    """Return the slideshow of that address while its event is open to guests, with the event, rules and studio."""
    pk = read_token(token)
    return find_open(pk) if pk else None


def find_open(pk: UUID) -> Slideshow | None:
    """Return the slideshow of that id while its event is open to guests."""
    rows = Slideshow.objects.select_related("session__guest_rules", "session__studio")
    show = rows.filter(pk=pk, session__facepass_enabled=True, session__gone_at=None).first()
    return show if show and not GuestRules.for_session(show.session).is_expired else None


def list_photos(show: Slideshow) -> list[GalleryImage]:
    """Return the photos that the screen shows, in the order in which they were taken; one query."""
    latest = _select_photos(show.session).without_copies().order_by("-taken_at", "-pk")[:MOST_PHOTOS]
    return list(reversed(latest))


def find_photo(show: Slideshow, pk: UUID) -> GalleryImage | None:
    """Return the photo where the screen shows it."""
    return _select_photos(show.session).filter(pk=pk).first()


def list_addresses(show: Slideshow) -> list[str]:
    """Return the addresses of the pictures, which end within the hour."""
    return [photo_tiles.sign_address("screen", show.pk, photo, "preview") for photo in list_photos(show)]


def _select_photos(session: PhotoSession) -> GalleryImageQuerySet:
    marks = FoundPhoto.objects.kept().filter(photo=OuterRef("pk"), favourite=True)
    marks = marks.filter(guest__session=session, guest__withdrawn_at=None)
    photos = GalleryImage.objects.processed().shown_to_guests()
    photos = photos.filter(gallery__session_id=session.pk, gallery__studio_id=session.studio_id)
    return photos.filter(Exists(marks)).exclude(Exists(_faces_of_hidden_guests(session)))


def _faces_of_hidden_guests(session: PhotoSession) -> QuerySet[PhotoFace]:
    """Faces on the photo that are a hidden guest's, or of the group that is."""
    hidden = HiddenFace.objects.filter(hiding__session=session)
    groups = hidden.filter(with_group=True, face__cluster__isnull=False).values("face__cluster")
    own = Q(pk__in=hidden.values("face")) | Q(cluster__in=groups)
    return PhotoFace.objects.filter(own, photo=OuterRef("pk"))
