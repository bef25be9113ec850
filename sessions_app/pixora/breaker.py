"""A circuit breaker: stops queries to Pixora while it does not answer. Its state is a row that all processes share.

closed       every query is sent
open         none is sent until `open_until`
half open    one is sent, and all others are refused until it has ended
"""

from datetime import timedelta
from typing import Literal

from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from sessions_app.models import PixoraLink

CircuitState = Literal["closed", "open", "half_open"]

# So many failures in a row open the circuit, for so long.
THRESHOLD = 3
COOLDOWN = timedelta(seconds=10)
# `answered_at` is as exact as this, so that a busy server does not write at every query.
ANSWERED_PRECISION = timedelta(seconds=10)


def circuit_state(link: PixoraLink) -> CircuitState:
    if link.open_until is None:
        return "closed"
    return "open" if link.open_until > timezone.now() else "half_open"


def may_query(link: PixoraLink) -> bool:
    """Return whether a query may be sent.

    Where the circuit is half open, only the first caller may: the conditional update puts `open_until` off.
    """
    if link.open_until is None:
        return True
    due = PixoraLink.objects.filter(pk=link.pk, open_until__lte=Now())
    return bool(due.update(open_until=Now() + COOLDOWN))


def record_answer(link: PixoraLink) -> None:
    is_recorded = link.answered_at is not None and timezone.now() - link.answered_at < ANSWERED_PRECISION
    if not is_recorded or link.failures or link.error or link.open_until:
        healthy = {"failures": 0, "open_until": None, "error": "", "detail": ""}
        PixoraLink.objects.filter(pk=link.pk).update(**healthy, answered_at=Now())


def record_failure(link: PixoraLink, *, error: str, detail: str) -> None:
    row = PixoraLink.objects.filter(pk=link.pk)
    row.update(failures=F("failures") + 1, error=error, detail=detail)
    row.filter(failures__gte=THRESHOLD).update(open_until=Now() + COOLDOWN)
