"""What somebody can do about each reason against a face, in a sentence; see `recognition.quality`."""

from collections.abc import Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

LOOK_STRAIGHT: Final = _("Hold the camera at arm's length and look straight into it.")
MORE_LIGHT: Final = _("Turn towards a window or a lamp, so that light falls on your face.")
UNCOVERED: Final = _("Take off sunglasses, a mask or a hat.")
ADVICE: Final[dict[str, Text]] = {
    "too_small": _("Come closer, so that the face is larger in the picture."),
    "blurred": _("Hold still, and wipe the lens if it is smudged."),
    "turned_away": LOOK_STRAIGHT,
    "too_dark": MORE_LIGHT,
    "too_bright": _("Step out of the glare: the light on your face is too strong."),
    "low_confidence": UNCOVERED,
    "sunglasses": _("Take off the sunglasses: your eyes should be seen."),
    "mask": _("Take off the mask: your nose and mouth should be seen."),
}


def list_advice(reasons: Sequence[str]) -> tuple[Text, ...]:
    """Return what to do about these reasons, each sentence once; the most common one for a reason without its own."""
    return tuple(dict.fromkeys(ADVICE.get(reason, LOOK_STRAIGHT) for reason in reasons))


def advise(reasons: Sequence[str]) -> list[str]:
    """Return `list_advice` in the language in use."""
    return [str(text) for text in list_advice(reasons)]
