"""Deleting in the admin: a page that says what goes, what stays and why, and a way back while the trash keeps it.

`TrashAdmin` is the base of the pages of everything that goes to the trash (`facepass.core.trash`).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django_stubs_ext import StrOrPromise

from facepass.console.base import M, TenantAdmin, is_superuser, roles
from facepass.core.access.authentication import user_of
from facepass.core.trash import entries, requested
from facepass.core.trash.registry import KINDS, TITLES, Counts, Kind
from facepass.models import TrashEntry

# More titles than these would hide the numbers.
TITLES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class TitledCount:
    """A number of rows, and what people call them."""

    title: str
    number: str


class DeletionPreview(list[str]):
    """What a deletion would do: the titles of what was chosen, how much goes with it, and what stays.

    A list, because Django shows the titles where it takes them for names.
    """

    def __init__(self, titles: Sequence[str], counts: Counts, kinds: Iterable[Kind]) -> None:
        super().__init__(titles[:TITLES_SHOWN])
        self._more = len(titles) - TITLES_SHOWN
        self.goes = [count for name, count in _titled(counts) if name.count(".") == 1]
        self.loses = [count for name, count in _titled(counts) if name.count(".") > 1]
        self.stays: list[Promise] = list(dict.fromkeys(text for kind in kinds for text in kind.stays))
        self.days = settings.TRASH_DAYS

    @property
    def titles(self) -> str:
        """The titles, and how many more there are."""
        more = ngettext("and %(number)d more", "and %(number)d more", self._more) % {"number": self._more}
        return ", ".join([*self, *([more] if self._more > 0 else [])])


def _titled(counts: Counts) -> list[tuple[str, TitledCount]]:
    return [
        (name, TitledCount(str(title), number_format(counts[name]))) for name, title in TITLES.items() if name in counts
    ]


def describe_counts(counts: Counts) -> str:
    """Return the counts in words, such as `Photos: 3, Faces: 5`."""
    return ", ".join(f"{count.title}: {count.number}" for _name, count in _titled(counts))


class TrashAdmin(TenantAdmin[M]):
    """Rows that are deleted into the trash, by who has one of the kind's roles."""

    trash_kind: ClassVar[str]
    delete_confirmation_template = "admin/trash/delete.html"
    delete_selected_confirmation_template = "admin/trash/delete.html"

    def trash_kind_of(self, obj: M) -> str:
        """Return the kind of the trash that the row is deleted as."""
        return self.trash_kind

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        if is_superuser(request):
            return True
        wanted = KINDS[self.trash_kind].deleters
        studios = [studio for studio, role in roles(request).items() if role in wanted]
        return bool(studios) if obj is None else self.studio_id_of(obj) in studios

    def get_deleted_objects(
        self, objs: Sequence[M] | QuerySet[M], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Return what would be deleted, counted, unless the person has said yes already."""
        rows = list(objs)
        kept_back = {str(obj) for obj in rows if not self.has_delete_permission(request, obj)}
        is_asked = not request.POST.get("post")
        preview = self._preview(rows, is_counted=is_asked and not kept_back)
        return preview, {count.title: 0 for count in preview.goes}, kept_back, []

    def _preview(self, rows: list[M], *, is_counted: bool) -> DeletionPreview:
        by_kind = self._by_kind(rows)
        counts: Counter[str] = Counter()
        for kind, some in by_kind.items() if is_counted else ():
            counts.update(entries.count_contents(kind, some))
        return DeletionPreview([str(row) for row in rows], dict(counts), [KINDS[kind] for kind in by_kind])

    def _by_kind(self, rows: Iterable[M]) -> dict[str, list[M]]:
        found: dict[str, list[M]] = {}
        for row in rows:
            found.setdefault(self.trash_kind_of(row), []).append(row)
        return found

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        self._delete(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[M]) -> None:
        self._delete(request, queryset)

    def _delete(self, request: HttpRequest, rows: Iterable[M]) -> None:
        for kind, some in self._by_kind(rows).items():
            deletion = requested.delete(kind, some, by=user_of(request))
            for entry in deletion.entries:
                _offer_undo(request, entry)
            if deletion.tasks:
                _say_that_it_is_deleted_later(request)

    def message_user(
        self, request: HttpRequest, message: StrOrPromise, level: int | str = messages.INFO, *args: Any, **options: Any
    ) -> None:
        """Show the message, but not Django's that it is deleted where a worker has yet to do it."""
        if not (hasattr(request, "is_deleted_later") and level == messages.SUCCESS):
            super().message_user(request, message, level, *args, **options)


def _say_that_it_is_deleted_later(request: HttpRequest) -> None:
    request.is_deleted_later = True  # type: ignore[attr-defined]
    text = gettext("This is large: it is being deleted in the background, and is in the trash as soon as that is done.")
    messages.info(request, text)


def _offer_undo(request: HttpRequest, entry: TrashEntry) -> None:
    """Say for how long the way back is open, with a link to it."""
    if not settings.TRASH_DAYS:
        messages.warning(request, gettext("It is deleted for good: this installation keeps no trash."))
        return
    days = ngettext(
        "The trash keeps it for %(days)d day.", "The trash keeps it for %(days)d days.", settings.TRASH_DAYS
    )
    link = format_html(
        '<a class="fp-link" href="{}">{}</a>',
        reverse("admin:facepass_trashentry_restore", args=[entry.pk]),
        gettext("Undo"),
    )
    messages.info(request, format_html("{} {}", days % {"days": settings.TRASH_DAYS}, link))
