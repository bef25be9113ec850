"""The privacy notice: what guests read before they agree, and all of it at length, in the active language.

The form of the consent shows `points`, `guardian` and `agreement`; a page of its own shows the sections. The text of
both is kept with each consent. A change of meaning needs a new version (`consent.NOTICE`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from facepass.models import Studio
from sessions_app.guest_data import consent_records
from sessions_app.models import GuestRules, LegalBasis, PhotoSession, Slideshow
from sessions_app.models.guest import GUEST_LIFETIME
from sessions_app.models.notice_text import digest_text
from sessions_app.retention.legal_basis import find_basis


@dataclass(frozen=True, slots=True)
class Point:
    """A sentence of the form, with the name of the icon beside it."""

    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class PrivacyNotice:
    title: str
    points: Sequence[Point]
    guardian: str
    agreement: str
    sections: Sequence[Section]

    @property
    def text(self) -> str:
        """Return all of it as plain text: what a guest agrees to, word for word."""
        points = [f"- {point.text}" for point in self.points]
        form = [self.title, *points, f"[ ] {self.guardian}", f"[x] {self.agreement}"]
        blocks = [form, *([section.title, *section.lines] for section in self.sections)]
        return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"

    @property
    def digest(self) -> str:
        return digest_text(self.text)


def build_notice(session: PhotoSession) -> PrivacyNotice:
    """Return the notice of that event, whose studio is responsible; one query."""
    studio, has_screen = session.studio, Slideshow.objects.filter(session=session).exists()
    return PrivacyNotice(
        title=_("What happens to your selfie"),
        points=_build_points(studio),
        guardian=_("I search for a child, and I am the child's parent or guardian."),
        agreement=_("I agree that my face is searched for in this way."),
        sections=[
            Section(_("Who is responsible"), _describe_controller(studio)),
            Section(_("What for"), [*_describe_purpose(), *_describe_basis(session)]),
            Section(_("What is kept, and how long"), _describe_periods()),
            Section(_("Who receives it"), _describe_recipients(studio, has_screen=has_screen)),
            *_describe_uploads(session),
            Section(_("Your rights"), _describe_rights(studio)),
            Section(_("Where you can complain"), [_describe_authority(studio)]),
        ],
    )


def _build_points(studio: Studio) -> list[Point]:
    compared = _("%(studio)s compares your face with the faces in this event's photos, and with nothing else.")
    return [
        Point("search", compared % {"studio": studio.name}),
        Point(
            "lock",
            _("The selfie and what describes your face stay in memory for seconds. Neither is stored or passed on."),
        ),
        Point("picture", _("What is kept: when you agreed, in which language, and which photos were found.")),
        Point(
            "again",
            _("You can withdraw your consent here at any time, or ask the photographer for your photos instead."),
        ),
    ]


def _describe_controller(studio: Studio) -> list[str]:
    return [studio.controller or studio.name, _describe_contact(studio)]


def _describe_contact(studio: Studio) -> str:
    contact = studio.privacy_contact or studio.contact
    return _("Contact: %(contact)s") % {"contact": contact} if contact else _("Ask the photographer at the event.")


def _describe_purpose() -> list[str]:
    return [
        _("To find the photos of this event that you are in, and to show them to you."),
        _(
            "Your face is used for nothing else: not for advertising, not to learn who you are, and nothing is decided "
            "about you."
        ),
        _(
            "The ground for it is your consent (in the European Union: GDPR, Articles 6(1)(a) and 9(2)(a)). It is "
            "voluntary."
        ),
    ]


def _describe_basis(session: PhotoSession) -> list[str]:
    """Return on which basis the faces in the photos are there, where the studio has stated it."""
    stated = find_basis(session)
    if stated.value in ("", LegalBasis.OTHER):
        return []
    line = _("The faces in the event's photos are described on this ground: %(basis)s.")
    return [line % {"basis": stated.label}]


def _describe_periods() -> list[str]:
    days = {"days": GUEST_LIFETIME.days}
    kept = _(
        "Your consent, with this text, its language and the time; the photos that were found, your favourites, and "
        "links that you make: at most %(days)s days after your last visit, or as long as a link of yours or e-mails "
        "that you asked for last. A cookie recognises this device for as long."
    )
    alert = _(
        "Only if you ask for e-mails about new photos: your address and a description of your face, both encrypted, "
        "until you stop them, at most %(days)s days."
    )
    return [
        _("Your selfie and the description of your face: in memory, for the seconds of a search. They are not stored."),
        kept % days,
        *_describe_record(),
        alert % days,
    ]


def _describe_record() -> list[str]:
    """Return how long the proof of the consent is kept; nothing where it is not."""
    record = _(
        "As proof, when the rest is deleted: that somebody agreed to this text, in which language, when, and when it "
        "was withdrawn, under a number that nothing connects with you; for %(period)s after your consent ends."
    )
    period = consent_records.describe_period()
    return [record % {"period": period}] if period else []


def _describe_recipients(studio: Studio, *, has_screen: bool) -> list[str]:
    lines = [
        _("Nobody but the studio and whoever runs this service for it."),
        *([studio.data_processors] if studio.data_processors else []),
        _("Whoever has a link that you share sees the photos behind it."),
    ]
    on_screen = _(
        "Photos that guests mark as favourites are shown on a screen at the event, without saying who marked them."
    )
    return [*lines, on_screen] if has_screen else lines


def _describe_uploads(session: PhotoSession) -> list[Section]:
    """Return what becomes of photos that guests send, where the event takes them."""
    if not GuestRules.for_session(session).uploads:
        return []
    lines = [
        _("Send only photos that you may share, and in which nobody is who would not want it."),
        _("Until the studio approves them, nobody but the studio sees them, and no face is searched for in them."),
        _("Approved, they are photos of the event like all others, and stay when you withdraw or are forgotten."),
        _("Those that are not approved are deleted with your consent, and those refused after some days."),
    ]
    return [Section(_("Photos that you send"), lines)]


def _describe_rights(studio: Studio) -> list[str]:
    return [
        _("To take your consent back, here and at any time. What was done before stays lawful."),
        _(
            "To have everything about your visit deleted: “Forget me” does it at once. “Hide me” keeps others from "
            "finding you by your face."
        ),
        _(
            "To be left out: “Leave me out” deletes the descriptions of your face from this event. What is kept then "
            "is the place of your face in each photo and, only if you ask for it, a description to leave you out of "
            "later photos."
        ),
        _("To be told what is kept about you, and to have a copy for people and programs: “Download my data” does it."),
        _("To have it corrected, to have its use restricted, or to object to it: ask us."),
        _describe_contact(studio),
        _("The photos themselves belong to the studio. Ask it if you do not want to be in one."),
    ]


def _describe_authority(studio: Studio) -> str:
    if studio.supervisory_authority:
        return studio.supervisory_authority
    return _("At the data protection authority of the country where you live, or where the event was.")
