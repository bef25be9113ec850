"""Photos that are given up, for good or until somebody tries them again, and what partner apps hear of it."""

from collections.abc import Sequence

from django.db import transaction

from facepass.core import events
from facepass.core.errors import FacePassError
from facepass.core.logs.request_ids import on_behalf_of
from facepass.models import EventType
from galleries.models import GalleryImage
from galleries.photos import media_files


def give_up(photo: GalleryImage, refusal: FacePassError) -> None:
    """Fail a claimed photo. Of a picture that was to enrol somebody only the reasons are kept."""
    reasons = [str(reason) for reason in refusal.details.get("reasons", ())]
    with transaction.atomic():
        if not photo.fail(refusal.code, reasons=reasons):
            return
        _emit_failure(photo, error=refusal.code, reasons=reasons)
        if photo.subject_id is not None:
            transaction.on_commit(lambda: media_files.delete_files(media_files.storage_names(photo)))


def give_up_exhausted() -> None:
    """Give up photos that have no attempt left, because they killed their workers or met a defect each time."""
    with transaction.atomic():
        given_up = GalleryImage.objects.quarantine_exhausted()
        for photo in GalleryImage.objects.filter(pk__in=given_up).select_related("gallery"):
            with on_behalf_of(photo.request_id):
                _emit_failure(photo, error=photo.error, reasons=())


def _emit_failure(photo: GalleryImage, *, error: str, reasons: Sequence[str]) -> None:
    """Write the event, in the caller's transaction."""
    told = {"error": error, "reasons": list(reasons)}
    about: dict[str, str | None] = {"face_id": str(photo.pk), "person_id": str(photo.subject_id)}
    kind = EventType.FACE_REFUSED
    if photo.subject_id is None:
        session_id = str(photo.gallery.session_id) if photo.gallery.session_id else None
        about = {"photo_id": str(photo.pk), "gallery_id": str(photo.gallery_id), "session_id": session_id}
        kind = EventType.PHOTO_FAILED
    events.emit(kind, studio_id=photo.gallery.studio_id, data={**about, **told})
