"""The forms of the periods for which things are kept: of an event, a studio and the installation."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from facepass.console.base import MANAGERS, has_role, is_superuser
from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import studios_of
from facepass.models import Studio
from galleries.staff_kit.json_views import Context, log_change, render_page, require_role
from sessions_app.models import Kept
from sessions_app.models.privacy.retention import LONGEST_DAYS
from sessions_app.retention.bounds import Bounds, BoundsOf, list_disordered, list_outside
from sessions_app.retention.changes import change_periods
from sessions_app.retention.periods import Period, PeriodsOwner, load_bounds, load_inherited, load_own
from sessions_app.staff.event_page import event_path, find_event
from sessions_app.staff.privacy.deadlines_in_words import MEANINGS, TITLES, describe_bounds, describe_period


class PeriodsForm(forms.Form):
    """A number of days for each thing; empty for what the level above says."""

    def __init__(self, data: Mapping[str, Any] | None, *, owner: PeriodsOwner) -> None:
        own, inherited, self.bounds = load_own(owner), load_inherited(owner), load_bounds()
        super().__init__(data, initial={kept.value: days for kept, days in own.items()})
        for kept in Kept:
            explained = _explain(kept, inherited[kept], bounds=self.bounds[kept])
            self.fields[kept.value] = _days_field(str(TITLES[kept]), explained)

    @property
    def days(self) -> dict[Kept, int | None]:
        """The days of the form, which is valid."""
        return {kept: self.cleaned_data.get(kept.value) for kept in Kept}

    @property
    def changed_bounds(self) -> BoundsOf | None:
        """The bounds of the form, where it has any."""
        return None

    def clean(self) -> dict[str, Any]:
        """Name the bounds at each field that is outside of them; `save_own` has the last word."""
        for kept, one in list_outside(self.days, bounds=self.changed_bounds or self.bounds).items():
            self.add_error(kept.value, describe_bounds(one))
        return self.cleaned_data


class InstallationForm(PeriodsForm):
    """The installation draws the bounds too."""

    def __init__(self, data: Mapping[str, Any] | None, *, owner: PeriodsOwner) -> None:
        super().__init__(data, owner=owner)
        for kept in Kept:
            self._add_bound(kept, "shortest", gettext_lazy("%(what)s: the shortest that studios may say"))
            self._add_bound(kept, "longest", gettext_lazy("%(what)s: the longest that studios may say"))

    @property
    def changed_bounds(self) -> BoundsOf:
        return {kept: Bounds(self._read(kept, "shortest"), self._read(kept, "longest")) for kept in Kept}

    def clean(self) -> dict[str, Any]:
        for kept in list_disordered(self.changed_bounds):
            self.add_error(f"{kept.value}_shortest", _("The shortest period is longer than the longest."))
        return super().clean()

    def _add_bound(self, kept: Kept, end: str, label: Promise) -> None:
        name = f"{kept.value}_{end}"
        self.fields[name] = _days_field(str(label) % {"what": TITLES[kept]}, _("Empty: no bound."), least=1)
        self.initial[name] = getattr(self.bounds[kept], end)

    def _read(self, kept: Kept, end: str) -> int | None:
        return self.cleaned_data.get(f"{kept.value}_{end}")


def _days_field(label: str, help_text: str, *, least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=least,
        max_value=LONGEST_DAYS,
        widget=UnfoldAdminIntegerFieldWidget(),
    )


def _explain(kept: Kept, inherited: Period, *, bounds: Bounds) -> str:
    empty = _("Empty: %(period)s.") % {"period": describe_period(inherited)}
    return " ".join(filter(None, (str(MEANINGS[kept]), empty, describe_bounds(bounds))))


def show_event_periods(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The periods of one event."""
    session = find_event(request, pk)
    require_role(request, session.studio_id, MANAGERS)
    owner = PeriodsOwner.for_session(session)
    answer = _answer(request, owner, title=session.name, back=event_path(session), session=session)
    if isinstance(answer, HttpResponseRedirect):
        log_change(request, session, [{"changed": {"fields": ["retention"]}}])
    return answer


def show_studio_periods(request: HttpRequest, studio_id: UUID) -> HttpResponseBase:
    """The periods of all events of a studio that say nothing else."""
    studio = find_managed_studio(request, studio_id)
    answer = _answer(request, PeriodsOwner(studio.pk), title=studio.name, back=studio_path(studio), studio=studio)
    if isinstance(answer, HttpResponseRedirect):
        log_change(request, studio, [{"changed": {"fields": ["retention"]}}])
    return answer


def show_installation_periods(request: HttpRequest) -> HttpResponseBase:
    """The periods of all studios that say nothing else."""
    if not is_superuser(request):
        raise PermissionDenied
    path = reverse("admin:sessions_app_photosession_retention_installation")
    return _answer(request, PeriodsOwner(), title=_("All studios"), back=path)


def find_managed_studio(request: HttpRequest, studio_id: UUID) -> Studio:
    """Return the studio for its managers. Raise Http404 for a stranger's, and PermissionDenied."""
    studio = studios_of(user_of(request)).filter(pk=studio_id).first()
    if studio is None:
        raise Http404
    if not has_role(request, studio.pk, MANAGERS):
        raise PermissionDenied
    return studio


def studio_path(studio: Studio) -> str:
    return reverse("admin:sessions_app_photosession_retention_studio", args=[studio.pk])


def _answer(request: HttpRequest, owner: PeriodsOwner, *, title: str, back: str, **context: object) -> HttpResponseBase:
    """Show the form, or write what it says and go back."""
    kind = PeriodsForm if owner.studio_id else InstallationForm
    form = kind(request.POST if request.method == "POST" else None, owner=owner)
    if request.method == "POST" and form.is_valid():
        change_periods(owner, form.days, bounds=form.changed_bounds)
        messages.success(request, _("The periods are saved."))
        return HttpResponseRedirect(back)
    page: Context = {
        "title": _("How long it is kept: %(title)s") % {"title": title},
        "form": form,
        "is_installation": owner == PeriodsOwner(),
        "may_set_installation": is_superuser(request),
        **context,
    }
    return render_page(request, "admin/sessions_app/event/periods.html", page)
