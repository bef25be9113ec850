"""What was changed in the settings that the page shows, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext

from facepass.core.errors import FacePassError
from recognition import config
from recognition.config import RecognitionSettings
from recognition.models import RecognitionConfigChange
from recognition.settings import overrides
from recognition.settings.levels import flatten
from recognition.settings.overrides import INSTALLATION, SettingsOwner
from training.admin.settings_forms import SECTIONS, SectionForm

# Changes that the page lists; all of the installation's are behind *Advanced*.
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


def list_history(owner: SettingsOwner) -> list[PastChange]:
    """Return the latest changes of these settings, and of no others."""
    changes = RecognitionConfigChange.objects.filter(**_own(owner))[:CHANGES_SHOWN]
    return [past for change in changes if (past := _describe_change(owner, change))]


def find_former_settings(owner: SettingsOwner, pk: str) -> RecognitionSettings:
    """Return the settings as they were before that change. Raise Http404 for one that is not of these settings."""
    changes = RecognitionConfigChange.objects.filter(**_own(owner))
    change = get_object_or_404(changes, pk=int(pk) if pk.isdecimal() else None)
    if owner == INSTALLATION:
        return config.validate_settings(change.before or {})
    return overrides.settings_of_change(owner, change.before or {})


def _own(owner: SettingsOwner) -> dict[str, Any]:
    return {"key": config.KEY, "studio": owner.studio_id, "session_id": owner.session_id}


def _describe_change(owner: SettingsOwner, change: RecognitionConfigChange) -> PastChange | None:
    """Return the change in words; None for one whose values this version does not know."""
    try:
        before, after = config.validate_settings(change.before or {}), config.validate_settings(change.after)
    except FacePassError:
        return None
    values = list(
        find_differences(before, after)
        if owner == INSTALLATION
        else _find_own_differences(change.before or {}, change.after)
    )
    return PastChange(change.pk, change.changed_at, change.changed_by, values)


def find_differences(before: RecognitionSettings, after: RecognitionSettings) -> Iterator[ChangedValue]:
    """Yield each value that differs, in the words of its field."""
    return _compare(flatten(before.model_dump()), flatten(after.model_dump()))


def _find_own_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[ChangedValue]:
    """Yield what was set or taken back; what a studio or event does not set comes from the level above."""
    return _compare(flatten(before), flatten(after))


def _compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[ChangedValue]:
    for section in SECTIONS:
        form = section(None, settings=RecognitionSettings())
        for name, (label, _explanation) in section.explained.items():
            path = name if section.key == name else f"{section.key}.{name}"
            if before.get(path) != after.get(path):
                yield ChangedValue(section.title, label, _show(form, before.get(path)), _show(form, after.get(path)))


def _show(form: SectionForm, value: object) -> str:
    return gettext("not set here") if value is None else form.show(value)
