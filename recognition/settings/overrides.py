"""Settings of a studio or an event that differ from the installation's: read with what is above them, and changed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Q, TextField, Value, When
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition import config
from recognition.config import KEY, RecognitionSettings, settings_etag
from recognition.models import RecognitionConfig, RecognitionConfigChange, RecognitionOverride
from recognition.settings.levels import (
    BOUNDS_KEY,
    EffectiveSettings,
    Source,
    Values,
    choose_detection,
    compose,
    flatten,
    read_bounds,
    require_inside,
)
from recognition.types import DetectionMode


@dataclass(frozen=True, slots=True)
class SettingsOwner:
    """Whose settings: a studio's, or with `session_id` one of its events'; the installation's without a studio."""

    studio_id: UUID | None = None
    session_id: UUID | None = None

    @property
    def level(self) -> Source:
        if self.studio_id is None:
            return "installation"
        return "event" if self.session_id else "studio"

    @property
    def above(self) -> "SettingsOwner":
        """Whose settings hold where this owner says nothing."""
        return SettingsOwner(self.studio_id) if self.session_id else SettingsOwner()


INSTALLATION = SettingsOwner()


def settings_in(
    studio_id: UUID | None, session_id: UUID | None = None, *, detection: DetectionMode | None = None
) -> RecognitionSettings:
    """Return the settings that hold in a studio, or in one of its events. One query.

    `detection`: the mode that a request asks for. Raise as `choose_detection`.
    """
    found = effective_settings(SettingsOwner(studio_id, session_id))
    return choose_detection(found, detection) if detection else found.settings


def settings_across(studio_ids: Iterable[UUID], *, detection: DetectionMode | None = None) -> RecognitionSettings:
    """Return the settings for what is done in several studios at once: a single one's, else the installation's.

    `detection`: as `settings_in` takes it.
    """
    studios = list(studio_ids)
    return settings_in(studios[0] if len(studios) == 1 else None, detection=detection)


def effective_settings(owner: SettingsOwner) -> EffectiveSettings:
    """Return the settings that hold there, where each comes from and within which bounds. One query."""
    stored = _read(owner)
    installation = config.validate_settings(stored.get(KEY) or {})
    levels: tuple[Source, ...] = ("studio", "event")
    overrides = {level: stored[level] for level in levels if level in stored}
    return compose(installation, overrides, read_bounds(stored.get(BOUNDS_KEY)))


def _read(owner: SettingsOwner) -> dict[str, Any]:
    """Return the values of all levels, by key and by level."""
    shared = RecognitionConfig.objects.filter(key__in=[KEY, BOUNDS_KEY]).order_by().values_list("key", "value")
    if owner.studio_id is None:
        return dict(shared)
    level = Case(When(session_id=None, then=Value("studio")), default=Value("event"), output_field=TextField())
    own = RecognitionOverride.objects.filter(
        Q(session_id=None) | Q(session_id=owner.session_id), studio=owner.studio_id
    )
    return dict(shared.union(own.order_by().annotate(level=level).values_list("level", "value"), all=True))


def change_override(owner: SettingsOwner, part: object, *, by: str, if_match: Sequence[str] = ()) -> EffectiveSettings:
    """Change what `part` names, in the settings of a studio or an event, and return those that hold there now.

    A field, or a whole part, that is null comes from the level above again. `if_match`: as `config.change_settings`
    takes it. Raise FacePassError 400 `invalid_config`, also outside the installation's bounds, and 412
    `config_changed`.
    """
    with transaction.atomic():
        row = _lock_row(owner)
        _require_seen(owner, if_match)
        values = _merge_sparse(row.value, part)
        _check(owner, values, changed=_merge_sparse({}, part))
        return _store(owner, row, values, by=by)


def replace_override(owner: SettingsOwner, wanted: Values, *, by: str, if_match: Sequence[str]) -> EffectiveSettings:
    """Have exactly these settings hold there: what differs from the level above is kept. Raise as `change_override`."""
    inherited = flatten(effective_settings(owner.above).settings.model_dump())
    part: Values = {}
    for path, value in flatten(wanted).items():
        name, _dot, field = path.partition(".")
        own = None if value == inherited[path] else value
        if field:
            part.setdefault(name, {})[field] = own
        else:
            part[name] = own
    return change_override(owner, part, by=by, if_match=if_match)


def change_bounds(stored: object, *, by: str) -> Values:
    """Replace what studios and events may set, and return it. Raise FacePassError 400 `invalid_config`."""
    bounds = read_bounds(stored)
    with transaction.atomic():
        row = config.lock_row(BOUNDS_KEY)
        before, row.value = row.value, json.loads(json.dumps(bounds))
        if before != row.value:
            RecognitionConfigChange.objects.create(key=BOUNDS_KEY, before=before, after=row.value, changed_by=by)
        row.save()
    return bounds


def settings_of_change(owner: SettingsOwner, values: Values) -> RecognitionSettings:
    """Return the settings that would hold there if its own were these, such as former ones."""
    above = effective_settings(owner.above)
    return compose(above.settings, {owner.level: values}, above.bounds).settings


def _lock_row(owner: SettingsOwner) -> RecognitionOverride:
    named = {"studio_id": owner.studio_id, "session_id": owner.session_id}
    RecognitionOverride.objects.get_or_create(**named, defaults={"value": {}})
    return RecognitionOverride.objects.select_for_update().get(**named)


def _require_seen(owner: SettingsOwner, if_match: Sequence[str]) -> None:
    if if_match and not {"*", settings_etag(effective_settings(owner).settings)} & set(if_match):
        message = _("Somebody else has changed the settings. Read them again first.")
        raise FacePassError("config_changed", message, status=412)


def _merge_sparse(whole: Values, part: object) -> Values:
    """Return what an owner says of its own after `part` was put into it: null takes a field, or a part, out."""
    if not isinstance(part, Mapping):
        return {KEY: part}  # refused by the check
    merged: Values = dict(whole)
    for name, value in part.items():
        if isinstance(value, Mapping):
            inner = merged.get(name)
            merged[name] = _merge_sparse(inner if isinstance(inner, dict) else {}, value)
        else:
            merged[name] = value
        if merged[name] in (None, {}):
            del merged[name]
    return merged


def _check(owner: SettingsOwner, values: Values, *, changed: Values) -> None:
    above = effective_settings(owner.above)
    config.validate_settings(_overlay(above.settings.model_dump(), values))
    require_inside(changed, above.bounds, level=owner.level)


def _overlay(whole: Values, values: Values) -> Values:
    both = {
        name: {**whole[name], **value} if isinstance(value, dict) and isinstance(whole.get(name), dict) else value
        for name, value in values.items()
    }
    return {**whole, **both}


def _store(owner: SettingsOwner, row: RecognitionOverride, values: Values, *, by: str) -> EffectiveSettings:
    before, row.value = row.value, values
    if before != values:
        RecognitionConfigChange.objects.create(
            key=KEY, before=before, after=values, changed_by=by, studio_id=owner.studio_id, session_id=owner.session_id
        )
    row.save()
    return effective_settings(owner)
