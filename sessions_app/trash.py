"""What goes with an event when it is deleted: what names it without a foreign key, in tables of galleries.

Foreign keys say the rest (see `facepass.core.trash.registry`).
"""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from facepass.core.trash import registry
from facepass.core.trash.registry import Kind
from facepass.models import MANAGERS

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
    kept=frozenset({SESSION, "sessions_app.GuestRules", "sessions_app.SessionDay"}),
)
TITLES = {
    "sessions_app.Guest": _("Guests"),
    "sessions_app.FoundPhoto": _("Photos found for guests"),
    "sessions_app.ShareLink": _("Links of guests for others"),
    "sessions_app.ReturnLink": _("Private links of guests"),
    "sessions_app.Alert": _("Wishes to hear of new photos"),
    "sessions_app.ReadyNotice": _("Addresses that wait for the photos"),
    "sessions_app.Hiding": _("Guests who hide"),
    "sessions_app.HiddenFace": _("Hidden faces"),
    "sessions_app.GuestRules": _("Rules for guests"),
    "sessions_app.SessionDay": _("Days of the statistics"),
}


def register() -> None:
    """Register what belongs to an event."""
    for kind in (EVENT, CONTENTS):
        registry.register_kind(kind)
    registry.TITLES.update(TITLES)
    registry.LOCKED_FIRST.insert(0, SESSION)
    for child, column in (
        ("galleries.Gallery", "session_id"),
        ("galleries.FaceCluster", "session_id"),
        ("galleries.FaceDecision", "session_id"),
        ("galleries.SuggestionCount", "occasion"),
    ):
        registry.register_loose_link(child, column, parent=SESSION)
