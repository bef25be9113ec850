"""Sessions that ask guests to show that they are there: something to do before the camera, then the selfie.

The selfie is judged together with the frames, as their last: so it shows whoever did what was asked, and neither a
picture of somebody else nor frames of another guest will do. Nothing is kept but that the challenge was used.
"""

from typing import Any

from django.core import signing
from django.core.files import File
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from facepass.core.errors import FacePassError
from galleries.matching import liveness
from galleries.models import LivenessChallenge
from sessions_app.guest.views import guest_view
from sessions_app.guest.views.visit import Visit

SALT = "sessions_app.guest.challenge"


@require_POST
@guest_view.entered
def begin(request: HttpRequest, here: Visit) -> HttpResponse:
    """The page with what to do, for two minutes. Its token is good for this guest only."""
    guest = here.agreed_guest()
    asked = liveness.create_challenge(here.session.studio)
    token = signing.dumps([str(asked.pk), str(guest.pk)], salt=SALT)
    return guest_view.guest_page(request, here, challenge={"token": token, "steps": asked.steps})


def require(here: Visit, request: HttpRequest, picture: File[bytes]) -> None:
    """Raises 403 `liveness_required` or `not_live`, and what `liveness.judge_frames` raises."""
    asked = _asked(here, request.POST.get("challenge", ""))
    frames: list[Any] = request.FILES.getlist("frames")
    if asked is None or not liveness.MIN_FRAMES <= len(frames) < liveness.MAX_FRAMES:
        raise FacePassError("liveness_required", _("First do what the page asks for."), status=403)
    verdict = liveness.judge_frames(asked, [*frames, picture])
    if not verdict.live:
        details = {"reasons": verdict.reasons}
        raise FacePassError("not_live", _("We could not see that it is you."), status=403, details=details)


def _asked(here: Visit, token: str) -> LivenessChallenge | None:
    try:
        challenge, guest = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    mine = here.guest is not None and guest == str(here.guest.pk)
    return LivenessChallenge.objects.filter(pk=challenge, studio=here.session.studio).first() if mine else None
