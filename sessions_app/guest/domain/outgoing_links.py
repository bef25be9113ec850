"""A link as a guest passes it on: copied, as a QR code, or in a message of WhatsApp or Telegram.

The two messengers are plain links of theirs, which a phone opens in the app. Nobody is told anything before the guest
presses one.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

import segno
from django.utils.translation import gettext as _

from sessions_app.models import PhotoSession

# Pixels for each of the code's modules, and modules of white around it.
QR_SCALE, QUIET_ZONE = 5, 4


@dataclass(frozen=True, slots=True)
class OutgoingLink:
    address: str
    words: str
    """What the message says before the address."""

    @property
    def whatsapp(self) -> str:
        return f"https://wa.me/?{urlencode({'text': f'{self.words} {self.address}'}, quote_via=quote)}"

    @property
    def telegram(self) -> str:
        return f"https://t.me/share/url?{urlencode({'url': self.address, 'text': self.words}, quote_via=quote)}"

    @property
    def qr_code(self) -> str:
        """Return the address as a picture, black on white in every theme: SVG in a `data:` address."""
        code = segno.make_qr(self.address, error="m")
        return str(code.svg_data_uri(scale=QR_SCALE, border=QUIET_ZONE, light="#fff"))


def build_shared_link(address: str, session: PhotoSession) -> OutgoingLink:
    """Return a link to some photos for somebody else."""
    return OutgoingLink(address, _("Photos from “%(session)s”:") % {"session": session.name})


def build_private_link(address: str, session: PhotoSession) -> OutgoingLink:
    """Return the guest's own link, which they send to themselves."""
    return OutgoingLink(address, _("My photos from “%(session)s”, for me alone:") % {"session": session.name})
