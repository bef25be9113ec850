"""Who may read `/metrics` and `/health/detailed`.

Whoever holds METRICS_TOKEN. Without one, this machine itself, as long as nobody else is told to come: where PUBLIC_URL
names another host than this machine, or proxies are trusted, a request from here may be anybody's.
"""

import hmac
import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

# What a proxy adds to a request, if it does: many are set up to add nothing.
FORWARDED = (
    "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Real-IP", "Forwarded", "Via",
    "True-Client-IP", "CF-Connecting-IP", "X-Client-IP", "X-Original-URL",
)  # fmt: skip


def may_read_metrics(request: HttpRequest) -> bool:
    """Return whether the request holds METRICS_TOKEN or, where none is set, comes from this machine without a proxy."""
    token = settings.ENV.metrics_token
    if token:
        sent = request.headers.get("Authorization", "")
        return hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())
    came_through_proxy = any(name in request.headers for name in FORWARDED)
    return _is_local(request.META.get("REMOTE_ADDR", "")) and not came_through_proxy and not _may_be_behind_proxy()


def _may_be_behind_proxy() -> bool:
    """Return whether others may reach this service by a proxy, whose requests come from this machine as well."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    is_public = not (host == "localhost" or _is_local(host))
    return is_public or settings.TRUSTED_PROXIES > 0 or bool(settings.ENV.forwarded_allow_ips)


def _is_local(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
