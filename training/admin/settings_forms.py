"""The forms of the recognition settings, a section each, in plain words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from facepass.core.figures import format_decimal
from recognition.config import ConfidenceThresholds, QualityFilters, RecognitionSettings, SelfieFilters
from recognition.settings.levels import STUDIO_WIDE, Source, field_range

# The label of a field, and what it does.
Explanations = dict[str, tuple[Promise, Promise]]

THRESHOLDS: Explanations = {
    "search": (
        _("A guest's selfie finds a photo"),
        _(
            "For an event of 50 people; with ten times as many people the threshold is 0.1 higher. A lower value finds "
            "more photos, and more often somebody else's."
        ),
    ),
    "possible": (
        _("A photo is offered to the guest as a question"),
        _("How far below the value above. This is a difference, not a similarity; with 0 no such photos are offered."),
    ),
    "identify": (
        _("A face is recognised as a known person"),
        _("Compares with all people of the studio, so it should not be lower than for one photo session."),
    ),
    "assign": (
        _("A name is given automatically"),
        _(
            "Names that reach this similarity are given automatically and wait to be confirmed. The preview lists the "
            "names that another value would give."
        ),
    ),
    "suggest": (
        _("A name, or a pair of groups, is offered to staff"),
        _("At most the value for giving names automatically."),
    ),
    "group": (
        _("Two groups are one person"),
        _(
            "A lower value makes fewer groups, but now and then one with two people in it. Applies to faces grouped "
            "from now on."
        ),
    ),
    "verify": (_("A face matches the reference"), _("For one-to-one comparisons by partner apps.")),
}
QUALITY: Explanations = {
    "min_face_size": (_("Smallest face"), _("The shorter side of the face, in pixels of the analysed photo.")),
    "min_detection_score": (
        _("Least certain detection"),
        _("How certain the detector must be that it is a face, from 0 to 1."),
    ),
    "min_sharpness": (
        _("Least sharpness"),
        _("0 is a smooth blur, a face in focus has some hundreds. Raise it where blurred faces are confused."),
    ),
    "min_brightness": (_("Darkest face"), _("The mean brightness, from 0 (black) to 255 (white).")),
    "max_brightness": (_("Brightest face"), _("The mean brightness. Brighter faces are overexposed.")),
    "max_yaw": (_("Turned to the side, at most"), _("In degrees: 0 looks into the camera, 90 is a profile.")),
    "max_pitch": (_("Looking up or down, at most"), _("In degrees.")),
}
DETECTION: Explanations = {
    "detection": (
        _("How hard to look for faces"),
        _(
            "Fast takes one look at each photo. Balanced also finds small faces, and turns photos that lie on their "
            "side. Thorough looks at large photos piece by piece as well: it finds more faces far away, and takes "
            "longer. Photos that were analysed before stay as they are until they are analysed again."
        ),
    ),
}
MODES = [("fast", _("Fast")), ("balanced", _("Balanced")), ("thorough", _("Thorough"))]


ORIGINS = {
    "default": _("from the defaults"),
    "installation": _("from the installation"),
    "studio": _("from the studio"),
    "event": _("from the event"),
}


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A field with its value by default, and whether another one is in use.

    `origin`: where the value in use comes from; `allowed`: what the installation allows here, or nothing where the page
    sets up the installation itself.
    """

    field: BoundField
    default: str
    is_changed: bool
    origin: Promise | str = ""
    allowed: str = ""


@dataclass(frozen=True, slots=True)
class SettingsFrame:
    """What a studio's or an event's settings stand in: those of the level above, the bounds, and where each is from."""

    inherited: RecognitionSettings
    sources: Mapping[str, Any]
    bounds: Mapping[str, Any]
    level: Source


