"""Addresses that leave the page: in a message, or copied by a guest."""

from django.conf import settings
from django.urls import reverse


def address(name: str, token: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=[token])}"
