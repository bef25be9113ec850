"""Whether a selfie shows the guest whose page it was taken on, or somebody else who uses the same device.

No descriptor of a selfie is kept, so two selfies are never compared. What is compared is what they found: the same
person's selfies find mostly the same faces, and two people's selfies none in common, also where both are in one photo.
"""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from galleries.matching.search import Match
from sessions_app.models import FoundPhoto, Guest

# The share of the smaller of two sets of faces that has to be in the other for them to be one person's. A wrong face
# among many is less than that; a poor selfie that finds two of twenty is more.
SHARED = 0.5


def shows_somebody_else(guest: Guest, matches: Sequence[Match]) -> bool:
    """Return whether a search found other faces than those found for the guest before.

    False where there is nothing to compare: before the first photos are found, and where the search found none.
    """
    return _differ(_load_faces([guest.pk])[guest.pk], {match.face.pk for match in matches})


def require_same_person(guest: Guest, matches: Sequence[Match]) -> None:
    """Raise 409 `other_person`."""
    if shows_somebody_else(guest, matches):
        raise FacePassError("other_person", _("This picture shows somebody else than your photos do."), status=409)


def find_whose(guests: Collection[UUID], faces: Collection[UUID]) -> list[UUID]:
    """Return those of the guests for whom mostly the same faces were found; one query."""
    known = _load_faces(guests)
    return [guest for guest in guests if known[guest] and not _differ(known[guest], set(faces))]


def _differ(known: set[UUID], found: set[UUID]) -> bool:
    return bool(known and found) and len(known & found) < SHARED * min(len(known), len(found))


def _load_faces(guests: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Return by guest the faces that were found for them, did not refuse, and that a search could find today."""
    faces: dict[UUID, set[UUID]] = {guest: set() for guest in guests}
    rows = FoundPhoto.objects.kept().shown().filter(guest__in=faces, face__isnull=False)
    for guest, face in rows.order_by().values_list("guest", "face"):
        if face:
            faces[guest].add(face)
    return faces
