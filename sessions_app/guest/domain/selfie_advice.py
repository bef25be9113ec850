"""What a guest can do about a picture: before it is taken, after it was refused, or to have a better one.

While its camera is on, a page sends a small frame about once a second. It is looked at in memory by the detector alone:
no descriptor is made of it, and nothing is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from django.core.files import File
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from facepass.core.errors import FacePassError
from galleries.matching import probe
from galleries.matching.quality_advice import LOOK_STRAIGHT, MORE_LIGHT, UNCOVERED, list_advice
from recognition.engines import registry
from recognition.types import DescribedFace, DetectedFace, Picture

Text = str | Promise
Hint = Literal["", "no-face", "several", "far", "near"]

# A frame of the camera, 320 pixels wide, has about 20 kB.
MAX_FRAME_BYTES = 200_000
# The face's height as a share of the picture's shorter side. The oval on the page is 0.68 of it; a face half as large
# still has the pixels that recognition wants, and one that is larger is cut off at the chin.
FAR, NEAR = 0.3, 0.95

ALONE = _("Take the picture alone, or so that your face is by far the largest.")
OTHER_FORMAT = _("Choose a photo as JPEG, PNG, WebP or HEIC, or take a selfie right here.")

TITLES: dict[str, Text] = {
    "no_file": _("Choose a picture first"),
    "face_not_found": _("We could not see a face"),
    "multiple_faces": _("There is more than one face"),
    "low_quality": _("The face is hard to recognise"),
    "not_an_image": _("This is not a picture"),
    "truncated_image": _("Part of this file is missing"),
    "unsupported_type": _("We cannot open this kind of file"),
    "image_too_large": _("This picture is too large"),
    "infected_file": _("Something is wrong with this file"),
    "image_too_complex": _("This picture takes too long to read"),
    "decoders_busy": _("Many people are searching right now"),
    "rate_limited": _("Many people are searching right now"),
    "consent_required": _("Please agree first"),
    "consent_withdrawn": _("Nothing was kept"),
    "liveness_required": _("First show that it is you"),
    "not_live": _("We could not confirm that it is you"),
    "challenge_used": _("That took too long"),
    "challenge_expired": _("That took too long"),
    "other_person": _("Is this somebody else?"),
    "answer_late": _("That took too long"),
    "email_invalid": _("This is not an e-mail address"),
}
HINTS: dict[str, tuple[Text, ...]] = {
    "other_person": (
        _("This picture shows somebody else than your photos do."),
        _("Whoever it is can have a page of their own on this device: “Someone else? Start afresh”."),
    ),
    "answer_late": (_("Nothing was kept. Take the selfie once more."),),
    "no_file": (_("Take a selfie, or choose a photo in which your face is large."),),
    "face_not_found": (LOOK_STRAIGHT, MORE_LIGHT, UNCOVERED),
    "multiple_faces": (ALONE,),
    "not_an_image": (OTHER_FORMAT,),
    "truncated_image": (_("Choose the photo again, or take a selfie right here."),),
    "unsupported_type": (OTHER_FORMAT,),
    "consent_required": (_("Read what happens to your selfie, and agree to it. Then take the picture."),),
    "consent_withdrawn": (
        _("While we were searching, your consent was withdrawn, so what was found has been deleted."),
        _("Would you like to search after all? Agree once more."),
    ),
    "liveness_required": (_("Press the button, and do what the page asks for."),),
    "not_live": (
        _("Be alone in the picture, in good light, and follow each step until the next one is shown."),
        _("The selfie must show the same person."),
    ),
    "challenge_used": (_("Begin again: each try has steps of its own."),),
    "challenge_expired": (_("Begin again: each try has steps of its own."),),
    "rate_limited": (_("Wait a few seconds, then try again."),),
    "infected_file": (OTHER_FORMAT,),
    "image_too_complex": (OTHER_FORMAT,),
    "decoders_busy": (_("Wait a few seconds, then try again."),),
    "image_too_large": (_("Take a selfie right here, or choose a smaller picture."),),
}
# By the reasons that come with `not_live`: see `recognition.liveness.active`.
LIVENESS_HINTS: dict[str, Text] = {
    "still_picture": _("What the camera saw looks flat, like a photo or a screen. Look into the camera yourself."),
    "steps_not_done": _("Follow each step, and hold it until the next one is shown."),
    "different_people": _("Every picture and the selfie must show the same person. Be alone in the picture."),
}
# The page has an oval to be filled.
CLOSER: Text = _("Come closer: your face should fill the oval.")
# A longer wait follows several misses (see `guest_search`); a shorter one means that many guests search at once.
RUSH_SECONDS = 15
PAUSE = _("Take a short break before the next try")
BROKEN = _("The search does not work at the moment")
TRY_LATER = _("Please try again in a minute. If it does not help, tell the photographer.")


@dataclass(frozen=True, slots=True)
class Advice:
    """What a page says about a refusal; `code` is the refusal's."""

    code: str
    title: Text
    hints: tuple[Text, ...]

    @classmethod
    def from_refusal(cls, refusal: FacePassError) -> "Advice":
        if refusal.status >= 500 and refusal.code not in TITLES:
            return cls(refusal.code, BROKEN, (TRY_LATER,))  # the cause is for the log, not for guests
        if refusal.retry_after and refusal.retry_after > RUSH_SECONDS:
            return cls(refusal.code, PAUSE, (_wait_hint(refusal.retry_after),))
        return cls(refusal.code, TITLES.get(refusal.code, refusal.message), _hints_for(refusal))


