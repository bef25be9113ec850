"""The dashboard's charts of the last 30 days: photos that came, and searches of guests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Model, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from facepass.core import charts
from facepass.core.access.tenancy import Principal, studios_of
from facepass.models import EventType, OutboxEvent
from galleries.models import GalleryImage

DAYS = 30
CountsByDay = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class MonthChart:
    """A bar for each day, with the sum and the first and last day in words; `width` in the units of the bars."""

    title: str
    total: str
    first: str
    last: str
    bars: list[charts.PartBar]
    width: int = DAYS * charts.STRIP_STEP


def build_month_charts(user: Principal) -> list[MonthChart]:
    """Return the charts of what the user's studios had in the last 30 days, today among them."""
    days = [timezone.localdate() - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    photos = GalleryImage.objects.visible_to(user).event_photos().filter(created_at__date__gte=days[0])
    searches = OutboxEvent.objects.filter(
        studio__in=studios_of(user), type=EventType.GUEST_SEARCH_COMPLETED, created_at__date__gte=days[0]
    )
    hits = _count_by_day(searches.filter(data__photos__gt=0))
    return [
        _build_chart(_("Photos"), days, _count_by_day(photos), total=_("Photos in 30 days: %(number)s")),
        _build_chart(
            _("Guests' searches"),
            days,
            _count_by_day(searches),
            hits=hits,
            total=_("Searches in 30 days: %(number)s"),
        ),
    ]


def _count_by_day(rows: QuerySet[Model]) -> CountsByDay:
    return dict(rows.order_by().annotate(day=TruncDate("created_at")).values_list("day").annotate(Count("pk")))


def _build_chart(
    title: str, days: list[date], counts: CountsByDay, *, total: str, hits: CountsByDay | None = None
) -> MonthChart:
    """Return a chart of the counts. `hits`: how many of each day's searches found something."""
    text = total % {"number": number_format(sum(counts.values()))}
    if hits is not None and (searches := sum(counts.values())):
        rate = round(100 * sum(hits.values()) / searches)
        text = _("%(total)s; with photos found: %(rate)d %%") % {"total": text, "rate": rate}
    bars = charts.draw_strip(
        [counts.get(day, 0) for day in days],
        [(hits or {}).get(day, 0) for day in days],
        [_describe_day(day, counts, hits) for day in days],
    )
    first, last = (date_format(day, "MONTH_DAY_FORMAT") for day in (days[0], days[-1]))
    return MonthChart(title, text, first, last, bars)


def _describe_day(day: date, counts: CountsByDay, hits: CountsByDay | None) -> str:
    text = f"{date_format(day, 'DATE_FORMAT')}: {number_format(counts.get(day, 0))}"
    return text if hits is None else f"{text} ({number_format(hits.get(day, 0))})"
