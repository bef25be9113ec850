"""How much sessions are used, in the admin: rows by session and day, plots of them, and all of it as CSV."""

import csv
from collections.abc import Mapping
from datetime import date

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateFilter

from facepass.console.base import ExtraContext, ReadOnlyAdmin, column
from facepass.core import charts
from facepass.core.figures import format_percent
from sessions_app import analytics
from sessions_app.models import SessionDay

# So many days are told apart in a plot; of more, the last ones are shown.
PLOTTED_DAYS = 92
COLUMNS = (
    "day", "session_id", "session", "searches", "hits", "hit_rate", "p50_ms", "p95_ms", "downloads", "favourites",
    "consents",
)  # fmt: skip


@admin.register(SessionDay)
class SessionDayAdmin(ReadOnlyAdmin[SessionDay]):
    """Only what happens counts."""

    studio_path = "session__studio"
    list_display = [
        "day", "session", "searches", "hit_rate", "p50", "p95", "downloads", "favourites", "consents",
    ]  # fmt: skip
    list_select_related = ["session"]
    list_filter = [
        ("day", RangeDateFilter),
        ("session", AutocompleteSelectFilter),
        ("session__studio", AutocompleteSelectFilter),
    ]
    list_before_template = "admin/sessions_app/usage.html"
    fields = readonly_fields = ("day", "session", "searches", "hits", "p50", "p95", *COLUMNS[-3:])

    def get_urls(self) -> list[URLPattern]:
        download = self.admin_site.admin_view(self.csv_view)
        return [path("csv/", download, name="sessions_app_sessionday_csv"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: ExtraContext = None) -> HttpResponse:
        """The plots show what the list shows."""
        page = super().changelist_view(request, extra_context)
        context = page.context_data if isinstance(page, TemplateResponse) else None
        if context and (changes := context.get("cl")):
            context |= build_usage_context(changes.queryset, query=request.GET.urlencode())
        return page

    def csv_view(self, request: HttpRequest) -> HttpResponse:
        """The rows of the list, by the same filters."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            raise BadRequest from None
        answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")  # by that mark spreadsheets know UTF-8
        answer["Content-Disposition"] = 'attachment; filename="facepass-analytics.csv"'
        writer = csv.writer(answer)
        writer.writerow(COLUMNS)
        writer.writerows(_build_csv_row(row) for row in rows.iterator(chunk_size=1000))
        return answer

    @column(_("hit rate"))
    def hit_rate(self, row: SessionDay) -> str:
        return format_rate(analytics.sum_usage([row]))

    @column(_("median, ms"))
    def p50(self, row: SessionDay) -> float | None:
        return analytics.sum_usage([row]).p50_ms

    @column(_("95th percentile, ms"))
    def p95(self, row: SessionDay) -> float | None:
        return analytics.sum_usage([row]).p95_ms


def build_usage_context(rows: QuerySet[SessionDay], *, query: str) -> dict[str, object]:
    """Return the context of `admin/sessions_app/usage.html` for these rows.

    `query`: the query string by which the list, and so its CSV, shows the same rows.
    """
    days = rows.order_by().values_list("day", flat=True).distinct()
    period = analytics.Period.from_days(days, at_most=PLOTTED_DAYS)
    if period is None:
        return {"plots": []}
    usages = analytics.sum_by_day(
        rows.filter(day__range=(period.first, period.last)).order_by().iterator(chunk_size=1000)
    )
    total = analytics.sum_usage(usages.values())
    return {
        "period": period,
        "total": total,
        "hit_rate": format_rate(total),
        "plots": draw_usage(usages, period),
        "csv_path": f"{reverse('admin:sessions_app_sessionday_csv')}?{query}",
    }


def draw_usage(usages: Mapping[date, analytics.Usage], period: analytics.Period) -> list[charts.DayChart]:
    """Return charts of searches and hits, of how long they took, and of what guests did with what they found."""
    days = period.days
    each = [usages.get(day, analytics.Usage()) for day in days]
    return [
        charts.draw_days(gettext("Searches"), days, [
            charts.Series(gettext("searches"), [usage.searches for usage in each]),
            charts.Series(gettext("with photos found"), [usage.hits for usage in each]),
        ], kind="bars"),
        charts.draw_days(gettext("Search time in milliseconds"), days, [
            charts.Series(gettext("median"), [usage.p50_ms for usage in each]),
            charts.Series(gettext("95th percentile"), [usage.p95_ms for usage in each]),
        ], kind="lines"),
        charts.draw_days(gettext("What guests did"), days, [
            charts.Series(gettext("downloads"), [usage.downloads for usage in each]),
            charts.Series(gettext("favourites"), [usage.favourites for usage in each]),
            charts.Series(gettext("consents"), [usage.consents for usage in each]),
        ], kind="lines"),
    ]  # fmt: skip


def format_rate(usage: analytics.Usage) -> str:
    return "–" if usage.hit_rate is None else format_percent(usage.hit_rate)


def _build_csv_row(row: SessionDay) -> list[object]:
    """Return the values of COLUMNS."""
    usage = analytics.sum_usage([row])
    numbers = [usage.searches, usage.hits, usage.hit_rate, usage.p50_ms, usage.p95_ms]
    return [
        row.day,
        row.session_id,
        _disarm_formula(row.session.name),
        *numbers,
        *(getattr(row, c) for c in COLUMNS[-3:]),
    ]


def _disarm_formula(name: str) -> str:
    """Return the name with an apostrophe before what begins like a formula: spreadsheets would calculate it."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
