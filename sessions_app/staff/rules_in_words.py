"""What guests of a session may do, in sentences that staff can read to a client."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sessions_app.models import GuestRules, PhotoSession


def describe_rules(session: PhotoSession) -> list[str]:
    """Return a sentence for each rule, whether the page is open or not. Reads `guest_rules` of the session."""
    rules = GuestRules.for_session(session)
    sentences = [
        _("A guest agrees to the search, takes a selfie and sees the photos that they are on."),
        _describe_end(rules),
        _describe_pin(rules),
        _describe_browsing(rules),
        _describe_downloads(rules),
    ]
    if rules.uploads:
        sentences.append(_("They may send photos of their own, which nobody sees until the studio approves them."))
    if rules.challenge:
        sentences.append(_("A short test makes sure that a living person is in front of the camera."))
    if rules.watermark:
        sentences.append(_("What they see has the watermark “%(text)s”.") % {"text": rules.watermark})
    return sentences


def _describe_end(rules: GuestRules) -> str:
    if rules.expires_at is None:
        return _("The page stays open until somebody closes it.")
    moment = date_format(timezone.localtime(rules.expires_at, rules.session.zone), "DATETIME_FORMAT")
    text = _("The page was open until %(moment)s.") if rules.is_expired else _("The page is open until %(moment)s.")
    return text % {"moment": moment}


def _describe_pin(rules: GuestRules) -> str:
    if rules.pin:
        return _("They are asked for a PIN first.")
    return _("No PIN is asked for: whoever has the link may enter.")


def _describe_browsing(rules: GuestRules) -> str:
    if rules.browsing:
        return _("They may also look at all photos without a selfie.")
    return _("They see no photos but their own.")


def _describe_downloads(rules: GuestRules) -> str:
    sentences = {
        GuestRules.Downloads.ORIGINAL: _(
            "They may download the photos as they were taken, with place and serial numbers."
        ),
        GuestRules.Downloads.STRIPPED: _(
            "They may download the photos in full size, without place and serial numbers."
        ),
        GuestRules.Downloads.PREVIEW: _("They may download smaller copies of the photos."),
        GuestRules.Downloads.WEBP: _("They may download smaller copies of the photos, as WebP."),
        GuestRules.Downloads.NONE: _("They may not download photos."),
    }
    return sentences[GuestRules.Downloads(rules.downloads)]
