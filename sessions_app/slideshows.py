"""An event's slideshow and its address: staff make it and end it, and the screen at the party opens it.

The address is the row's id, signed, so the database holds nothing that opens it.
"""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from sessions_app.models import PhotoSession, Slideshow

_signer = signing.Signer(sep=".", salt="sessions_app.slideshow")


def open_slideshow(session: PhotoSession) -> Slideshow:
    """Give the event a slideshow, and return it. One that it has keeps its address."""
    return Slideshow.objects.get_or_create(session=session)[0]


def end_slideshow(session: PhotoSession) -> None:
    """End the event's slideshow: its address opens nothing any more, and a later one has another."""
    Slideshow.objects.filter(session=session).delete()


def build_url(show: Slideshow) -> str:
    """Return the absolute address for the screen."""
    return f"{settings.PUBLIC_URL}{reverse('screen', args=[_signer.sign(show.pk.hex)])}"


def find_url(session: PhotoSession) -> str:
    """Return the address of the event's slideshow; empty where it has none."""
    show = Slideshow.objects.filter(session=session).first()
    return build_url(show) if show else ""


def read_token(token: str) -> UUID | None:
    """Return the id of the slideshow that the token names; None for a token that we did not sign."""
    try:
        return UUID(_signer.unsign(token))
    except signing.BadSignature:
        return None