class SectionForm(forms.Form):
    """A part of the settings. `key`: its name in `RecognitionSettings`; `part`: its model."""

    key: ClassVar[str]
    part: ClassVar[type[BaseModel]]
    title: ClassVar[Promise]
    intro: ClassVar[Promise]
    explained: ClassVar[Explanations]

    def __init__(
        self, data: Mapping[str, Any] | None, *, settings: RecognitionSettings, frame: SettingsFrame | None = None
    ) -> None:
        super().__init__(data, prefix=None if self.key == ThresholdsForm.key else self.key)
        self._in_use, self._frame = self.read(settings), frame
        for name, (label, explanation) in self.explained.items():
            self.fields[name] = self.build_field(name, label, explanation)
            self.fields[name].disabled = self._is_fixed(name)

    @classmethod
    def read(cls, settings: RecognitionSettings) -> dict[str, Any]:
        """Return the section's values of these settings, by the names of the form's fields."""
        values: dict[str, Any] = getattr(settings, cls.key).model_dump()
        return values

    def build_field(self, name: str, label: Promise, explanation: Promise) -> forms.Field:
        low, high = field_range(self.part, name)
        widget = UnfoldAdminDecimalFieldWidget(attrs={"step": "0.01" if high <= 1 else "any"})
        return forms.FloatField(
            label=str(label),
            help_text=str(explanation),
            min_value=low,
            max_value=high,
            initial=_write(self._in_use[name]),
            widget=widget,
        )

    def rows(self) -> Iterator[SettingRow]:
        """Yield the fields for the page."""
        frame = self._frame
        defaults = self.read(frame.inherited if frame else RecognitionSettings())
        for name in self.explained:
            default, is_changed = self.show(defaults[name]), self._in_use[name] != defaults[name]
            if frame:
                origin = ORIGINS[self._find(frame.sources, name)]
                yield SettingRow(self[name], default, is_changed, origin, self._show_bound(name))
            else:
                yield SettingRow(self[name], default, is_changed)

    def _find(self, values: Mapping[str, Any], name: str) -> Any:
        """Return what is said of a field, in the shape of the settings."""
        part = values[self.key]
        return part[name] if isinstance(part, Mapping) else part

    def _is_fixed(self, name: str) -> bool:
        """Return whether only a level above sets the field."""
        if self._frame is None:
            return False
        is_studio_wide = self._frame.level == "event" and f"{self.key}.{name}" in STUDIO_WIDE
        return is_studio_wide or self._find(self._frame.bounds, name) is None

    def _show_bound(self, name: str) -> str:
        bound = self._find(self._frame.bounds, name) if self._frame else None
        if bound is None or self._is_fixed(name):
            return ""
        parts = [self.show(float(one) if isinstance(one, int) else one) for one in bound]
        return ", ".join(parts) if self.key == "detection" else "\u00a0–\u00a0".join(parts)

    def show(self, value: object) -> str:
        """Return a value as the page and the history show it."""
        return format_decimal(value) if isinstance(value, float) else _write(value)

    def collect(self) -> dict[str, Any]:
        """Return the checked values as a part of the settings."""
        return {self.key: self.cleaned_data}

    def fill(self, data: QueryDict, values: Mapping[str, object]) -> None:
        """Put values into what was sent."""
        for name in self.explained:
            data[self.add_prefix(name)] = str(values[name])

    def require_order(self, low: str, high: str, problem: str, *, may_be_equal: bool) -> None:
        """Add the problem to the field `low` unless its value is below that of `high`."""
        lower, upper = self.cleaned_data.get(low), self.cleaned_data.get(high)
        if lower is None or upper is None:
            return
        if lower > upper or (lower == upper and not may_be_equal):
            self.add_error(low, problem)


class ThresholdsForm(SectionForm):
    """0.5 is one stranger in 1,000, 0.6 one in 10,000, 0.7 one in 100,000, with every model."""

    key, part, title = "confidence_thresholds", ConfidenceThresholds, _("Thresholds")
    intro = _(
        "Each value is a similarity. With every model, 0.5 stands for a false match rate of 1 in 1,000, 0.6 for 1 in "
        "10,000 and 0.7 for 1 in 100,000."
    )
    explained = THRESHOLDS

    def clean(self) -> None:
        problem = gettext("It must not be above the value for giving names automatically.")
        self.require_order("suggest", "assign", problem, may_be_equal=True)


class DetectionForm(SectionForm):
    """The detection mode, which is a setting by itself and no part with fields."""

    key, part, title = "detection", RecognitionSettings, _("Detection")
    intro = _("Holds from the next photo on.")
    explained = DETECTION

    @classmethod
    def read(cls, settings: RecognitionSettings) -> dict[str, Any]:
        return {cls.key: settings.detection}

    def build_field(self, name: str, label: Promise, explanation: Promise) -> forms.Field:
        return forms.ChoiceField(
            label=str(label),
            help_text=str(explanation),
            choices=MODES,
            initial=self._in_use[name],
            widget=UnfoldAdminSelectWidget(),
        )

    def show(self, value: object) -> str:
        return str(dict(MODES).get(str(value), value))

    def collect(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class QualityForm(SectionForm):
    key, part, title = "quality_filters", QualityFilters, _("Quality of faces in photos")
    intro = _(
        "A face that falls short is kept and marked as poor: it starts no group, and no training learns from it. Holds "
        "from the next photo on; faces that were found before keep their marks until their photo is analysed again."
    )
    explained = QUALITY

    def clean(self) -> None:
        problem = gettext("It must be below the brightest face.")
        self.require_order("min_brightness", "max_brightness", problem, may_be_equal=False)


class SelfieQualityForm(QualityForm):
    key, part, title = "selfie_filters", SelfieFilters, _("Quality of selfies")
    intro = _("Stricter than for faces in photos, because a guest can take another selfie. Holds from the next one on.")


SECTIONS: tuple[type[SectionForm], ...] = (ThresholdsForm, DetectionForm, QualityForm, SelfieQualityForm)


def _write(value: object) -> str:
    """Return a value as a field takes it."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
