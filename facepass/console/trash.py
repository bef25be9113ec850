"""The trash in the admin: what was deleted, the way back, and deleting it for good; and the receipts of that."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from facepass.console.base import EDITORS, MANAGERS, ReadOnlyAdmin, column, has_role_anywhere, is_superuser, roles
from facepass.console.deletion import DeletionPreview, describe_counts
from facepass.core.access.authentication import user_of
from facepass.core.errors import FacePassError
from facepass.core.trash import deleters, purge, requested
from facepass.core.trash.registry import KINDS, title_of
from facepass.models import Erasure, TrashEntry
from facepass.models.trash import DeletedRows
from galleries.jobs import deletion_jobs
from galleries.models import Job
from galleries.models.job import JobState

R = TypeVar("R", bound=DeletedRows)


class DeletedRowsAdmin(ReadOnlyAdmin[R]):
    """What was deleted, in the trash or for good."""

    @column(_("kind"))
    def kind_shown(self, row: R) -> str:
        return capfirst(str(title_of(row.kind)))

    @column(_("what went with it"))
    def counts_shown(self, row: R) -> str:
        return describe_counts(row.counts)

    @column(_("deleted by"))
    def deleter_shown(self, row: R) -> str | None:
        return row.deleter or None


@admin.register(TrashEntry)
class TrashEntryAdmin(DeletedRowsAdmin[TrashEntry]):
    """Each sees what their role may delete, and nobody what was in it: only how much."""

    empty_text = _("The trash is empty")
    list_display = ["label", "kind_shown", "deleter_shown", "deleted_at", "days_shown", "choices"]
    list_display_links = ["label"]
    list_select_related = ["studio", "deleted_by"]
    search_fields = ["label"]
    fields = readonly_fields = (
        "label", "kind_shown", "counts_shown", "deleter_shown", "deleted_at", "days_shown", "choices", "studio",
    )  # fmt: skip
    actions = ["restore_selected", "erase_selected"]

    class Media:
        css = {"all": ["facepass-admin/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrashEntry]:
        return super().get_queryset(request).filter(deleters.deletable_by(user_of(request)))

    def has_view_permission(self, request: HttpRequest, obj: TrashEntry | None = None) -> bool:
        return has_role_anywhere(request, EDITORS)

    def get_urls(self) -> list[URLPattern]:
        own = [("restore", self.restore_view), ("erase", self.erase_view)]
        return [
            *(
                path(f"<uuid:pk>/{name}/", self.admin_site.admin_view(view), name=f"facepass_trashentry_{name}")
                for name, view in own
            ),
            *super().get_urls(),
        ]

    def restore_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Ask whether to restore the entry, and do it."""
        return self._ask(request, [self._find(request, pk)], verb="restore")

    def erase_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Ask whether to delete the entry for good, and do it."""
        return self._ask(request, [self._find(request, pk)], verb="erase")

    @admin.action(description=_("Restore"), permissions=["view"])
    def restore_selected(self, request: HttpRequest, queryset: QuerySet[TrashEntry]) -> HttpResponse:
        return self._ask(request, list(queryset), verb="restore", action="restore_selected")

    @admin.action(description=_("Delete for good"), permissions=["view"])
    def erase_selected(self, request: HttpRequest, queryset: QuerySet[TrashEntry]) -> HttpResponse:
        return self._ask(request, list(queryset), verb="erase", action="erase_selected")

    def _find(self, request: HttpRequest, pk: UUID) -> TrashEntry:
        if not self.has_view_permission(request):
            raise PermissionDenied
        entry = self.get_queryset(request).filter(pk=pk).first()
        if entry is None:
            raise Http404
        return entry

    def _ask(self, request: HttpRequest, found: list[TrashEntry], *, verb: str, action: str = "") -> HttpResponse:
        """Show the page that asks, or do it where the person has said yes."""
        if request.method == "POST" and "confirmed" in request.POST:
            DO[verb](request, found)
            return HttpResponseRedirect(reverse("admin:facepass_trashentry_changelist"))
        title = gettext("Restore from the trash?") if verb == "restore" else gettext("Delete for good?")
        previews = [DeletionPreview([entry.label], entry.counts, [KINDS[entry.kind]]) for entry in found]
        context = {"title": title, "verb": verb, "action": action, "found": [*zip(found, previews, strict=True)]}
        page = {**self.admin_site.each_context(request), **context, "opts": self.opts, "media": self.media}
        return TemplateResponse(request, "admin/trash/ask.html", page)

    @column(_("left"), ordering="due_at")
    def days_shown(self, entry: TrashEntry) -> str:
        if entry.purging_since or not entry.days_left:
            return gettext("is being deleted for good")
        if state := _restoration_state(entry):
            return gettext("could not be restored") if state == JobState.FAILED else gettext("is being restored")
        return ngettext("%(days)d day", "%(days)d days", entry.days_left) % {"days": entry.days_left}

    @column(_("what to do"))
    def choices(self, entry: TrashEntry) -> str:
        """Links to the pages that ask; none once it is being deleted."""
        if entry.purging_since:
            return ""
        return format_html(
            '<a class="fp-link" href="{}">{}</a> · <a class="fp-link" href="{}">{}</a>',
            reverse("admin:facepass_trashentry_restore", args=[entry.pk]), gettext("Restore"),
            reverse("admin:facepass_trashentry_erase", args=[entry.pk]), gettext("Delete for good"),
        )  # fmt: skip


def _restoration_state(entry: TrashEntry) -> str | None:
    """Return the state of the job that restores the entry; None where there is none, as for all but large ones."""
    if not requested.is_large(entry):
        return None
    jobs = Job.objects.filter(studio=entry.studio_id, kind=deletion_jobs.RESTORE, arguments__entry=str(entry.pk))
    return jobs.order_by("-created_at").values_list("state", flat=True).first()


def _restore(request: HttpRequest, found: list[TrashEntry]) -> None:
    """Restore what can be; what cannot is named with the reason. What was deleted last goes first."""
    for entry in sorted(found, key=lambda entry: entry.deleted_at, reverse=True):
        try:
            messages.success(request, _restore_one(request, entry))
        except FacePassError as refusal:
            messages.error(request, f"{entry.label}: {refusal.message}")


def _restore_one(request: HttpRequest, entry: TrashEntry) -> str:
    """Restore the entry, or have a worker do it, and return what to say of it."""
    title = {"title": entry.label}
    if requested.restore(entry, by=user_of(request)):
        return gettext("This is large, and is being restored in the background: %(title)s") % title
    return gettext("Restored: %(title)s") % title


def _erase(request: HttpRequest, found: list[TrashEntry]) -> None:
    for entry in found:
        title = {"title": entry.label}
        if isinstance(purge.purge_soon(entry.pk, by=user_of(request)), Erasure):
            messages.success(request, gettext("Deleted for good: %(title)s") % title)
        else:
            messages.info(request, gettext("Is being deleted for good: %(title)s") % title)


DO: dict[str, Callable[[HttpRequest, list[TrashEntry]], None]] = {"restore": _restore, "erase": _erase}


@admin.register(Erasure)
class ErasureAdmin(DeletedRowsAdmin[Erasure]):
    """Receipts: what was deleted for good, how much, when and by whom. They name nobody who was in it."""

    list_display = ["erased_at", "kind_shown", "counts_shown", "deleter_shown", "deleted_at", "eraser_shown"]
    list_select_related = ["deleted_by", "erased_by"]
    fields = readonly_fields = (
        "id", "kind_shown", "counts_shown", "deleter_shown", "deleted_at", "eraser_shown", "erased_at", "studio",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Erasure]:
        rows = super().get_queryset(request)
        if is_superuser(request):
            return rows
        return rows.filter(studio__in=[studio for studio, role in roles(request).items() if role in MANAGERS])

    def has_view_permission(self, request: HttpRequest, obj: Erasure | None = None) -> bool:
        return has_role_anywhere(request, MANAGERS)

    @column(_("erased by"))
    def eraser_shown(self, receipt: Erasure) -> str:
        return receipt.eraser or gettext("at the end of its days")
