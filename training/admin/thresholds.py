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
            "For an event of 50 people; 0.1 more for ten times as many. Lower finds more photos, and more often "
            "somebody else's."
        ),
    ),
    "possible": (
        _("A photo is offered as a question"),
        _("How far below the value above. A difference, not a similarity; 0 offers none."),
    ),
    "identify": (
        _("A face has a known name"),
        _("For all the people of the studio, so not lower than for one session."),
    ),
    "assign": (
        _("A name is given without asking"),
        _("Names that reach this are given by the machine and wait to be verified. This is what the dry run tries."),
    ),
    "suggest": (
        _("A name, or a pair of groups, is offered to staff"),
        _("Never above the value for giving names without asking."),
    ),
    "group": (
        _("Two groups are one person"),
        _("Lower makes fewer groups, and now and then one of two people. For faces that are grouped from now on."),
    ),
    "verify": (_("A face is the one of the reference"), _("For comparisons one to one by partner apps.")),
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
