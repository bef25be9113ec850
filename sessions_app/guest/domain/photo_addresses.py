"""Addresses of photos in a guest's page: signed, short-lived, and good for that guest or that shared link only."""

import time
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from galleries.photos.media_files import Variant

Whose = Literal["guest", "share"]
# Within one span all pages give the same address, so that the browser need not fetch a picture again. An address works
# until the end of the next span: for half an hour at least, and an hour at most.
SPAN_SECONDS = 1800
SALT = "sessions_app.guest.addresses"


def signed(whose: Whose, pk: UUID, photo: UUID, variant: Variant) -> str:
    """`pk`: of the guest or of the shared link. The signature covers it, the photo, the variant and the end."""
    path = reverse(f"{whose}-photo", args=[pk, photo, variant])
    ends = (int(time.time()) // SPAN_SECONDS + 2) * SPAN_SECONDS
    return f"{path}?{urlencode({'ends': ends, 'signature': _signature(path, ends)})}"


def is_signed(request: HttpRequest) -> bool:
    try:
        ends = int(request.GET["ends"])
    except (KeyError, ValueError):
        return False
    sent = request.GET.get("signature", "")
    return ends > time.time() and constant_time_compare(sent, _signature(request.path_info, ends))


def _signature(path: str, ends: int) -> str:
    return signing.Signer(salt=SALT).signature(f"{path} {ends}")
