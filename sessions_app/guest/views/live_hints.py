"""Live hints before the picture is taken: is there one face, and is it near enough?

A page sends a small frame about once a second while its camera is on. The frame is looked at in memory by the detector
alone: no descriptor is made of it, and nothing is kept.
"""

from collections.abc import Sequence
from typing import Literal

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from galleries.matching import probe
from recognition.engines import registry
from recognition.types import DetectedFace, Picture
from sessions_app import selfie_upload
from sessions_app.guest.views import guest_view
from sessions_app.guest.views.visit import Visit

Hint = Literal["", "no-face", "several", "far", "near"]

# A frame of the camera, 320 pixels wide, has about 20 kB.
MAX_FRAME_BYTES = 200_000
# The face's height as a share of the picture's shorter side. The oval on the page is 0.68 of it; a face half as large
# still has the pixels that recognition wants, and one that is larger is cut off at the chin.
FAR, NEAR = 0.3, 0.95


@guest_view.in_memory
def look(request: HttpRequest, here: Visit) -> JsonResponse:
    rate_limits.require("guest_look", f"look:{here.agreed_guest().pk}")
    frame = selfie_upload.of(request)
    if frame.size > MAX_FRAME_BYTES:
        raise FacePassError("image_too_large", _("The frame is too large."), status=413)
    picture = probe.read_picture(frame)
    return JsonResponse({"hint": hint(picture, registry.get_engine().detect([picture], near=True)[0])})


def hint(picture: Picture, faces: Sequence[DetectedFace]) -> Hint:
    """What the guest should change; `faces` largest first."""
    if not faces:
        return "no-face"
    first, *others = faces
    if others and first.box.area < probe.SUBJECT_RATIO * others[0].box.area:
        return "several"
    share = first.box.height / min(picture.shape[:2])
    return "far" if share < FAR else "near" if share > NEAR else ""
