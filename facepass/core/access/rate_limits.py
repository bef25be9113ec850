"""Rate limits: a leaky bucket (GCRA) for each key, member or address, exact across processes and machines.

A bucket is one row, and each request is one statement on the database's clock, so that two processes cannot both use up
the last of a quota. (The library `limits` has no PostgreSQL backend, and counting in Django's cache is a read and a
write, between which other processes read the same value.)
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Q, Value
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from facepass.core.errors import FacePassError
from facepass.models import RateBucket

# `due` is when the bucket will have run empty. Each request fills it by one interval, and it holds `burst` of them.
CONSUME = """
    INSERT INTO rate_buckets AS kept (name, due) VALUES (%(name)s, clock_timestamp() + %(interval)s)
    ON CONFLICT (name) DO UPDATE SET due = greatest(kept.due, clock_timestamp()) + %(interval)s
        WHERE kept.due <= clock_timestamp() + %(room)s
    RETURNING extract(epoch FROM due - clock_timestamp())
"""
WAIT = "SELECT extract(epoch FROM due - %(room)s - clock_timestamp()) FROM rate_buckets WHERE name = %(name)s"


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of a bucket: `remaining` of `burst` requests; it is whole again after `reset` seconds.

    `window`: after so many seconds a bucket that was used up is whole. `wait`: the seconds until the next request,
    where this one was refused.
    """

    kind: str
    burst: int
    window: int
    remaining: int
    reset: int
    wait: int | None = None


def take_quota(kind: str, name: str) -> Quota | None:
    """Take one request out of the bucket, and return what is left; None for a kind that is not limited.

    `kind` names a rate and a burst in `settings.RATE_LIMITS`.
    """
    if kind not in settings.RATE_LIMITS:
        return None
    per_minute, burst = settings.RATE_LIMITS[kind]
    window = max(1, math.ceil(burst * 60 / per_minute))
    with connection.cursor() as cursor:
        cursor.execute(CONSUME, _values(kind, name))
        row = cursor.fetchone()
    if row:
        used_seconds = max(0.0, float(row[0]))
        remaining = max(0, math.floor(burst - used_seconds * per_minute / 60 + 1e-6))
        return Quota(kind, burst, window, remaining, math.ceil(used_seconds))
    wait = quota_wait_seconds(kind, name) or 1
    return Quota(kind, burst, window, 0, wait, wait)


def consume_quota(kind: str, name: str) -> int | None:
    """Take one request out of the bucket. Return None where it may go on, else the seconds to wait (at least 1)."""
    quota = take_quota(kind, name)
    return quota.wait if quota else None


def require_counted(request: HttpRequest, kind: str, name: str) -> None:
    """Take one request out of the bucket, and note on the request what is left, for its answer's headers.

    Raise 429 `rate_limited` with the seconds to wait where it has none left.
    """
    quota = take_quota(kind, name)
    request.quota = quota  # type: ignore[attr-defined]
    if quota is not None and quota.wait is not None:
        raise quota_refusal(quota.wait)


def return_quota(kind: str, name: str) -> None:
    """Give back a request that `consume_quota` took. For what counts by its outcome: it is taken before, so that many
    at once are not all let through, and given back where the outcome is none that counts.
    """
    if kind in settings.RATE_LIMITS:
        RateBucket.objects.filter(name=name).update(due=F("due") - _values(kind, name)["interval"])


def is_any_full(buckets: Iterable[tuple[str, str]]) -> bool:
    """Return whether a bucket, by kind and name, takes no further request. One query."""
    full = Q(pk__in=[])
    for kind, name in buckets:
        if kind in settings.RATE_LIMITS:
            full |= Q(name=name, due__gt=Now() + Value(_values(kind, name)["room"]))
    return RateBucket.objects.filter(full).exists()


def quota_wait_seconds(kind: str, name: str) -> int | None:
    """Return the seconds to wait before the bucket takes a request, or None, without taking one.

    For what is counted afterwards, by its outcome, such as wrong PINs.
    """
    if kind not in settings.RATE_LIMITS:
        return None
    with connection.cursor() as cursor:
        cursor.execute(WAIT, _values(kind, name))
        row = cursor.fetchone()
    return max(1, math.ceil(row[0])) if row and row[0] > 0 else None


def _values(kind: str, name: str) -> dict[str, Any]:
    per_minute, burst = settings.RATE_LIMITS[kind]
    interval = timedelta(minutes=1) / per_minute
    return {"name": name, "interval": interval, "room": interval * (burst - 1)}


def require_quota(kind: str, name: str) -> None:
    """Take one request out of the bucket. Raise 429 `rate_limited` with the seconds to wait where it has none left."""
    wait = consume_quota(kind, name)
    if wait is not None:
        raise quota_refusal(wait)


def quota_refusal(wait: int) -> FacePassError:
    """Return the 429 `rate_limited` that tells the client to wait for so many seconds."""
    return FacePassError("rate_limited", _("Too many requests."), status=429, retry_after=wait)


def require_address_quota(request: HttpRequest) -> None:
    """Take one request out of the bucket of the client's address. Raise 429 `rate_limited`."""
    require_quota("guest", address_bucket(request))


def address_bucket(request: HttpRequest) -> str:
    return f"address:{client_address(request)}"


def client_address(request: HttpRequest) -> str:
    """Return the client's address as the outermost trusted proxy saw it; an IPv6 network (/64) counts as one address.

    Each proxy appends the address that called it to X-Forwarded-For, so only the last `TRUSTED_PROXIES` entries can be
    believed; a client may have written the others.
    """
    seen = request.META.get("REMOTE_ADDR", "")
    trusted = settings.TRUSTED_PROXIES
    told = request.headers.get("X-Forwarded-For", "").split(",")
    if 0 < trusted <= len(told):
        seen = told[-trusted].strip()
    return counted_address(seen)


def counted_address(seen: str) -> str:
    """Return what an address counts as: an IPv4 address itself, an IPv6 address its network (/64)."""
    try:
        address = ip_address(seen)
    except ValueError:
        return "unknown"
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or f"{IPv6Address(int(address) >> 64 << 64)}/64")


def consume_login_quota(request: HttpRequest) -> int | None:
    """Take one attempt to sign in, at the API or the admin, out of the address's bucket.

    Return as `consume_quota` does.
    """
    return consume_quota("login", login_bucket(client_address(request)))


def login_bucket(address: str) -> str:
    """Return the bucket of attempts to sign in from an address, as `counted_address` has it."""
    return f"login-address:{address}"


def delete_empty_buckets() -> None:
    """Deletes the buckets that ran empty long ago: a new one is the same."""
    RateBucket.objects.long_empty().delete()


class LoginThrottle(BaseThrottle):
    """Limits attempts to sign in by address, whichever account is tried."""

    def allow_request(self, request: Request, view: Any) -> bool:
        require_counted(request._request, "login", login_bucket(client_address(request._request)))
        return True
