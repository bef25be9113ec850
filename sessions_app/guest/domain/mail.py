"""E-mail to guests: plain text, and only where the installation has a server for it (`EMAIL_URL`)."""

from django.conf import settings
from django.core.mail import send_mail


def offered() -> bool:
    return bool(settings.EMAIL_HOST)


def send(address: str, *, subject: str, text: str) -> None:
    """Raises OSError or smtplib.SMTPException, which is one, where the server does not take it."""
    send_mail(" ".join(subject.split()), text, settings.DEFAULT_FROM_EMAIL, [address])
