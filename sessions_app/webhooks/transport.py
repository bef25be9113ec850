"""One POST to an address that a partner named, and that may not lead into our own network.

What counts is the address of the socket, looked at after the name was resolved and before anything is sent, for every
connection: a redirect and a name that resolves otherwise the second time are looked at like the first.
"""

import socket
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
MAX_REDIRECTS = 3
# Those that keep the method and the body.
REDIRECTS = (307, 308)
ANSWER_BYTES = 2048
NAT64 = IPv6Network("64:ff9b::/96")


class Refused(Exception):
    """Nothing was sent; with a stable code. Not an OSError, which urllib3 would take for trouble on the way."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`status` is None where no answer came, and `error` then says why: a stable code."""

    status: int | None
    answer: str
    error: str
    duration_ms: float

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(url: str, *, body: bytes, headers: dict[str, str]) -> Outcome:
    started = time.perf_counter()
    status, answer, error = None, "", ""
    try:
        status, answer = _follow(url, body=body, headers=headers)
    except Refused as refusal:
        error = str(refusal)
    except TimeoutError:
        error = "timeout"
    except (HTTPError, OSError, ValueError) as problem:
        error = _named(problem)
    return Outcome(status, answer, error, round((time.perf_counter() - started) * 1000, 1))


def _named(problem: Exception) -> str:
    """urllib3 hides what happened in what it raises."""
    inner: BaseException | None = problem
    while inner is not None:
        if isinstance(inner, TimeoutError):
            return "timeout"
        inner = inner.__cause__ or inner.__context__
    return "connection_failed"


def _follow(url: str, *, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    until = time.monotonic() + TOTAL_SECONDS
    for _step in range(MAX_REDIRECTS + 1):
        status, answer, location = _once(url, body=body, headers=headers, until=until)
        if status not in REDIRECTS or not location:
            break
        url = urljoin(url, location)
    return status, answer


def _once(url: str, *, body: bytes, headers: dict[str, str], until: float) -> tuple[int, str, str | None]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise Refused("address_refused")
    kind, usual = (_SecurePool, 443) if parts.scheme == "https" else (_PlainPool, 80)
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    left = max(0.1, until - time.monotonic())
    with kind(
        parts.hostname, parts.port or usual, timeout=min(left, CONNECT_SECONDS * 2), retries=False, maxsize=1
    ) as pool:
        timer = Timer(left, pool.cut)
        timer.daemon = True
        timer.start()
        try:
            answer = pool.urlopen("POST", path, body=body, headers=headers, redirect=False, preload_content=False)
            text = answer.read(ANSWER_BYTES, decode_content=False).decode("utf-8", "replace").replace("\0", "")
            return answer.status, text, answer.headers.get("Location")
        except (HTTPError, OSError):
            if time.monotonic() >= until:
                raise TimeoutError from None
            raise
        finally:
            timer.cancel()
            pool.cut()


class _Checked:
    """A mixin for urllib3's connections."""

    host: str
    port: int
    plain: bool

    def _new_conn(self) -> socket.socket:
        self.opened = connect(self.host, self.port, plain=self.plain)
        return self.opened


class _Plain(_Checked, HTTPConnection):
    plain = True


class _Secure(_Checked, HTTPSConnection):
    plain = False


class _Cut:
    """A mixin for urllib3's pools: ends whatever is under way, however slowly it trickles."""

    def _new_conn(self) -> Any:
        self._latest = super()._new_conn()  # type: ignore[misc]
        return self._latest

    def cut(self) -> None:
        opened = getattr(getattr(self, "_latest", None), "sock", None)
        if opened is not None:
            try:
                opened.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


class _PlainPool(_Cut, HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(_Cut, HTTPSConnectionPool):
    ConnectionCls = _Secure


def connect(host: str, port: int, *, plain: bool) -> socket.socket:
    """To the first address of that name that may be reached and answers. Raises Refused where none may be reached."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise Refused("name_unknown") from None
    allowed = [entry for entry in found if may_reach(str(entry[4][0]), plain=plain)]
    problem: Exception = Refused("address_refused")
    for family, kind, protocol, _name, address in allowed:
        opened = socket.socket(family, kind, protocol)
        opened.settimeout(CONNECT_SECONDS)
        try:
            opened.connect(address)
        except OSError as error:
            opened.close()
            problem = error
        else:
            return opened
    raise problem


def may_reach(text: str, *, plain: bool) -> bool:
    """Public addresses, with TLS; and what WEBHOOK_ALLOWED_NETWORKS names, with or without."""
    address = ip_address(text.partition("%")[0])
    if any(address.version == network.version and address in network for network in settings.WEBHOOK_ALLOWED_NETWORKS):
        return True
    return not plain and all(one.is_global and not one.is_multicast for one in _meanings(address))


def _meanings(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """The address, and the IPv4 addresses that it stands for."""
    if isinstance(address, IPv4Address):
        return [address]
    inside = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        inside.append(IPv4Address(int(address) & 0xFFFFFFFF))
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    return [address, *(one for one in inside if one is not None)]
