"""Which addresses webhooks are made for: none that the transport would refuse every time."""

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sessions_app.webhooks.transport import is_allowed

# Names that lead into a machine or its own network, or nowhere (RFC 6761, RFC 6762, ICANN's `.internal`).
LOCAL_NAMES = re.compile(r"(?:.+\.)?(?:localhost|localdomain|local|internal|lan|home\.arpa|invalid|onion)|[^.]+")
NUMBERS = re.compile(r"[0-9a-fx.]+", re.IGNORECASE)
RESOLVE_SECONDS = 3.0


def check_address(url: str) -> None:
    """Raise ValidationError for an address to which nothing could ever be sent.

    A name that nobody knows yet is taken: it may be made later.
    """
    try:
        parts = urlsplit(url)
        host, _port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise ValidationError(_("An address with https:// and without a password is expected.")) from None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        raise ValidationError(_("An address with https:// and without a password is expected."))
    if not _may_be_reached(host, plain=parts.scheme == "http"):
        message = _("Nothing could ever be sent there: only public addresses with https:// are reached.")
        raise ValidationError(message)


def _may_be_reached(host: str, *, plain: bool) -> bool:
    addresses = _literal_addresses(host) or _resolve(host)
    if addresses:
        return any(is_allowed(address, plain=plain) for address in addresses)
    if settings.WEBHOOK_ALLOWED_NETWORKS:  # a name of such a network
        return True
    return not plain and not LOCAL_NAMES.fullmatch(host)


def _literal_addresses(host: str) -> list[str]:
    """Return the IP address that the host is, however it is written: `2130706433` is 127.0.0.1."""
    if ":" in host:
        return [host]
    if not NUMBERS.fullmatch(host):
        return []
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except OSError:
        return []


def _resolve(host: str) -> list[str]:
    """Return the addresses of the name; none where it is not known, or where it takes too long to find out."""
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        found = pool.submit(socket.getaddrinfo, host, None, type=socket.SOCK_STREAM).result(RESOLVE_SECONDS)
    except (OSError, UnicodeError, NotInTime):
        return []
    finally:
        pool.shutdown(wait=False)
    return [str(entry[4][0]) for entry in found]
