"""Everything that is kept of one guest, as a ZIP: the rows, the photos found for them, and those that they sent.

Descriptors are left out: they are of use to this installation alone. Photos that staff have hidden from guests are
hidden here as well.
"""

from functools import partial
from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from zipstream import ZipStream

from facepass.core.audit import acts
from facepass.core.file_names import safe_name
from facepass.core.keys.key_ring import KeyMissing
from facepass.core.keys.sealing import NotReadable
from galleries.exports.data_archive import IncludedFile, build_data_archive, is_stored, path_of_photo, read_file
from galleries.models import GalleryImage
from galleries.photos import given_files
from galleries.photos.media_files import storage_name
from recognition.pictures.file_names import agreeing_name
from recognition.pictures.formats import JPEG, WEBP
from sessions_app.guest_data.copies import list_each_once
from sessions_app.guest_data.files import prepare_download
from sessions_app.models import Alert, FoundPhoto, Guest, GuestRules, GuestUpload, Hiding, ShareLink

FORMAT = "facepass-guest-1"
# A row of the file: names and values.
Row = dict[str, object]


def build_export(guest: Guest, *, with_pictures: bool = True) -> ZipStream:
    """Return the ZIP. `with_pictures`: false where the event gives guests none at present."""
    acts.declare_about(guest)
    rules = GuestRules.for_session(guest.session)
    rows = list_each_once(guest.found.shown().in_order().for_tiles())
    pictured = [row for row in rows if _has_picture(row, rules)] if with_pictures else []
    found = {row.pk: _include_photo(row.photo, rules) for row in pictured}
    sent = {upload.pk: _include_upload(upload) for upload in guest.uploads.all() if _is_there(upload)}
    data = {
        "format": FORMAT,
        "made_at": timezone.now(),
        "event": {"id": guest.session_id, "name": guest.session.name, "studio": guest.session.studio.name},
        "visit": {"id": guest.pk, "last_seen_at": guest.last_seen_at, "language": guest.language},
        "consent": _describe_consent(guest),
        "photos_found": [_describe_found(row, found.get(row.pk)) for row in rows],
        "photos_in_question": [{"photo": row.photo_id, "rank": row.rank} for row in guest.possible.shown()],
        "shared_links": [_describe_share(share) for share in guest.shares.all()],
        "private_links": list(guest.return_links.values("created_at")),
        "news_by_email": _describe_alert(guest),
        "hidden_from_others": _describe_hiding(guest),
        "photos_sent": [_describe_upload(upload, sent.get(upload.pk)) for upload in guest.uploads.all()],
    }
    return build_data_archive(data, [*found.values(), *sent.values()], notes=_write_notes(guest, with_pictures))


def _write_notes(guest: Guest, with_pictures: bool) -> list[str]:
    told = {"event": guest.session.name, "studio": guest.session.studio.name}
    notes = [
        _("This is what FacePass keeps about your visit to the page of “%(event)s” of %(studio)s.") % told,
        _("Your selfies are not among it: they are not stored. A description of a face is not given away to anybody."),
    ]
    closed = _("The page gives no photos at present, so they are listed without the files. Ask the studio for them.")
    return notes if with_pictures else [*notes, closed]


def _has_picture(row: FoundPhoto, rules: GuestRules) -> bool:
    """Return whether the photo itself can go in: not what the guest has said to be somebody else, nor what is lost."""
    if row.refused_at is not None or not is_stored(row.photo):
        return False
    is_made = rules.download_variant == "original" or bool(row.photo.rotation)
    return is_made or default_storage.exists(storage_name(row.photo, "preview"))


def _include_photo(photo: GalleryImage, rules: GuestRules) -> IncludedFile:
    """Return the photo as the event's rules give it away; where they give none, as the guest sees it on the page."""
    variant = rules.download_variant or "preview"
    if variant == "original" and not rules.gives_as_taken:
        name = given_files.given_name(photo)
        return IncludedFile(path_of_photo(photo, name), partial(given_files.read_stripped, photo))
    copy = f"copy{WEBP.extension if rules.gives_webp else JPEG.extension}"
    name = photo.shown_name if variant == "original" else agreeing_name(photo.original_name, stored=copy)
    return IncludedFile(path_of_photo(photo, name), lambda: read_file(prepare_download(photo, variant, rules)))


def _is_there(upload: GuestUpload) -> bool:
    return default_storage.exists(upload.file.name or "")


def _include_upload(upload: GuestUpload) -> IncludedFile:
    name = safe_name(agreeing_name(upload.original_name, stored=upload.file.name or ""))
    path = PurePosixPath("sent", f"{upload.pk.hex[:12]}-{name}")
    return IncludedFile(path, partial(read_file, upload.file.name or ""))


def _describe_consent(guest: Guest) -> Row | None:
    if not guest.notice:
        return None
    text = guest.notice_text
    return {
        "record": guest.consent_record_id,
        "agreed_at": guest.consented_at,
        "withdrawn_at": guest.withdrawn_at,
        "version": guest.notice,
        "for_a_child": guest.guardian,
        "text_sha256": text.digest if text else None,
        "text": text.text if text else None,
    }


def _describe_found(row: FoundPhoto, file: IncludedFile | None) -> Row:
    return {
        "photo": row.photo_id,
        "name": row.photo.original_name,
        "file": str(file.path) if file else None,
        "taken_at": row.photo.taken_at,
        "found_at": row.found_at,
        "your_face": row.face.insightface_bbox if row.face else None,
        "favourite": row.favourite,
        "found_for_a_friend": row.friend,
        "you_said_yes_at": row.confirmed_at,
        "you_said_no_at": row.refused_at,
    }


def _describe_share(share: ShareLink) -> Row:
    photos = list(FoundPhoto.objects.filter(shares=share).shown().values_list("photo", flat=True))
    return {"created_at": share.created_at, "expires_at": share.expires_at, "photos": photos}


def _describe_alert(guest: Guest) -> Row | None:
    alert = Alert.objects.filter(guest=guest).first()
    if alert is None:
        return None
    return {
        "address": _read_address(alert),
        "asked_at": alert.asked_at,
        "confirmed_at": alert.confirmed_at,
        "last_message_at": alert.told_at,
        "description_of_the_face": "kept sealed, and not given away",
    }


def _read_address(alert: Alert) -> str | None:
    """Return the address; None where its key is not there, so that nothing else is lost with it."""
    try:
        return str(alert.address)
    except (KeyMissing, NotReadable):
        return None


def _describe_hiding(guest: Guest) -> Row | None:
    hiding = Hiding.objects.filter(guest=guest).first()
    return {"since": hiding.created_at, "faces": hiding.faces.count()} if hiding else None


def _describe_upload(upload: GuestUpload, file: IncludedFile | None) -> Row:
    return {"name": upload.original_name, "file": str(file.path) if file else None, "sent_at": upload.given_at}
