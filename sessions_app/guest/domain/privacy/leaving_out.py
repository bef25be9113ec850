"""A guest asks by a selfie to be left out of the event: their faces go, and so does all that is known of the guest."""

from dataclasses import dataclass
from uuid import UUID

from django.core.files import File

from galleries.faces.privacy import opt_out
from galleries.matching import probe
from galleries.models import Occasion
from recognition.settings.overrides import settings_in
from sessions_app.guest.domain.privacy import consent, erasure
from sessions_app.guest.domain.privacy.live_proof import SentProof, require_proof
from sessions_app.models import Guest
from sessions_app.retention import deletion


@dataclass(frozen=True, slots=True)
class LeavingReceipt:
    """What was done, for the guest to keep: the number is that of the studio's own receipt."""

    id: UUID
    faces: int
    photos: int
    later: bool


def leave_out_guest(
    guest: Guest, selfie: File[bytes], *, later: bool, proof: SentProof | None = None
) -> LeavingReceipt:
    """Delete the faces of the event that the selfie shows, keep them out, forget the guest, and return the receipt.

    `later`: keep a description of the face as well, to leave them out of photos that come later. `proof`: that the
    selfie is the guest's own, where it takes one. Raise what `require_proof`, `probe.read_subject` and
    `consent.hold_consent` raise.
    """
    session = guest.session
    if proof is not None:
        require_proof(guest, proof, selfie)
    settings = settings_in(session.studio_id, session.pk)
    descriptor = probe.read_subject(selfie, settings=settings).faces[0].descriptor
    within = Occasion(session.studio_id, session_id=session.pk)
    with consent.hold_consent(guest):
        done = opt_out.leave_out(descriptor, within=within, later=later)
        counts = {"galleries.PhotoFace": done.faces} if done.faces else {}
        receipt = deletion.write_receipt(session, "event_opt_out", counts, by=None)
        erasure.forget_guest(guest, hidden=False)
    return LeavingReceipt(receipt.pk, done.faces, done.photos, done.later)
