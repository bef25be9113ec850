"""How numbers with a fraction are written for people: with the comma or the point of their language."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def format_decimal(value: float, places: int | None = None) -> str:
    """Return the number with so many places, or with as few as it has: 0.85 is “0,85” in Russian."""
    return number_format(f"{value:g}" if places is None else value, places)


def format_percent(value: float, places: int = 0) -> str:
    """Return a share of 1 in per cent: 0.25 is “25%”, in Russian “25 %”."""
    return _("%(number)s%%") % {"number": number_format(100 * value, places)}
