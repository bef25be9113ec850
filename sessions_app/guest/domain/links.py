"""Links that name a row: its id with a signature, so that the database holds nothing that opens it."""

from typing import Literal
from uuid import UUID

from django.core import signing
from django.http import Http404

Purpose = Literal["share", "alert", "hiding"]


def made(purpose: Purpose, pk: UUID) -> str:
    return _signer(purpose).sign(pk.hex)


def read(purpose: Purpose, token: str) -> UUID:
    """Raises Http404 for what was not made here, or for another purpose."""
    try:
        return UUID(_signer(purpose).unsign(token))
    except signing.BadSignature:
        raise Http404 from None


def _signer(purpose: Purpose) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"sessions_app.guest.{purpose}")
