"""The audit in the admin: who changed what in a studio, for its owners; filtered, and all of it as CSV."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypedDict

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import WithAnnotations
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter

from facepass.console.base import ExtraContext, ReadOnlyAdmin, column
from facepass.core.access.actors import SIGNED_IN, SIGNED_OUT
from facepass.core.trash.registry import TITLES
from facepass.models import ActorKind, ApiKey, AuditedRow, AuditEntry, Role, User
from galleries.exports.people_tables import BYTE_ORDER_MARK, plain_cell

COLUMNS = (
    "number", "when", "kind", "id", "name", "action", "status", "changed", "rows", "network", "request", "digest",
)  # fmt: skip

NAMED_ACTIONS = {SIGNED_IN: _("signed in"), SIGNED_OUT: _("signed out")}


class ActorName(TypedDict):
    """What the list's queryset adds to each entry: the name that the account or key has today."""

    actor_name: str | None


class _Echo:
    """A file for `csv` that gives back each line."""

    def write(self, line: str) -> str:
        return line


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin[AuditEntry]):
    """Owners read of their studio, superusers of everything; nobody changes any of it here."""

    viewers = frozenset({Role.OWNER})
    list_display = ["happened_at", "actor_shown", "action_shown", "changed", "address", "request_id"]
    list_select_related = ["studio"]
    list_filter = [("happened_at", RangeDateTimeFilter), ("actor_kind", ChoicesDropdownFilter)]
    search_fields = ["action", "actor_id", "request_id", "rows__key"]
    search_help_text = _("A part of an action, a request id, or the id of a row or of who did it.")
    list_before_template = "admin/facepass/auditentry/download.html"
    fields = readonly_fields = (
        "number", "happened_at", "actor_shown", "studio", "action_shown", "status", "address", "request_id", "changed",
        "rows_shown", "digest",
    )  # fmt: skip

    class Media:
        css = {"all": ["facepass-admin/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return super().get_queryset(request).annotate(actor_name=_name_of_actor())

    def get_urls(self) -> list[URLPattern]:
        download = self.admin_site.admin_view(self.csv_view)
        return [path("csv/", download, name="facepass_auditentry_csv"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: ExtraContext = None) -> HttpResponse:
        csv_path = f"{reverse('admin:facepass_auditentry_csv')}?{request.GET.urlencode()}"
        return super().changelist_view(request, {"csv_path": csv_path, **(extra_context or {})})

    def csv_view(self, request: HttpRequest) -> StreamingHttpResponse:
        """The entries of the list, by the same filters."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            raise BadRequest from None
        lines = _write_csv(rows.prefetch_related("rows").iterator(chunk_size=500))
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="facepass-audit.csv"'
        answer["Cache-Control"] = "no-store"
        return answer

    @column(_("by"), ordering="actor_id")
    def actor_shown(self, entry: "WithAnnotations[AuditEntry, ActorName]") -> str:
        if entry.actor_kind in (ActorKind.GUEST, ActorKind.NOBODY):
            return entry.get_actor_kind_display()
        known = entry.actor_name or gettext("%(id)s, who is gone") % {"id": entry.actor_id}
        return f"{entry.get_actor_kind_display()}: {known}"

    @column(_("action"), ordering="action")
    def action_shown(self, entry: AuditEntry) -> str:
        """What has a name for people, in their language; else the page, operation or command as it is called."""
        return str(NAMED_ACTIONS.get(entry.action, entry.action))

    @column(_("what was changed"))
    def changed(self, entry: AuditEntry) -> str:
        return describe_counts(entry.counts)

    @column(_("before and after"))
    def rows_shown(self, entry: AuditEntry) -> SafeString:
        parts = ((_title(row.label), row.key, _describe_change(row)) for row in entry.rows.all())
        return format_html("<dl>{}</dl>", format_html_join("", "<dt>{} {}</dt><dd>{}</dd>", parts))


def _name_of_actor() -> Coalesce:
    users = User.objects.annotate(text=Cast("pk", CharField())).filter(text=OuterRef("actor_id"))
    keys = ApiKey.objects.annotate(text=Cast("pk", CharField())).filter(text=OuterRef("actor_id"))
    return Coalesce(Subquery(users.values("username")[:1]), Subquery(keys.values("name")[:1]))


def describe_counts(counts: Mapping[str, int]) -> str:
    """Return how many rows of what were written, such as `Photos: 3, Decisions: 1`."""
    return ", ".join(f"{_title(label, plural=True)}: {number_format(number)}" for label, number in counts.items())


def _title(label: str, *, plural: bool = False) -> str:
    """Return what people call the model's rows; the label of one that is gone."""
    if plural and label in TITLES:
        return str(TITLES[label])
    try:
        options = apps.get_model(label)._meta
    except LookupError:
        return label
    return capfirst(str(options.verbose_name_plural if plural else options.verbose_name))


def _describe_change(row: AuditedRow) -> str:
    if row.erased_at:
        return gettext("erased; only digests are left")
    before, after = row.before or {}, row.after or {}
    pairs = [(name, before.get(name), after.get(name)) for name in dict.fromkeys([*before, *after])]
    told = "; ".join(f"{name}: {_shown(old)} → {_shown(new)}" for name, old, new in pairs)
    if row.before is None:
        return gettext("made: %(values)s") % {"values": told}
    return gettext("deleted: %(values)s") % {"values": told} if row.after is None else told


def _shown(value: str | None) -> str:
    return "–" if value in (None, "") else str(value)


def _write_csv(entries: Iterable["WithAnnotations[AuditEntry, ActorName]"]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK + writer.writerow(COLUMNS)
    for entry in entries:
        yield writer.writerow([plain_cell(str(cell)) for cell in _csv_row(entry)])


def _csv_row(entry: "WithAnnotations[AuditEntry, ActorName]") -> Sequence[object]:
    rows = [f"{row.label} {row.key}: {_describe_change(row)}" for row in entry.rows.all()]
    return [
        entry.number or "", entry.happened_at.isoformat(), entry.actor_kind, entry.actor_id, entry.actor_name or "",
        entry.action, entry.status, describe_counts(entry.counts), "\n".join(rows), entry.address, entry.request_id,
        entry.digest,
    ]  # fmt: skip
