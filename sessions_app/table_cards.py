"""The address of a session's page on paper: its QR code, and a card for the tables."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import segno
from django.core.files.storage import default_storage
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from sessions_app.models import GuestRules, PhotoSession

if TYPE_CHECKING:
    from fpdf import FPDF

# Latin, Greek and Cyrillic of DejaVu Sans: PDF's own fonts have no Cyrillic.
FONTS = Path(__file__).parent / "data"
# Millimetres. The card is A6, so that four fit on a sheet that every printer has.
WIDTH, HEIGHT, MARGIN, CODE_SIDE = 105, 148, 9, 72
# White around the code, in modules, without which cameras miss it.
QUIET_ZONE = 4
# Pixels of a module, by the kind of picture; an SVG has none.
SCALES = {"svg": 1, "png": 20}


def build_svg(session: PhotoSession) -> bytes:
    return build_qr_code(session.guest_url, kind="svg")


def build_png(session: PhotoSession) -> bytes:
    return build_qr_code(session.guest_url, kind="png")


def build_table_card(session: PhotoSession) -> bytes:
    """Return a PDF in the active language."""
    from fpdf import FPDF  # noqa: PLC0415 - slow to import

    pdf = FPDF(format=(WIDTH, HEIGHT))
    pdf.set_auto_page_break(False)
    pdf.set_margin(MARGIN)
    pdf.add_font("card", "", FONTS / "DejaVuSans.ttf")
    pdf.add_font("card", "B", FONTS / "DejaVuSans-Bold.ttf")
    pdf.set_title(session.name)
    pdf.add_page()
    _add_head(pdf, session)
    name = Truncator(session.name).chars(90)
    _add_line(pdf, name, size=17 if len(name) < 36 else 12, bold=True)
    _add_line(pdf, _("Find your photos"), size=12)
    top = max(pdf.get_y() + 1, 37)
    pdf.image(io.BytesIO(build_png(session)), x=(WIDTH - CODE_SIDE) / 2, y=top, w=CODE_SIDE)
    pdf.set_y(top + CODE_SIDE + 1)
    _add_line(pdf, _("Scan the code with your phone's camera and take a selfie."), size=9.5)
    _add_line(pdf, session.guest_url, size=9.5, bold=True)
    if pin := read_printed_pin(GuestRules.for_session(session)):
        _add_line(pdf, _("PIN: %(pin)s") % {"pin": pin}, size=12, bold=True)
    return bytes(pdf.output())


def read_printed_pin(rules: GuestRules) -> str:
    """Return the PIN that staff have printed on the card; empty where they do not."""
    return rules.printed_pin or "" if rules.pin else ""


def build_qr_code(address: str, *, kind: str) -> bytes:
    """Return the QR code of an address as "svg" or "png"."""
    out = io.BytesIO()
    # Error correction "m" still reads where a stain or a fold covers 15 % of the code.
    segno.make_qr(address, error="m").save(out, kind=kind, scale=SCALES[kind], border=QUIET_ZONE)
    return out.getvalue()


def _add_head(pdf: "FPDF", session: PhotoSession) -> None:
    """Add the studio's logo, or its name where it has none."""
    pdf.set_y(MARGIN)
    logo = session.studio.logo.name
    if not logo:
        return _add_line(pdf, session.studio.name, size=10)
    with default_storage.open(logo) as file:
        pdf.image(io.BytesIO(file.read()), x=(WIDTH - 50) / 2, y=MARGIN, w=50, h=12, keep_aspect_ratio=True)
    pdf.set_y(MARGIN + 14)
    return None


def _add_line(pdf: "FPDF", text: str, *, size: float, bold: bool = False) -> None:
    """Add centred text on as many lines as it takes, and move below it."""
    pdf.set_font("card", "B" if bold else "", size)
    pdf.multi_cell(0, size * 0.48, text, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(1.2)
