"""One POST to an address that a partner named, which must not lead into our own network.

The address of the socket is checked, after the name was resolved and before anything is sent, and for every connection.
So a redirect, and a name that resolves otherwise the second time, are checked like the first.
"""

import socket
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
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
# The ones that keep the method and the body.
FOLLOWED_REDIRECTS = (307, 308)
# How much of an answer is kept in the log.
ANSWER_BYTES = 2048
# Addresses of these networks stand for IPv4 addresses, in their last 32 bits (RFC 6052, RFC 4291).
EMBEDDING = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"), IPv6Network("::ffff:0:0:0/96"))
# What is for special uses (IANA's registries), beside what `ipaddress` of this Python knows: its tables have changed.
SPECIAL = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "3fff::/20",
        "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip


class RequestRefused(Exception):
    """Nothing was sent; the text is a stable code. Not an OSError, which urllib3 would take for a network error."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request. `status` is None where no answer came; `error` then is a stable code that says why."""

    status: int | None
    answer: str
    error: str
    duration_ms: float

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def kind(self) -> str:
        """Return delivered, a class of statuses such as 5xx, or why no answer came: a code, for metrics."""
        if self.delivered:
            return "delivered"
        return self.error if self.status is None else f"{self.status // 100}xx"


def post(url: str, *, body: bytes, headers: dict[str, str]) -> Outcome:
    """Send one request and follow its redirects, within TOTAL_SECONDS. Nothing is raised: see `Outcome.error`."""
    started = time.perf_counter()
    status, answer, error = None, "", ""
    try:
        status, answer = _follow(url, body=body, headers=headers)
    except RequestRefused as refusal:
        error = str(refusal)
    except TimeoutError:
        error = "timeout"
    except (HTTPError, OSError, ValueError) as problem:
        error = _error_code(problem)
    return Outcome(status, answer, error, round((time.perf_counter() - started) * 1000, 1))


def _error_code(problem: Exception) -> str:
    # urllib3 wraps what happened, at times more than once.
    inner: BaseException | None = problem
    while inner is not None:
        if isinstance(inner, TimeoutError):
            return "timeout"
        inner = inner.__cause__ or inner.__context__
    return "connection_failed"


def _follow(url: str, *, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    until = time.monotonic() + TOTAL_SECONDS
    for _step in range(MAX_REDIRECTS + 1):
        status, answer, location = _post_once(url, body=body, headers=headers, until=until)
        if status not in FOLLOWED_REDIRECTS or not location:
            break
        url = urljoin(url, location)
    return status, answer


def _post_once(url: str, *, body: bytes, headers: dict[str, str], until: float) -> tuple[int, str, str | None]:
    """Return status, the beginning of the answer, and where it redirects to. `until`: on the monotonic clock."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise RequestRefused("address_refused")
    kind, usual = (_SecurePool, 443) if parts.scheme == "https" else (_PlainPool, 80)
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    left = max(0.1, until - time.monotonic())
    with kind(
        parts.hostname, parts.port or usual, timeout=min(left, CONNECT_SECONDS * 2), retries=False, maxsize=1
    ) as pool:
        # Time-outs of sockets hold for each read, so an answer that trickles would never end.
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


class _CheckedConnection:
    """A mixin for urllib3's connections: opens the socket by `connect_checked`, which checks its address."""

    host: str
    port: int
    plain: bool

    def _new_conn(self) -> socket.socket:
        self.opened = connect_checked(self.host, self.port, plain=self.plain)
        return self.opened


class _Plain(_CheckedConnection, HTTPConnection):
    plain = True


class _Secure(_CheckedConnection, HTTPSConnection):
    plain = False


class _CuttablePool:
    """A mixin for urllib3's pools: `cut` ends the request that is under way, from another thread."""

    def _new_conn(self) -> Any:  # as urllib3 has it, a protocol of its own
        self._latest = super()._new_conn()  # type: ignore[misc]
        return self._latest

    def cut(self) -> None:
        opened = getattr(getattr(self, "_latest", None), "sock", None)
        if opened is not None:
            try:
                opened.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


class _PlainPool(_CuttablePool, HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(_CuttablePool, HTTPSConnectionPool):
    ConnectionCls = _Secure


def connect_checked(host: str, port: int, *, plain: bool) -> socket.socket:
    """Return a socket to the first address of that name that is allowed and answers.

    `plain`: without TLS. Raise RequestRefused where none is allowed, and OSError where none answers.
    """
    try:
        resolved = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise RequestRefused("name_unknown") from None
    allowed = [entry for entry in resolved if is_allowed(str(entry[4][0]), plain=plain)]
    problem: Exception = RequestRefused("address_refused")
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


def is_allowed(text: str, *, plain: bool) -> bool:
    """Return whether requests may go to that IP address.

    Public addresses are allowed with TLS, and networks of `settings.WEBHOOK_ALLOWED_NETWORKS` also without.
    """
    address = ip_address(text.partition("%")[0])
    if any(address.version == network.version and address in network for network in settings.WEBHOOK_ALLOWED_NETWORKS):
        return True
    return not plain and all(_is_public(one) for one in _addresses_within(address))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    is_special = any(address.version == network.version and address in network for network in SPECIAL)
    return address.is_global and not address.is_multicast and not is_special


def _addresses_within(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """Return the address, and the IPv4 addresses that it stands for: mapped, compatible, 6to4, Teredo, NAT64."""
    if isinstance(address, IPv4Address):
        return [address]
    inside = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in EMBEDDING):
        inside.append(IPv4Address(int(address) & 0xFFFFFFFF))
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    return [address, *(one for one in inside if one is not None)]
