"""What goes with an event when it is deleted: what names it without a foreign key, in tables of galleries.

Foreign keys say the rest (see `facepass.core.trash.registry`).
"""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from facepass.core.trash import entries, erased_subjects, registry
from facepass.core.trash.registry import Kind
from facepass.models import EDITORS, MANAGERS

SESSION = "sessions_app.PhotoSession"
EVENT = Kind(
    "event",
    SESSION,
    label_field="name",
    deleters=MANAGERS,
    title=_("photo session"),
    stays=(
        _("People keep their names and their faces in other events."),
        _("Partner apps keep what they were told of the event."),
    ),
    event_counts={
        "galleries": "galleries.Gallery",
        "photos": "galleries.GalleryImage",
        "faces": "galleries.PhotoFace",
        "guests": "sessions_app.Guest",
    },
)
# Of an event that is kept in Pixora, whose session and rules stay.
CONTENTS = replace(
    EVENT,
    name="event_contents",
    title=_("galleries and guests of a photo session"),
    stays=(_("The photo session itself stays: it is kept in Pixora, and deleted there."), *EVENT.stays),
    kept=frozenset(
        {
            SESSION,
            "sessions_app.CameraAccount",
            "sessions_app.EventPrivacy",
            "sessions_app.GuestRules",
            "sessions_app.HubEntry",
            "sessions_app.RetentionPeriods",
            "sessions_app.RetentionStep",
            "sessions_app.SessionDay",
        }
    ),
)
# A photo that a guest gave, and that staff refused. Forgotten, or withdrawn, its guest takes it along out of the trash.
UPLOAD = Kind(
    "guest_upload",
    "sessions_app.GuestUpload",
    label_field="original_name",
    studio_path="guest__session__studio",
    deleters=EDITORS,
    title=_("photo from a guest"),
    stays=(_("Restored, it waits again to be approved."),),
    event_counts={"uploads": "sessions_app.GuestUpload"},
)
TITLES = {
    "sessions_app.GuestUpload": _("Photos from guests that wait"),
    "sessions_app.Guest": _("Guests"),
    "sessions_app.FoundPhoto": _("Photos found for guests"),
    "sessions_app.PossiblePhoto": _("Photos that guests are asked about"),
    "sessions_app.ShareLink": _("Links of guests for others"),
    "sessions_app.ReturnLink": _("Private links of guests"),
    "sessions_app.Alert": _("Wishes to hear of new photos"),
    "sessions_app.ReadyNotice": _("Addresses that wait for the photos"),
    "sessions_app.Hiding": _("Guests who hide"),
    "galleries.LeftOutPerson": _("People who are left out"),
    "sessions_app.HiddenFace": _("Hidden faces"),
    "sessions_app.GuestRules": _("Rules for guests"),
    "sessions_app.Slideshow": _("Slideshows"),
    "sessions_app.CameraAccount": _("Accounts for cameras"),
    "sessions_app.CameraFile": _("Files from cameras"),
    "sessions_app.SessionDay": _("Days of the statistics"),
    "recognition.RecognitionOverride": _("Recognition settings of the event"),
}

RECEIPTS = {
    "event_descriptions": _("descriptions of the faces of an event"),
    "event_archive": _("event archived without faces"),
    "event_faces": _("faces of an event"),
    "event_guests": _("guests of an event"),
    "event_opt_out": _("faces of somebody who is left out of an event"),
}


def register() -> None:
    """Register what belongs to an event."""
    for kind in (EVENT, CONTENTS, UPLOAD):
        registry.register_kind(kind)
    registry.TITLES.update(TITLES)
    registry.RECEIPTS.update(RECEIPTS)
    registry.LOCKED_FIRST.insert(0, SESSION)
    registry.FILES[UPLOAD.model] = registry.Files(("file",), "sessions_app.guest_uploads.list_file_names")
    registry.CONFLICTS["one_upload_per_content"] = _("The guest has sent the same photo again.")
    registry.CONFLICTS["one_camera_file_per_content"] = _("A camera has sent the same photo again.")
    erased_subjects.ERASERS[UPLOAD.model] = "sessions_app.guest_uploads.erase_uploads"
    erased_subjects.ERASERS[f"{SESSION}.faces"] = "sessions_app.retention.archive.archive_again"
    erased_subjects.ERASERS[SESSION] = "sessions_app.trash.erase_events"
    erased_subjects.ERASERS["sessions_app.Guest"] = "sessions_app.guest.domain.privacy.erasure.erase_guests"
    for child, column in (
        ("galleries.Gallery", "session_id"),
        ("galleries.FaceCluster", "session_id"),
        ("galleries.FaceDecision", "session_id"),
        ("galleries.LeftOutPerson", "session_id"),
        ("galleries.LeftOutRequest", "session_id"),
        ("galleries.SuggestionCount", "occasion"),
        ("recognition.RecognitionOverride", "session_id"),
        ("recognition.RecognitionConfigChange", "session_id"),
    ):
        registry.register_loose_link(child, column, parent=SESSION)
    registry.register_loose_link("facepass.StaffNotice", "subject", parent=SESSION)


def erase_events(keys: Sequence[str]) -> int:
    """Erase events that were erased before, and came back with a back-up; return how many there were."""
    return entries.erase_at_once("event", keys)
