"""A file that a camera has sent becomes a photo of the event, is refused with a reason, or has to come again."""

import logging
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import BinaryIO, cast

from django.core.files import File
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from galleries.jobs import queue
from galleries.models import Gallery, GalleryImage
from galleries.photos import ingest, progress, tagging
from recognition.pictures import decoding
from sessions_app.cameras import accounts
from sessions_app.models import CameraAccount, CameraFile, FoldersBecome
from sessions_app.session_galleries import choose_folder, get_or_create_gallery

log = logging.getLogger(__name__)

CUT_OFF = "truncated_image"
# Refusals that say nothing of the file: it is taken another time.
TEMPORARY = frozenset({429, 503})


class Outcome(Enum):
    """`TAKEN`: it is a photo, or was one already. `REFUSED`: for good. `AGAIN`: the camera shall send it again.
    `ENDED`: the account is gone.
    """

    TAKEN = "taken"
    REFUSED = "refused"
    AGAIN = "again"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Reception:
    """`code`: of the refusal, empty where it was taken."""

    outcome: Outcome
    code: str = ""


@dataclass(frozen=True, slots=True)
class CameraPath:
    """Where the camera put a file, without control characters: a folder such as `DCIM/100CANON`, and a name."""

    folder: str
    name: str


def clean_path(path: str) -> CameraPath:
    """Return the parts of a path with slashes."""
    folder, _slash, name = path.rpartition("/")
    return CameraPath(ingest.clean_folder(folder), ingest.clean_filename(File(None, name=name)))


def receive_file(account: CameraAccount, path: CameraPath, file: File[bytes]) -> Reception:
    """Make the file a photo of the account's event, and note what became of it. Wakes the workers.

    The same content sent again is no second photo, under whatever path it comes.
    """
    try:
        photo = _take(account, path, file)
    except FacePassError as refusal:
        reception = _refuse(account, path, file, refusal)
    else:
        _note(account, path, file.size, photo=photo, sha256=photo.sha256)
        reception = Reception(Outcome.TAKEN)
    log.info("a camera's file of event %s: %s %s", account.session_id, reception.outcome.value, reception.code)
    return reception


def note_too_large(account: CameraAccount, path: CameraPath, *, size: int) -> None:
    """Note a file whose reception was broken off as it grew too large."""
    try:
        ingest.check_size(size)
    except FacePassError as refusal:
        _note(account, path, size, refusal=refusal)


def _take(account: CameraAccount, path: CameraPath, file: File[bytes]) -> GalleryImage:
    ingest.check_size(file.size)
    sha256 = ingest.sha256_of_stream(_opened(file))
    files = CameraFile.objects.filter(session=account.session_id, sha256=sha256)
    if known := GalleryImage.objects.filter(pk__in=files.taken().values("photo")).first():
        return known
    if not files.refused().filter(code=CUT_OFF).exists():
        _require_whole(file)
    return _add(account, path, file)


def _require_whole(file: File[bytes]) -> None:
    """Raise 415 `truncated_image` for a file that is cut off: more likely than not the connection was lost.

    One that comes again with the same bytes is cut off on the card, and is taken as from everywhere else.
    """
    if not decoding.inspect_picture(_opened(file)).is_whole:
        message = _("Its end is missing: the connection was lost while it was sent.")
        raise FacePassError("truncated_image", message, status=415)


def _add(account: CameraAccount, path: CameraPath, file: File[bytes]) -> GalleryImage:
    by_folder = account.folders_become == FoldersBecome.GALLERIES
    tags = "" if by_folder else tagging.folder_tag(path.folder)
    photo, is_new = ingest.add_photo(
        _find_gallery(account, path.folder if by_folder else ""),
        file,
        name=path.name,
        by=None,
        folder=path.folder,
        tags=tags,
        recheck=partial(accounts.hold_account, account),
    )
    if is_new:
        queue.wake_workers(photo.gallery_id, photos=1)
        progress.publish_progress(photo.gallery_id)
    return photo


def _opened(file: File[bytes]) -> BinaryIO:
    """Return the file at its start."""
    return cast(BinaryIO, file.open("rb"))


def _find_gallery(account: CameraAccount, folder: str) -> Gallery:
    gallery, _is_new = get_or_create_gallery(account.session, folder=choose_folder(folder))
    return gallery


def _refuse(account: CameraAccount, path: CameraPath, file: File[bytes], refusal: FacePassError) -> Reception:
    if refusal.status in (401, 404):
        return Reception(Outcome.ENDED, refusal.code)
    if refusal.status in TEMPORARY:
        return Reception(Outcome.AGAIN, refusal.code)
    sha256 = ingest.sha256_of_stream(_opened(file))
    is_first = _note(account, path, file.size, refusal=refusal, sha256=sha256)
    # A cut-off file may come whole; what is cut off on the card as well comes with the same bytes.
    may_recover = refusal.code == CUT_OFF and is_first
    return Reception(Outcome.AGAIN if may_recover else Outcome.REFUSED, refusal.code)


def _note(
    account: CameraAccount,
    path: CameraPath,
    size: int,
    *,
    sha256: str = "",
    photo: GalleryImage | None = None,
    refusal: FacePassError | None = None,
) -> bool:
    """Write what became of the file, and return whether it came for the first time."""
    values = {
        "byte_size": size,
        "photo": photo,
        "code": refusal.code if refusal else "",
        "message": refusal.message if refusal else "",
        "received_at": Now(),
    }
    _row, is_first = CameraFile.objects.update_or_create(
        session_id=account.session_id, folder=path.folder, name=path.name, sha256=sha256, defaults=values
    )
    if photo is not None:
        _forget_refusals(account, path)
    return is_first


def _forget_refusals(account: CameraAccount, path: CameraPath) -> None:
    """A file that came cut off, and is whole now, is nothing to tell staff of."""
    rows = CameraFile.objects.refused().filter(session=account.session_id, folder=path.folder, name=path.name)
    rows.filter(code=CUT_OFF).delete()
