"""A month in bars, as SVG that the server draws. Geometry in whole units, so that no language writes a comma in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import studios_of
from facepass.models import EventType, OutboxEvent
from galleries.models import GalleryImage

DAYS = 30
STEP, WIDTH, HEIGHT = 20, 14, 100
Numbers = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Bar:
    """`inner`: the height of the part of it that counts, such as searches that found something."""

    x: int
    height: int
    inner: int
    told: str


@dataclass(frozen=True, slots=True)
class Plot:
    title: str
    total: str
    most: str
    first: str
    last: str
    bars: list[Bar]
    width: int = DAYS * STEP


def of(user: Any) -> list[Plot]:
    days = [timezone.localdate() - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    photos = _by_day(GalleryImage.objects.visible_to(user).event_photos().filter(created_at__date__gte=days[0]))
    searches = OutboxEvent.objects.filter(
        studio__in=studios_of(user), type=EventType.GUEST_SEARCH_COMPLETED, created_at__date__gte=days[0]
    )
    found = _by_day(searches.filter(data__photos__gt=0))
    return [
        plot(_("Photos"), days, photos, total=_("%(number)s photos in 30 days")),
        plot(_("Searches of guests"), days, _by_day(searches), inner=found, total=_("%(number)s searches in 30 days")),
    ]


def _by_day(rows: Any) -> Numbers:
    return dict(rows.order_by().annotate(day=TruncDate("created_at")).values_list("day").annotate(Count("pk")))


def plot(title: str, days: list[date], numbers: Numbers, *, total: str, inner: Numbers | None = None) -> Plot:
    most = max([numbers.get(day, 0) for day in days] or [0])
    text = total % {"number": number_format(sum(numbers.values()))}
    if inner is not None and (searches := sum(numbers.values())):
        rate = round(100 * sum(inner.values()) / searches)
        text = _("%(total)s, %(rate)d %% found photos") % {"total": text, "rate": rate}
    bars = [
        Bar(
            x=place * STEP,
            height=_height(numbers.get(day, 0), most),
            inner=_height(inner.get(day, 0) if inner is not None else 0, most),
            told=_told(day, numbers, inner),
        )
        for place, day in enumerate(days)
    ]
    first, last = (date_format(day, "MONTH_DAY_FORMAT") for day in (days[0], days[-1]))
    return Plot(title, text, number_format(most), first, last, bars)


def _height(number: int, most: int) -> int:
    return round(HEIGHT * number / most) if most else 0


def _told(day: date, numbers: Numbers, inner: Numbers | None) -> str:
    text = f"{date_format(day, 'SHORT_DATE_FORMAT')}: {number_format(numbers.get(day, 0))}"
    return text if inner is None else f"{text} ({number_format(inner.get(day, 0))})"
