"""Addresses as browsers send them, so that what somebody writes down is recognised when a browser comes from there.

Browsers write names in other alphabets in punycode (RFC 5891, by the rules of UTS 46), shorten IPv6 addresses and put
them in brackets, and leave out the usual port.
"""

import ipaddress
import re
import socket
from typing import Final
from urllib.parse import SplitResult, urlsplit

import idna

USUAL_PORTS: Final = {"http": 80, "https": 443}
_NAME: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
# A host whose last part is a number is an IPv4 address to browsers, in short and hexadecimal forms too.
_NUMBER: Final = re.compile(r"(^|\.)(\d+|0x[0-9a-f]*)$")


class NotAnAddress(ValueError):
    """Its text says why, for whoever configures the program."""


def normalise_origin(address: str) -> str:
    """Return the scheme, host and port of an address as browsers send them.

    Raise ValueError for anything else, and NotAnAddress where the reason says more than an example does.
    """
    parts, port = _split(address.strip())
    if parts.scheme not in USUAL_PORTS or not parts.hostname:
        raise ValueError("it does not begin with http:// or https:// and a host")
    if "@" in parts.netloc:
        raise NotAnAddress("it names a user, which no browser sends")
    if parts.path not in ("", "/"):
        raise NotAnAddress(
            f"it has the path {parts.path}, and FacePass cannot live below a path; give it a host name of its own"
        )
    if parts.query or parts.fragment:
        raise NotAnAddress("it has more than a host and a port")
    host = normalise_host(parts.hostname)
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, USUAL_PORTS[parts.scheme]) else "")


def normalise_host(host: str) -> str:
    """Return a host's name or IP address, without a port, as browsers send it. Raise NotAnAddress for anything else."""
    bare = host.strip().strip("[]").lower()
    try:
        return _bracketed(ipaddress.ip_address(bare))
    except ValueError:
        name = _to_ascii(bare).rstrip(".")
    if _NUMBER.search(name):
        try:
            return socket.inet_ntoa(socket.inet_aton(name))
        except OSError as error:
            raise NotAnAddress(f"{host} is no IP address") from error
    if not _NAME.fullmatch(name):
        raise NotAnAddress(f"{host} is no name of a host")
    return name


def host_of(origin: str) -> str:
    """Return the host of an address that `normalise_origin` has returned, with the brackets of IPv6."""
    return normalise_host(urlsplit(origin).hostname or "")


def _split(address: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise NotAnAddress(str(error)) from error
    return parts, port


def _bracketed(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.scope_id:
        raise NotAnAddress(f"{address} has a zone, which no browser sends")
    return f"[{address.compressed}]"


def _to_ascii(name: str) -> str:
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True, transitional=False).decode()
    except idna.IDNAError as error:
        raise NotAnAddress(f"{name} is no name of a host: {error}") from error
