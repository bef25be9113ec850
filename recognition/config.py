"""What staff may tune without a restart: quality filters, confidence thresholds, and how hard to look for faces.

One row of `face_recognition_config`, key `recognition_settings`, read at each use: it is one tiny row, and a change
holds for the next photo in every process. Unknown keys and values out of range are refused, not ignored.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from math import log10
from typing import Any, Literal, Self

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from facepass.core.errors import FacePassError
from recognition.models import RecognitionConfig, RecognitionConfigChange

KEY = "recognition_settings"
AMONG, FEWEST = 50, 10


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class QualityFilters(_Part):
    """What a face must have to be trusted; see `quality.assess` for the units and where the numbers come from."""

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
    """A guest can take another selfie, so it may be asked more than of a face in a crowd."""

    min_face_size: float = Field(80, ge=10, le=1000)
    max_yaw: float = Field(45, ge=0, le=90)
    max_pitch: float = Field(45, ge=0, le=90)


class ConfidenceThresholds(_Part):
    """The similarity from which a match counts, for each use.

    `search`: a guest's selfie against an event of AMONG groups and loose faces. A false match rate is one of a pair, so
    the threshold follows how many the event has (`search_among`): at 0.59 a search is given a wrong group once in 150
    searches by the rate of the calibration set, whatever the size of the event. Chosen on composed events of people
    whom no report uses (docs/performance.md). `possible`: how far below that a photo may be offered as a question.
    `identify`: a face against all the people, or all the faces, of a studio, who are more and so more alike. `group`:
    two groups of faces are one person. `suggest`: a name, or a pair of groups, offered to staff. `assign`: a name given
    without asking. `verify`: one face against one reference.
    """

    search: float = Field(0.59, ge=0, le=1)
    possible: float = Field(0.1, ge=0, le=1)
    identify: float = Field(0.58, ge=0, le=1)
    group: float = Field(0.62, ge=0, le=1)
    suggest: float = Field(0.5, ge=0, le=1)
    assign: float = Field(0.7, ge=0, le=1)
    verify: float = Field(0.5, ge=0, le=1)

    def search_among(self, count: int) -> float:
        """Return the threshold of a search among `count` groups and loose faces: 0.1 more for ten times as many.

        An event of fewer than FEWEST is held as strictly as one of these: its guests are often one family.
        """
        return min(1.0, max(0.0, self.search + 0.1 * log10(max(count, FEWEST) / AMONG)))

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.suggest > self.assign:
            raise ValueError("suggest must not be above assign")
        return self


class RecognitionSettings(_Part):
    """`detection`: how hard to look for faces, see `detection.find`."""

    detection: Literal["fast", "balanced", "thorough"] = "balanced"
    quality_filters: QualityFilters = QualityFilters()
    selfie_filters: SelfieFilters = SelfieFilters()
    confidence_thresholds: ConfidenceThresholds = ConfidenceThresholds()


def recognition_settings() -> RecognitionSettings:
    """The settings that hold now; defaults where staff changed nothing. One query."""
    value = RecognitionConfig.objects.filter(key=KEY).values_list("value", flat=True).first()
    return RecognitionSettings() if value is None else validate(value)


def validate(value: Any) -> RecognitionSettings:
    """Checked settings; parts and fields left out keep their defaults.

    Raises FacePassError `invalid_config` (400), whose details name each wrong field, such as
    `{"confidence_thresholds.search": "Input should be less than or equal to 1"}`.
    """
    try:
        return RecognitionSettings.model_validate(value)
    except ValidationError as error:
        wrong = {printable(".".join(map(str, e["loc"]))) or KEY: e["msg"] for e in error.errors()}
        message = _("These recognition settings are not valid: %(fields)s") % {"fields": ", ".join(wrong)}
        raise FacePassError("invalid_config", message, details=wrong) from None


def printable(name: str) -> str:
    """A name that somebody sent may hold half a character, which no answer can."""
    return name.encode("utf-8", "replace").decode()


def etag(settings: RecognitionSettings) -> str:
    """The same for the same settings, whoever stored them and when."""
    text = json.dumps(settings.model_dump(), sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def save(value: Mapping[str, Any], *, by: str = "") -> RecognitionSettings:
    """Check and store; in effect for the next photo or search. Raises as `validate` does.

    `by`: who did it, for the history.
    """
    with transaction.atomic():
        return _store(_locked(), validate(value), by=by)


def change(part: Any, *, by: str, if_match: Sequence[str] = ()) -> RecognitionSettings:
    """What `part` names is changed, the rest stays, and the whole is checked. Raises as `validate` does.

    `if_match`: the etags of the settings that the caller saw; where they have changed since, 412 `config_changed`.
    """
    with transaction.atomic():
        row = _locked()
        now = validate(row.value)
        if if_match and not {"*", etag(now)} & set(if_match):
            message = _("Somebody else has changed the settings. Read them again first.")
            raise FacePassError("config_changed", message, status=412)
        return _store(row, validate(_merged(now.model_dump(), part)), by=by)


def _locked() -> RecognitionConfig:
    """The row, made where there is none, and held until the transaction ends: changes wait for each other."""
    RecognitionConfig.objects.get_or_create(key=KEY, defaults={"value": {}})
    return RecognitionConfig.objects.select_for_update().get(key=KEY)


def _store(row: RecognitionConfig, checked: RecognitionSettings, *, by: str) -> RecognitionSettings:
    before, row.value = row.value, checked.model_dump()
    if before != row.value:
        RecognitionConfigChange.objects.create(key=KEY, before=before, after=row.value, changed_by=by)
    row.save()
    return checked


def _merged(whole: Any, part: Any) -> Any:
    if not (isinstance(whole, dict) and isinstance(part, dict)):
        return part
    return {**whole, **{name: _merged(whole.get(name), value) for name, value in part.items()}}
