"""Settings that staff may tune without a restart: quality filters, confidence thresholds and the detection mode.

The installation's are one row of `face_recognition_config`, key `recognition_settings`. It is read at each use, so a
change applies to the next photo in every process. Unknown keys and values out of range are refused, not ignored. What
holds in a studio or an event, `recognition.settings.overrides` says.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from math import log10
from typing import Literal, Self

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from facepass.core.database.storable_values import replace_surrogates
from facepass.core.errors import FacePassError
from recognition.models import RecognitionConfig, RecognitionConfigChange

KEY = "recognition_settings"
# `ConfidenceThresholds.search` is the threshold among so many groups and loose faces; fewer than LOWEST_COUNT count as
# that many.
REFERENCE_COUNT, LOWEST_COUNT = 50, 10


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class QualityFilters(_Part):
    """What a face must have to be trusted; see `types.Quality` for the units."""

    min_face_size: float = Field(32, ge=10, le=1000)
    min_detection_score: float = Field(0.35, ge=0, le=1)
    min_sharpness: float = Field(25, ge=0, le=10_000)
    min_brightness: float = Field(35, ge=0, le=255)
    max_brightness: float = Field(230, ge=0, le=255)
    max_yaw: float = Field(60, ge=0, le=90)
    max_pitch: float = Field(50, ge=0, le=90)

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.min_brightness >= self.max_brightness:
            raise ValueError("min_brightness must be below max_brightness")
        return self


class SelfieFilters(QualityFilters):
    """Filters for selfies. They are stricter than for a face in a crowd, because a guest can take another selfie."""

    min_face_size: float = Field(80, ge=10, le=1000)
    max_yaw: float = Field(45, ge=0, le=90)
    max_pitch: float = Field(45, ge=0, le=90)


class ConfidenceThresholds(_Part):
    """The similarity from which a match counts, for each use.

    `search`: a guest's selfie against an event of REFERENCE_COUNT groups and loose faces. A false match rate is one per
    pair, so the threshold rises with the number of groups and faces (`search_threshold`): at 0.59 one search in 150 is
    given a wrong group, by the rate of the calibration set, whatever the size of the event. Chosen on composed events
    of people whom no report uses (docs/performance.md). `possible`: how far below `search` a photo may be offered as a
    question. `identify`: a face against all people, or all faces, of a studio, who are more and so more similar.
    `group`: two groups of faces are one person. `suggest`: a name, or a pair of groups, offered to staff. `assign`: a
    name given without asking. `verify`: one face against one reference.
    """

    search: float = Field(0.59, ge=0, le=1)
    possible: float = Field(0.1, ge=0, le=1)
    identify: float = Field(0.58, ge=0, le=1)
    group: float = Field(0.62, ge=0, le=1)
    suggest: float = Field(0.5, ge=0, le=1)
    assign: float = Field(0.7, ge=0, le=1)
    verify: float = Field(0.5, ge=0, le=1)

    def search_threshold(self, count: int) -> float:
        """Return the threshold of a search among `count` groups and loose faces: 0.1 more for ten times as many.

        Below LOWEST_COUNT it does not fall further: the guests of a small event are often one family.
        """
        return min(1.0, max(0.0, self.search + 0.1 * log10(max(count, LOWEST_COUNT) / REFERENCE_COUNT)))

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.suggest > self.assign:
            raise ValueError("suggest must not be above assign")
        return self


class RecognitionSettings(_Part):
    """`detection`: how hard to look for faces, see `detection.detect_faces`."""

    detection: Literal["fast", "balanced", "thorough"] = "balanced"
    quality_filters: QualityFilters = QualityFilters()
    selfie_filters: SelfieFilters = SelfieFilters()
    confidence_thresholds: ConfidenceThresholds = ConfidenceThresholds()


def recognition_settings() -> RecognitionSettings:
    """Return the installation's settings; defaults where nothing was changed. One query."""
    value = RecognitionConfig.objects.filter(key=KEY).values_list("value", flat=True).first()
    return RecognitionSettings() if value is None else validate_settings(value)


def validate_settings(value: object) -> RecognitionSettings:
    """Return checked settings; parts and fields that are left out have their defaults.

    Raise FacePassError `invalid_config` (400), whose details name each wrong field, such as
    `{"confidence_thresholds.search": "Input should be less than or equal to 1"}`.
    """
    try:
        return RecognitionSettings.model_validate(value)
    except ValidationError as error:
        problems = {replace_surrogates(".".join(map(str, e["loc"]))) or KEY: e["msg"] for e in error.errors()}
        message = _("These recognition settings are not valid: %(fields)s") % {"fields": ", ".join(problems)}
        raise FacePassError("invalid_config", message, details=problems) from None


def settings_etag(settings: RecognitionSettings) -> str:
    """Return an HTTP ETag that depends on the settings alone, not on who stored them or when."""
    # A default may be written as 50, and the same number comes back as 50.0 from where it is stored.
    same = RecognitionSettings.model_validate(settings.model_dump())
    text = json.dumps(same.model_dump(), sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def save_settings(value: Mapping[str, object], *, by: str = "") -> RecognitionSettings:
    """Replace the settings and return them; they apply to the next photo or search.

    `by`: who did it, for the history. Raise as `validate_settings` does.
    """
    with transaction.atomic():
        return _store(lock_row(KEY), validate_settings(value), by=by)


def change_settings(part: object, *, by: str, if_match: Sequence[str] = ()) -> RecognitionSettings:
    """Change the fields that `part` names, keep the others, and return the settings.

    `if_match`: ETags of the settings that the caller saw. Raise as `validate_settings` does, and FacePassError 412
    `config_changed` where the settings have changed since.
    """
    with transaction.atomic():
        row = lock_row(KEY)
        current = validate_settings(row.value)
        if if_match and not {"*", settings_etag(current)} & set(if_match):
            message = _("Somebody else has changed the settings. Read them again first.")
            raise FacePassError("config_changed", message, status=412)
        return _store(row, validate_settings(_merge(current.model_dump(), part)), by=by)


def lock_row(key: str) -> RecognitionConfig:
    """Return the row, made where there is none, locked until the transaction ends: changes wait for each other."""
    RecognitionConfig.objects.get_or_create(key=key, defaults={"value": {}})
    return RecognitionConfig.objects.select_for_update().get(key=key)


def _store(row: RecognitionConfig, checked: RecognitionSettings, *, by: str) -> RecognitionSettings:
    before, row.value = row.value, checked.model_dump()
    if before != row.value:
        RecognitionConfigChange.objects.create(key=KEY, before=before, after=row.value, changed_by=by)
    row.save()
    return checked


def _merge(whole: object, part: object) -> object:
    """Return `whole` with what `part` names replaced, dictionary by dictionary."""
    if not (isinstance(whole, dict) and isinstance(part, dict)):
        return part
    return {**whole, **{name: _merge(whole.get(name), value) for name, value in part.items()}}
