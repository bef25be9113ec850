"""The form of the thresholds, in plain words, with a dry run: what would other values change?"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from facepass.core.errors import FacePassError
from recognition import config
from recognition.config import RecognitionSettings

EXPLAINED = {
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
            "Names that reach this similarity are given automatically and wait to be confirmed. The preview uses this "
            "value."
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


class ThresholdsForm(forms.Form):
    """0.5 is one stranger in 1,000, 0.6 one in 10,000, 0.7 one in 100,000, with every model."""

    def __init__(self, *args: Any, settings: RecognitionSettings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = settings.confidence_thresholds.model_dump()
        for name, (label, explanation) in EXPLAINED.items():
            self.fields[name] = forms.FloatField(
                label=label,
                help_text=explanation,
                min_value=0,
                max_value=1,
                initial=now[name],
                widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "0.01"}),
            )
        self._settings = settings

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                config.validate_settings({**self._settings.model_dump(), "confidence_thresholds": cleaned})
            except FacePassError as refusal:
                raise forms.ValidationError([str(reason) for reason in refusal.details.values()]) from None
        return cleaned
