"""Guests give photos of their own. Each file is checked as any upload is, and waits until staff approve it."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field

from django.core.files import File
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from galleries.models import GalleryImage
from galleries.photos import ingest
from galleries.photos.media_files import delete_files
from sessions_app import guest_uploads
from sessions_app.guest.domain.privacy import consent
from sessions_app.models import Guest, GuestRules, GuestUpload

# That wait at the same time. Staff make room when they decide.
MOST_OF_GUEST = 50
MOST_OF_EVENT = 1000


@dataclass(frozen=True, slots=True)
class RefusedPhoto:
    name: str
    reason: str


@dataclass(slots=True)
class GivingReport:
    """What became of each file, by name. `known`: those that wait already, or are photos of the event."""

    taken: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: list[RefusedPhoto] = field(default_factory=list)


def give_photos(guest: Guest, files: Iterable[File[bytes]]) -> GivingReport:
    """Keep each file until staff decide, and return what became of each. Raise as `consent.hold_consent`.

    Also 404 `not_found` where the event takes photos no longer.
    """
    report = GivingReport()
    for file in files:
        name = ingest.clean_filename(file)
        try:
            checked = ingest.check_file(file)
        except FacePassError as refusal:
            report.refused.append(RefusedPhoto(name, refusal.message))
            continue
        _keep(guest, checked, name=name, report=report)
    return report


def _keep(guest: Guest, checked: ingest.CheckedFile, *, name: str, report: GivingReport) -> None:
    """Store the file before its row is written, and delete it where there will be none."""
    upload = GuestUpload(guest=guest, original_name=name, sha256=checked.sha256)
    upload.file.save(f"original.{checked.info.extension}", File(checked.stream), save=False)
    with ExitStack() as on_failure:
        on_failure.callback(delete_files, guest_uploads.list_file_names(upload))
        with consent.hold_consent(guest):
            _require_allowed(guest)
            objection = _find_objection(guest)
            if _is_known(upload):
                report.known.append(name)
            elif objection:
                report.refused.append(RefusedPhoto(name, objection))
            else:
                upload.save(force_insert=True)
                report.taken.append(name)
                on_failure.pop_all()


def _require_allowed(guest: Guest) -> None:
    """Look again at the rules, which are locked: the body may have been on its way for minutes."""
    if not GuestRules.objects.filter(pk=guest.session_id, uploads=True).exists():
        raise FacePassError("not_found", _("Photos are no longer taken here."), status=404)


def _is_known(upload: GuestUpload) -> bool:
    session = upload.guest.session
    photos = GalleryImage.objects.filter(gallery__session_id=session.pk, gallery__studio_id=session.studio_id)
    same = GuestUpload.objects.filter(guest=upload.guest_id, sha256=upload.sha256)
    return same.exists() or photos.filter(sha256=upload.sha256).exists()


def _find_objection(guest: Guest) -> str:
    """Return why no further photo is taken from the guest at the moment; empty where one is."""
    if guest.uploads.count() >= MOST_OF_GUEST:
        return _("You have sent as many photos as may wait at once. Send more when these have been looked through.")
    if GuestUpload.objects.waiting(guest.session).count() >= MOST_OF_EVENT:
        return _("So many photos wait here that no more are taken at the moment. Try again later.")
    return ""
