"""The page of the recognition settings: thresholds, detection and quality, with reset, history and a dry run.

All staff may read the values and try others on their own faces. The values hold for the installation, so superusers
save them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext

from facepass.console.base import is_superuser
from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import studios_of
from facepass.core.errors import FacePassError
from recognition import config
from recognition.config import RecognitionSettings
from recognition.models import RecognitionConfigChange
from training.admin import settings_trials
from training.admin.settings_forms import SECTIONS, SectionForm

# Changes that the page lists; all are behind *Advanced*.
CHANGES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A value and what it was before; `section` and `label` are the texts of its field."""

    section: Promise
    label: Promise
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PastChange:
    """A change of settings in words."""

    pk: int
    changed_at: datetime
    changed_by: str
    values: list[ChangedValue]


def respond(request: HttpRequest, *, media: Media) -> HttpResponse:
    """Answer the page: show it, try values, put the defaults or former values into it, or save them."""
    present = config.recognition_settings()
    forms = _build_forms(request, present)
    context: dict[str, object] = {}
    if request.method == "POST" and not {"reset", "restore"} & request.POST.keys() and _all_valid(forms):
        part = _collect(forms)
        if "save" in request.POST:
            if _save(request, part):
                return redirect("admin:training_settings")
        else:
            context = _try(request, present=present, tried=config.validate_settings(part))
    context |= {
        **admin.site.each_context(request),
        "title": gettext("Settings"),
        "forms": forms,
        "seen": request.POST.get("seen") or config.settings_etag(present),
        "may_save": is_superuser(request),
        "history": _list_history() if is_superuser(request) else [],
        "media": media,
    }
    return TemplateResponse(request, "admin/training/settings.html", context)


def _build_forms(request: HttpRequest, present: RecognitionSettings) -> list[SectionForm]:
    """Return the sections: with the values in use, or with what was sent, with defaults or former values in it."""
    if request.method != "POST":
        return [section(None, settings=present) for section in SECTIONS]
    data = request.POST.copy()
    if "reset" in data:
        _fill(data, RecognitionSettings(), only=request.POST.get("reset", ""))
        messages.info(request, gettext("The defaults are in the fields. Nothing has been saved yet."))
    elif "restore" in data and is_superuser(request):
        _fill(data, _find_former_settings(request.POST.get("restore", "")), only="")
        messages.info(request, gettext("The former values are in the fields. Nothing has been saved yet."))
    return [section(data, settings=present) for section in SECTIONS]


def _fill(data: QueryDict, settings: RecognitionSettings, *, only: str) -> None:
    """Put these settings into what was sent. `only`: the key of one section; all with none."""
    for section in SECTIONS:
        if only in ("", section.key):
            section(None, settings=settings).fill(data, section.read(settings))


def _find_former_settings(pk: str) -> RecognitionSettings:
    changes = RecognitionConfigChange.objects.filter(key=config.KEY)
    change = get_object_or_404(changes, pk=int(pk) if pk.isdecimal() else None)
    return config.validate_settings(change.before or {})


def _all_valid(forms: Sequence[SectionForm]) -> bool:
    """Return whether all are valid; each is checked, so that each shows what is wrong."""
    return [form.is_valid() for form in forms] == [True] * len(forms)


def _collect(forms: Sequence[SectionForm]) -> dict[str, object]:
    return {key: value for form in forms for key, value in form.collect().items()}


def _save(request: HttpRequest, part: dict[str, object]) -> bool:
    """Return whether the settings were saved; they are not where somebody else has changed them meanwhile."""
    if not is_superuser(request):
        raise PermissionDenied
    try:
        config.change_settings(part, by=str(request.user), if_match=[request.POST.get("seen", "*")])
    except FacePassError as refusal:
        messages.error(request, refusal.message)
        return False
    messages.success(request, gettext("The settings were saved."))
    return True


def _try(request: HttpRequest, *, present: RecognitionSettings, tried: RecognitionSettings) -> dict[str, object]:
    """Return what the page shows of a dry run."""
    studios = studios_of(user_of(request))
    trials = settings_trials.try_settings(studios, present=present, tried=tried)
    return {"is_tried": True, "differences": list(_find_differences(present, tried)), "trials": trials}


def _find_differences(before: RecognitionSettings, after: RecognitionSettings) -> Iterator[ChangedValue]:
    for section in SECTIONS:
        old, new = section.read(before), section.read(after)
        form = section(None, settings=before)
        for name, (label, _explanation) in section.explained.items():
            if old[name] != new[name]:
                yield ChangedValue(section.title, label, form.show(old[name]), form.show(new[name]))


def _list_history() -> list[PastChange]:
    changes = RecognitionConfigChange.objects.filter(key=config.KEY)[:CHANGES_SHOWN]
    return [past for change in changes if (past := _describe_change(change))]


def _describe_change(change: RecognitionConfigChange) -> PastChange | None:
    """Return the change in words; None for one whose values this version does not know."""
    try:
        before, after = config.validate_settings(change.before or {}), config.validate_settings(change.after)
    except FacePassError:
        return None
    return PastChange(change.pk, change.changed_at, change.changed_by, list(_find_differences(before, after)))