def hints_for_better_selfie(faces: Sequence[DescribedFace]) -> tuple[Text, ...]:
    """Return what would make a selfie better that was searched with all the same; nothing for a good one."""
    return _quality_hints([reason for face in faces for reason in face.quality.reasons])


def hint_for_frame(frame: File[bytes]) -> Hint:
    """Return what the guest should change before the picture is taken; empty where all is well.

    Raise 413 `image_too_large`, and what `probe.read_picture` raises.
    """
    if frame.size > MAX_FRAME_BYTES:
        raise FacePassError("image_too_large", gettext("The frame is too large."), status=413)
    picture = probe.read_picture(frame)
    return hint_for_faces(picture, registry.get_engine().detect([picture], close_up=True)[0])


def hint_for_faces(picture: Picture, faces: Sequence[DetectedFace]) -> Hint:
    """Return the hint for the faces of a frame, largest first."""
    if not faces:
        return "no-face"
    first, *others = faces
    if others and first.box.area < probe.SUBJECT_RATIO * others[0].box.area:
        return "several"
    share = first.box.height / min(picture.shape[:2])
    return "far" if share < FAR else "near" if share > NEAR else ""


def _wait_hint(seconds: int) -> str:
    return gettext("Try again in %(minutes)d min.") % {"minutes": ceil(seconds / 60)}


def _hints_for(refusal: FacePassError) -> tuple[Text, ...]:
    if refusal.code == "not_live":
        return _liveness_hints(refusal.details.get("reasons", ()))
    if refusal.code != "low_quality":
        return HINTS.get(refusal.code, ())
    return _quality_hints(refusal.details.get("reasons", ()))


def _quality_hints(reasons: Sequence[str]) -> tuple[Text, ...]:
    """Return what to do about the reasons of `low_quality`, in the words of the page."""
    closer = (CLOSER,) if "too_small" in reasons else ()
    return (*closer, *list_advice([reason for reason in reasons if reason != "too_small"]))


def _liveness_hints(reasons: Sequence[str]) -> tuple[Text, ...]:
    """Return why nobody living was seen. A frame without one clear face, which has its own code, gets the usual."""
    return tuple(hint for reason, hint in LIVENESS_HINTS.items() if reason in reasons) or HINTS["not_live"]
