"""What the pages of names to confirm share: the contact sheet by person, and one by one."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from facepass.console.base import VERIFIERS, has_role_anywhere
from facepass.core.access.authentication import user_of
from galleries.models import FaceDecision, Occasion, PhotoFace
from galleries.models.face import PhotoFaceQuerySet
from galleries.staff_kit.decision_history import load_history
from galleries.staff_kit.json_views import Context
from galleries.staff_kit.occasions import build_heading, list_open_occasions, occasion_version, studios_snapshot


def find_proposals(request: HttpRequest, occasion: Occasion | None) -> PhotoFaceQuerySet:
    """Return the faces with a name to confirm: of the occasion, or of all studios of the user."""
    proposed = PhotoFace.objects.visible_to(user_of(request)).proposed()
    return proposed.within(occasion) if occasion else proposed


def build_frame(request: HttpRequest, occasion: Occasion | None, *, keys: object) -> Context:
    """Return what is around the list: heading, choice of the event, keys, and where the page hears of changes."""
    state_page = "all_state" if occasion is None else "state"
    return {
        **build_heading(request, occasion, task=_("Confirm names")),
        "occasion": occasion,
        "occasions": list_open_occasions(request),
        "keys": keys,
        "socket_path": f"/ws/occasions/{occasion.key}/" if occasion else "/ws/decisions/",
        "poll_path": reverse(f"admin:galleries_facecluster_{state_page}", args=[occasion.key] if occasion else []),
    }


def build_list_context(request: HttpRequest, occasion: Occasion | None, *, skipped: int) -> Context:
    """Return what stands beside the faces: how many were skipped, what was decided, and whether the user may decide."""
    made = FaceDecision.objects.visible_to(user_of(request))
    return {
        "skipped": skipped,
        "history": load_history(made.within(occasion) if occasion else made),
        "may_decide": has_role_anywhere(request, VERIFIERS),
        "version": occasion_version(occasion) if occasion else studios_snapshot(request)["version"],
    }
