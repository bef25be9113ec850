"""Private links to all photos of a person: made and sent by staff, for whoever holds them, until they end.

A link carries the row's id with a signature, so the database holds nothing that opens it.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from facepass.models import User
from galleries.models import Person, PersonLink

# What may be chosen from, and what holds where nothing of it was chosen.
DAYS, DEFAULT_DAYS = (1, 7, 30, 90), 30
_signer = signing.Signer(sep=".", salt="galleries.person_link")


def create_link(person: Person, *, days: str, by: User) -> PersonLink:
    """Create a link, and forget those that have ended. `days` as the form sent it; others count as the default."""
    PersonLink.objects.filter(person=person, expires_at__lte=timezone.now()).delete()
    lasts = int(days) if days in map(str, DAYS) else DEFAULT_DAYS
    return PersonLink.objects.create(person=person, expires_at=timezone.now() + timedelta(days=lasts), created_by=by)


def build_url(link: PersonLink) -> str:
    """Return the absolute address that opens the link."""
    return f"{settings.PUBLIC_URL}{reverse('person-link', args=[_signer.sign(link.pk.hex)])}"


def find_link(token: str) -> PersonLink | None:
    """Return the link of that token, with the person and the studio, where it has not ended."""
    try:
        pk = UUID(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return PersonLink.objects.live().select_related("person__studio").filter(pk=pk).first()


def is_mail_offered() -> bool:
    """Return whether the installation has a server for e-mail."""
    return bool(settings.EMAIL_HOST)


def send_link(link: PersonLink, address: str) -> None:
    """Send the link by e-mail. Raise OSError where the server does not take it; `smtplib.SMTPException` is one."""
    studio = link.person.studio.name
    subject = _("Your photos from %(studio)s") % {"studio": studio}
    text = _("Hello %(name)s,\n\nhere are your photos:\n%(url)s\n\nThe link is open until %(date)s.\n\n%(studio)s") % {
        "name": link.person.real_name,
        "url": build_url(link),
        "date": date_format(timezone.localtime(link.expires_at, link.person.studio.zone)),
        "studio": studio,
    }
    one_line = " ".join(subject.split())  # a line break in a name would end the header
    EmailMessage(one_line, text, settings.DEFAULT_FROM_EMAIL, [address]).send()
