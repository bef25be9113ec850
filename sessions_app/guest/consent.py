"""What guests agree to before a selfie is taken: `templates/guest/consent.html` says it, this writes it down."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from sessions_app import analytics
from sessions_app.analytics import What
from sessions_app.models import Alert, Guest, PhotoSession

# Of the notice's text. With another one everybody is asked again.
NOTICE = "2026-11"


def agree(session: PhotoSession, *, guardian: bool) -> Guest:
    analytics.count(session, What.CONSENT)
    return Guest.objects.create(session=session, notice=NOTICE, language=_language(), guardian=guardian)


def look_around(session: PhotoSession) -> Guest:
    """A guest who shows no face, and so agrees to nothing."""
    return Guest.objects.create(session=session, language=_language())


def withdraw(guest: Guest) -> None:
    """The row stays as a record of what was agreed and for how long; what was found for the guest, or kept, goes."""
    for kept in (guest.found, guest.shares, guest.return_links, Alert.objects.filter(guest=guest)):
        kept.all().delete()
    Guest.objects.here().filter(pk=guest.pk).update(withdrawn_at=timezone.now())


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
