"""Stops asking what does not answer. The state is a row, so that all processes agree.

closed       everybody asks
open         nobody asks until `open_until`
half open    one asks, and everybody else waits for how that ends
"""

from datetime import timedelta
from typing import Literal

from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from sessions_app.models import PixoraLink

State = Literal["closed", "open", "half_open"]

# So many failures in a row open it, for so long.
THRESHOLD = 3
COOLDOWN = timedelta(seconds=10)
# `answered_at` is told to this, so that a busy server does not write on every question.
GRAIN = timedelta(seconds=10)


def state_of(link: PixoraLink) -> State:
    if link.open_until is None:
        return "closed"
    return "open" if link.open_until > timezone.now() else "half_open"


def may_ask(link: PixoraLink) -> bool:
    """Where it is half open, only the first who asks may: the update moves the end of the wait."""
    if link.open_until is None:
        return True
    due = PixoraLink.objects.filter(pk=link.pk, open_until__lte=Now())
    return bool(due.update(open_until=Now() + COOLDOWN))


def answered(link: PixoraLink) -> None:
    told = link.answered_at is not None and timezone.now() - link.answered_at < GRAIN
    if not told or link.failures or link.error or link.open_until:
        fine = {"failures": 0, "open_until": None, "error": "", "detail": ""}
        PixoraLink.objects.filter(pk=link.pk).update(**fine, answered_at=Now())


def failed(link: PixoraLink, *, error: str, detail: str) -> None:
    row = PixoraLink.objects.filter(pk=link.pk)
    row.update(failures=F("failures") + 1, error=error, detail=detail)
    row.filter(failures__gte=THRESHOLD).update(open_until=Now() + COOLDOWN)
