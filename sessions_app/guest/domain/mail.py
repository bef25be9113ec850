"""E-mail to guests: plain text, and only where the installation has a server for it (`EMAIL_URL`)."""

from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.forms import EmailField
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError

LONGEST_ADDRESS = 254


def is_offered() -> bool:
    return bool(settings.EMAIL_HOST)


def require_offered() -> None:
    """Raise 404 `not_found` where there is no server for e-mail: no address is taken then, whoever asks."""
    if not is_offered():
        raise FacePassError("not_found", _("No e-mail is sent from here."), status=404)


def is_address(text: str) -> bool:
    """Return whether that is an e-mail address, no longer than one can be (RFC 3696, erratum 1690)."""
    try:
        EmailField(max_length=LONGEST_ADDRESS).clean(text)
    except ValidationError:
        return False
    return True


def send(address: str, *, subject: str, text: str, headers: Mapping[str, str] | None = None) -> None:
    """Raise OSError where the server does not take it; `smtplib.SMTPException` is one."""
    one_line = " ".join(subject.split())  # a line break in a session's name would end the header
    EmailMessage(one_line, text, settings.DEFAULT_FROM_EMAIL, [address], headers=dict(headers or {})).send()
