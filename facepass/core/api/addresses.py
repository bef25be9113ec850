"""Absolute addresses in answers of the API."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request


def absolute_address(request: HttpRequest | Request, path: str) -> str:
    """Return the address of a path: under PUBLIC_URL, which clients reach, or as the request came where none is set."""
    is_plain = path.startswith("/") and not path.startswith("//") and path.isascii()
    if is_plain and settings.PUBLIC_URL != settings.LOCAL_URL:
        return f"{settings.PUBLIC_URL}{path}"
    return follow_public_url(str(request.build_absolute_uri(path)))


def follow_public_url(address: str) -> str:
    """Return an address of this server under PUBLIC_URL, where one is set: proxies may pass on another host."""
    if settings.PUBLIC_URL == settings.LOCAL_URL:
        return address
    return settings.PUBLIC_URL + urlsplit(address)._replace(scheme="", netloc="").geturl()
