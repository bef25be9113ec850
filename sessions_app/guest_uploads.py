"""Staff decide about photos that guests gave.

Approved ones become photos of the event; refused ones go to the trash.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.utils import translation

from facepass.core.access.tenancy import Principal
from facepass.core.errors import FacePassError
from facepass.core.trash import entries
from galleries.jobs import queue
from galleries.models import Gallery
from galleries.photos import ingest
from galleries.photos.ingest import RefusedFile, UploadReport
from galleries.photos.media_files import delete_files
from sessions_app.models import GuestUpload, PhotoSession

KIND = "guest_upload"


def approve_uploads(gallery: Gallery, keys: Collection[UUID], *, session: PhotoSession, by: Principal) -> UploadReport:
    """Make those that wait photos of the gallery, and return what became of each; one that is refused waits on.

    Raise as `ingest.add_photos`.
    """
    report = UploadReport()
    for key in keys:
        _approve(gallery, key, report, session=session, by=by)
    if report.accepted:
        queue.wake_workers(gallery.pk, photos=len(report.accepted))
    return report


@transaction.atomic
def _approve(gallery: Gallery, key: UUID, report: UploadReport, *, session: PhotoSession, by: Principal) -> None:
    """Approve one. Its row is locked, so that it is approved once, and not while its guest is forgotten.

    The event is locked before it, as it is by who deletes the event.
    """
    PhotoSession.objects.filter(pk=session.pk).lock_against_deletion()
    upload = GuestUpload.objects.waiting(session).select_for_update(of=("self",)).filter(pk=key).first()
    if upload is None:
        return
    try:
        with upload.file.open("rb") as file:
            photo, is_new = ingest.add_photo(gallery, File(file.file), name=upload.original_name, by=by)
    except FacePassError as refusal:
        if refusal.status in (401, 404):
            raise
        report.rejected.append(RefusedFile(upload.original_name, refusal.code, refusal.message))
        return
    if is_new:
        report.accepted.append(photo)
    else:
        report.duplicates.append((upload.original_name, photo.pk))
    upload.delete()


def refuse_uploads(keys: Collection[UUID], *, session: PhotoSession, by: Principal) -> int:
    """Move those that wait to the trash, an entry for each guest, and return how many they were."""
    by_guest: dict[UUID, list[GuestUpload]] = {}
    for upload in GuestUpload.objects.waiting(session).filter(pk__in=keys):
        by_guest.setdefault(upload.guest_id, []).append(upload)
    moved = [entry for rows in by_guest.values() for entry in entries.move_to_trash(KIND, rows, by=by)]
    return sum(entry.counts.get(GuestUpload._meta.label, 0) for entry in moved)


def find_gallery_title(session: PhotoSession, *, languages: Sequence[str]) -> str:
    """Return the title of the event's gallery for them, in whichever language it was made; else in the present one."""
    titles = [translation.gettext("From guests")]
    for language in languages:
        with translation.override(language):
            titles.append(translation.gettext("From guests"))
    galleries = Gallery.objects.filter(studio=session.studio_id, session_id=session.pk, title__in=titles)
    return galleries.order_by("created_at").values_list("title", flat=True).first() or titles[0]


def list_file_names(upload: GuestUpload) -> list[str]:
    """Return the storage names of its files."""
    return [upload.file.name] if upload.file.name else []


def delete_file_with_row(instance: GuestUpload, **_kwargs: object) -> None:
    """Delete the file after its row. A signal's receiver: guests are deleted in several ways, and it goes with them."""
    names = list_file_names(instance)
    transaction.on_commit(lambda: delete_files(names))


def erase_uploads(keys: Sequence[str]) -> int:
    """Erase those that were erased before, and came back with a back-up; return how many there were."""
    return entries.erase_at_once(KIND, keys)
