"""E-mail to guests: plain text, and only where the installation has a server for it (`EMAIL_URL`)."""

from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMessage


def is_offered() -> bool:
    return bool(settings.EMAIL_HOST)


def send(address: str, *, subject: str, text: str, headers: Mapping[str, str] | None = None) -> None:
    """Raise OSError where the server does not take it; `smtplib.SMTPException` is one."""
    one_line = " ".join(subject.split())  # a line break in a session's name would end the header
    EmailMessage(one_line, text, settings.DEFAULT_FROM_EMAIL, [address], headers=dict(headers or {})).send()
