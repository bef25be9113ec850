"""Which guest a request comes from: a signed cookie names the visit, one for each session."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sessions_app.models import Guest, PhotoSession
from sessions_app.models.guest import LASTS

SALT = "sessions_app.guest"
KEPT_SECONDS = int(LASTS.total_seconds())


def of(request: HttpRequest, session: PhotoSession) -> Guest | None:
    """None before consent, after withdrawal, and for a cookie of another session."""
    told = named(request, session)
    guest = Guest.objects.here().filter(pk=told, session=session).first() if told else None
    if guest:
        guest.note_visit()
    return guest


def named(request: HttpRequest, session: PhotoSession) -> UUID | None:
    """The visit that the cookie names; it may be over."""
    told = request.get_signed_cookie(_name(session), default="", salt=SALT, max_age=KEPT_SECONDS)
    return UUID(told) if told else None


def remember(response: HttpResponse, guest: Guest) -> None:
    response.set_signed_cookie(
        _name(guest.session), str(guest.pk), salt=SALT, max_age=KEPT_SECONDS,
        httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
    )  # fmt: skip


def forget(response: HttpResponse, session: PhotoSession) -> None:
    response.delete_cookie(_name(session), samesite="Lax")


def _name(session: PhotoSession) -> str:
    return f"guest-{session.pk.hex}"
