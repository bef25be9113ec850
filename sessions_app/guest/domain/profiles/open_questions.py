"""A selfie that found somebody else's photos: whose are they? Until that is answered nobody has them.

What was found waits in the page itself, signed: ids of faces, and nothing of the selfie.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from galleries.matching.search import Match
from galleries.models import PhotoFace
from sessions_app.guest.domain import matched_photos
from sessions_app.guest.domain.privacy import consent
from sessions_app.models import Guest

SALT = "sessions_app.guest.question"
ANSWER_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """Faces that were found on the page of a guest, best first."""

    guest_id: UUID
    found: list[UUID]

    @classmethod
    def build(cls, guest: Guest, matches: Sequence[Match]) -> "OpenQuestion":
        return cls(guest.pk, [match.face.pk for match in matches])

    @property
    def token(self) -> str:
        content = [self.guest_id.hex, [face.hex for face in self.found]]
        return signing.dumps(content, salt=SALT, compress=True)

    @classmethod
    def from_token(cls, token: str, *, guest: Guest | None) -> "OpenQuestion":
        """Raise 409 `answer_late` where it is no question of that guest's page, or one that waited for too long."""
        try:
            asked, found = signing.loads(token, salt=SALT, max_age=ANSWER_SECONDS)
        except signing.BadSignature:
            raise _answer_late() from None
        if guest is None or asked != guest.pk.hex:
            raise _answer_late()
        return cls(guest.pk, [UUID(face) for face in found])


def give_photos(question: OpenQuestion, guest: Guest) -> None:
    """Make what was found this guest's, as if their own selfie had found it. Raise as `consent.hold_consent`."""
    with consent.hold_consent(guest):
        matched_photos.record_found(guest, matched_photos.allowed_matches(guest, _load_matches(question.found)))


def _load_matches(faces: Sequence[UUID]) -> list[Match]:
    """Return matches for the faces that are still there. Their scores, which nothing asks for any more, are 0."""
    rows = PhotoFace.objects.select_related("photo").defer("insightface_descriptor", "landmarks", "quality")
    by_id = rows.in_bulk(faces)
    return [Match(by_id[face], cosine=0.0, similarity=0.0) for face in faces if face in by_id]


def _answer_late() -> FacePassError:
    return FacePassError("answer_late", _("That took too long. Take the selfie once more."), status=409)
