"""Links that a guest makes or is sent: to some of their photos for others, and to all of them for themselves.

A link names a row. Some carry the row's id with a signature, so that the database holds nothing that opens it; the
private link (`ReturnLink`) carries a random token of which the database holds a digest.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from sessions_app.guest.domain.privacy import consent
from sessions_app.models import Alert, FoundPhoto, Guest, GuestRules, ReturnLink, ShareLink

Purpose = Literal["share", "alert", "hiding", "withdrawal", "ready"]
# What a guest may choose from, and what holds where they chose nothing.
SHARE_DAYS, DEFAULT_SHARE_DAYS = (1, 7, 30), 7


def build_url(name: str, argument: str) -> str:
    """Return an absolute address, for a message or to be copied: the view's `name` with its one argument."""
    return f"{settings.PUBLIC_URL}{reverse(name, args=[argument])}"


def sign_id(purpose: Purpose, pk: UUID) -> str:
    return _signer(purpose).sign(pk.hex)


def read_id(purpose: Purpose, token: str) -> UUID:
    """Return the id that `sign_id` signed. Raise Http404 for any other token, and for one of another purpose."""
    try:
        return UUID(_signer(purpose).unsign(token))
    except signing.BadSignature:
        raise Http404 from None


def sign_text(purpose: Purpose, text: str) -> str:
    return _signer(purpose).sign(text)


def read_text(purpose: Purpose, token: str) -> str:
    """Return the text that `sign_text` signed. Raise Http404 as `read_id`."""
    try:
        return _signer(purpose).unsign(token)
    except signing.BadSignature:
        raise Http404 from None


def sign_alert(alert: Alert) -> str:
    """Sign whose wish it is, and which: a link that was sent to one address is good for no other."""
    return _signer("alert").sign(f"{alert.pk.hex}-{alert.mark}")


def read_alert(token: str) -> tuple[UUID, str]:
    """Return the guest's id and the wish's mark that `sign_alert` signed. Raise Http404 as `read_id`."""
    try:
        guest_id, _dash, mark = _signer("alert").unsign(token).partition("-")
        return UUID(guest_id), mark
    except (signing.BadSignature, ValueError):
        raise Http404 from None


def _signer(purpose: Purpose) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"sessions_app.guest.{purpose}")


def create_share_link(guest: Guest, rows: Collection[FoundPhoto], *, days: str) -> ShareLink:
    """Create a link to some of the guest's photos. It ends with the session at the latest.

    `days` as the form sent it; what is not offered counts as the default. Raise as `consent.hold_consent`.
    """
    lasts = int(days) if days in map(str, SHARE_DAYS) else DEFAULT_SHARE_DAYS
    ends = timezone.now() + timedelta(days=lasts)
    session_ends = GuestRules.for_session(guest.session).expires_at
    with consent.hold_consent(guest):
        link = ShareLink.objects.create(guest=guest, expires_at=min(ends, session_ends or ends))
        # A photo that is deleted meanwhile is not in the link; one that is there stays until the link is written.
        chosen = guest.found.of_photos([row.photo_id for row in rows])
        link.photos.set(chosen.select_for_update(of=("self",), no_key=True))
    return link


def build_share_url(link: ShareLink) -> str:
    return build_url("shared", sign_id("share", link.pk))


def find_share_link(token: str) -> ShareLink | None:
    """Return the link of that token where it may still be opened, with its session, rules and studio."""
    try:
        pk = read_id("share", token)
    except Http404:
        return None
    links = ShareLink.objects.live().select_related("guest__session__guest_rules", "guest__session__studio")
    link = links.filter(pk=pk).first()
    if link is None or not link.guest.session.facepass_enabled:
        return None
    return None if GuestRules.for_session(link.guest.session).is_expired else link


def create_return_url(guest: Guest) -> str:
    """Create the guest's private link and return its address, which cannot be had again.

    Raise as `consent.hold_consent`.
    """
    with consent.hold_consent(guest):
        token = ReturnLink.issue(guest)
    return build_url("guest-return", token)
