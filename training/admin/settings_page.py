"""The page of the recognition settings: thresholds, detection and quality, with reset, history and a dry run.

All staff may read the values of their studio and try others on their own faces. Superusers save those of the
installation, managers those of their studio and its events, within the bounds that the installation allows.
"""

from collections.abc import Sequence

from django.contrib import admin, messages
from django.forms import Media
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext

from facepass.console.base import is_superuser
from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import studios_of
from facepass.core.errors import FacePassError
from recognition import config
from recognition.config import RecognitionSettings
from recognition.settings import overrides
from recognition.settings.levels import EffectiveSettings
from recognition.settings.overrides import INSTALLATION
from training.admin import settings_trials
from training.admin.settings_forms import SECTIONS, SectionForm, SettingsFrame
from training.admin.settings_history import find_differences, find_former_settings, list_history
from training.admin.settings_owners import OwnedSettings, find_owner, list_owners, require_may_save


def respond(request: HttpRequest, *, media: Media) -> HttpResponse:
    """Answer the page: show it, try values, put the defaults or former values into it, or save them."""
    shown = find_owner(request)
    present = overrides.effective_settings(shown.owner)
    forms = _build_forms(request, shown, present)
    context: dict[str, object] = {}
    if request.method == "POST" and not {"reset", "restore"} & request.POST.keys() and _all_valid(forms):
        part = _collect(forms)
        if "save" in request.POST:
            if _save(request, shown, part):
                return redirect(shown.path)
        else:
            context = _try(request, shown, present=present.settings, tried=config.validate_settings(part))
    context |= {
        **admin.site.each_context(request),
        "title": gettext("Settings"),
        "forms": forms,
        "shown": shown,
        "owners": list_owners(request, shown),
        "seen": request.POST.get("seen") or config.settings_etag(present.settings),
        "may_save": shown.may_save,
        "is_superuser": is_superuser(request),
        "history": list_history(shown.owner) if shown.may_save else [],
        "media": media,
    }
    return TemplateResponse(request, "admin/training/settings.html", context)


def _build_forms(request: HttpRequest, shown: OwnedSettings, present: EffectiveSettings) -> list[SectionForm]:
    """Return the sections: with the values in use, or with what was sent, with defaults or former values in it."""
    frame = _build_frame(shown, present)
    if request.method != "POST":
        return [section(None, settings=present.settings, frame=frame) for section in SECTIONS]
    data = request.POST.copy()
    if "reset" in data:
        _fill(data, frame.inherited if frame else RecognitionSettings(), only=request.POST.get("reset", ""))
        messages.info(request, gettext("The defaults are in the fields. Nothing has been saved yet."))
    elif "restore" in data and shown.may_save:
        _fill(data, find_former_settings(shown.owner, request.POST.get("restore", "")), only="")
        messages.info(request, gettext("The former values are in the fields. Nothing has been saved yet."))
    return [section(data, settings=present.settings, frame=frame) for section in SECTIONS]


def _build_frame(shown: OwnedSettings, present: EffectiveSettings) -> SettingsFrame | None:
    """Return what a studio's or an event's settings stand in; None for the installation's, which stand in nothing."""
    if shown.owner == INSTALLATION:
        return None
    inherited = overrides.effective_settings(shown.owner.above).settings
    return SettingsFrame(inherited, present.sources, present.bounds, shown.owner.level)


def _fill(data: QueryDict, settings: RecognitionSettings, *, only: str) -> None:
    """Put these settings into what was sent. `only`: the key of one section; all with none."""
    for section in SECTIONS:
        if only in ("", section.key):
            section(None, settings=settings).fill(data, section.read(settings))


def _all_valid(forms: Sequence[SectionForm]) -> bool:
    """Return whether all are valid; each is checked, so that each shows what is wrong."""
    return [form.is_valid() for form in forms] == [True] * len(forms)


def _collect(forms: Sequence[SectionForm]) -> dict[str, object]:
    return {key: value for form in forms for key, value in form.collect().items()}


def _save(request: HttpRequest, shown: OwnedSettings, part: dict[str, object]) -> bool:
    """Return whether the settings were saved; they are not where somebody else has changed them meanwhile."""
    require_may_save(shown)
    by, if_match = str(request.user), [request.POST.get("seen", "*")]
    try:
        if shown.owner == INSTALLATION:
            config.change_settings(part, by=by, if_match=if_match)
        else:
            overrides.replace_override(shown.owner, part, by=by, if_match=if_match)
    except FacePassError as refusal:
        messages.error(request, " ".join([refusal.message, *map(str, refusal.details.values())]))
        return False
    messages.success(request, gettext("The settings were saved."))
    return True


def _try(
    request: HttpRequest, shown: OwnedSettings, *, present: RecognitionSettings, tried: RecognitionSettings
) -> dict[str, object]:
    """Return what the page shows of a dry run."""
    studios = studios_of(user_of(request))
    studio_id = shown.owner.studio_id
    own = studios.filter(pk=studio_id) if studio_id else studios
    trials = settings_trials.try_settings(own, present=present, tried=tried)
    return {"is_tried": True, "differences": list(find_differences(present, tried)), "trials": trials}
