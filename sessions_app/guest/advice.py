"""What a guest can do about a picture that was refused."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from facepass.errors import FacePassError

Text = str | Promise

LOOK_STRAIGHT = _("Hold the camera at arm's length and look straight into it.")
MORE_LIGHT = _("Turn towards a window or a lamp, so that light falls on your face.")
UNCOVERED = _("Take off sunglasses, a mask or a hat.")
ALONE = _("Take the picture alone, or so that your face is by far the largest.")
OTHER_FORMAT = _("Choose a photo as JPEG, PNG, WebP or HEIC, or take a selfie right here.")

TITLES: dict[str, Text] = {
    "no_file": _("Choose a picture first"),
    "face_not_found": _("We could not see a face"),
    "multiple_faces": _("There is more than one face"),
    "low_quality": _("The face is hard to recognise"),
    "not_an_image": _("This is not a picture"),
    "unsupported_type": _("We cannot open this kind of file"),
    "image_too_large": _("This picture is too large"),
    "rate_limited": _("Many people are searching right now"),
}
HINTS: dict[str, tuple[Text, ...]] = {
    "no_file": (_("Take a selfie, or choose a photo in which your face is large."),),
    "face_not_found": (LOOK_STRAIGHT, MORE_LIGHT, UNCOVERED),
    "multiple_faces": (ALONE,),
    "not_an_image": (OTHER_FORMAT,),
    "unsupported_type": (OTHER_FORMAT,),
    "rate_limited": (_("Wait a few seconds, then try again."),),
    "image_too_large": (_("Take a selfie right here, or choose a smaller picture."),),
}
# By reason of `low_quality`, see `recognition.quality`.
QUALITY_HINTS: dict[str, Text] = {
    "too_small": _("Come closer: your face should fill the oval."),
    "blurred": _("Hold still, and wipe the lens if it is smudged."),
    "turned_away": LOOK_STRAIGHT,
    "too_dark": MORE_LIGHT,
    "too_bright": _("Step out of the glare: the light on your face is too strong."),
    "low_confidence": UNCOVERED,
}
BROKEN = _("The search does not work at the moment")
TRY_LATER = _("Please try again in a minute. If it does not help, tell the photographer.")


@dataclass(frozen=True, slots=True)
class Advice:
    code: str
    title: Text
    hints: tuple[Text, ...]

    @classmethod
    def about(cls, refusal: FacePassError) -> "Advice":
        if refusal.status >= 500:
            return cls(refusal.code, BROKEN, (TRY_LATER,))
        return cls(refusal.code, TITLES.get(refusal.code, refusal.message), _hints(refusal))


def _hints(refusal: FacePassError) -> tuple[Text, ...]:
    if refusal.code != "low_quality":
        return HINTS.get(refusal.code, ())
    reasons = refusal.details.get("reasons", ())
    # Two reasons may ask for the same thing; a reason that is new here falls back to the most common advice.
    return tuple(dict.fromkeys(QUALITY_HINTS.get(reason, LOOK_STRAIGHT) for reason in reasons))
