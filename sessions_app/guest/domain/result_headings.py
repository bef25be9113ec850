"""What stands above a guest's photos: whose they are, which of them, and how many are on show."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from sessions_app.guest.domain.matched_photos import PhotoFilter
from sessions_app.guest.domain.photo_tiles import Results

# For the guest to whom the page says "you", and for one who has a name: Anna · Favourites.
YOURS: dict[PhotoFilter, Promise] = {
    "both": _("You and your friend"),
    "favourites": _("Your favourites"),
    "refused": _("Photos without you"),
}
NAMED: dict[PhotoFilter, Promise] = {
    "both": _("With a friend"),
    "favourites": _("Favourites"),
    "refused": _("Other people"),
}


def build_heading(results: Results, *, name: str) -> str:
    """Return the heading. Its number is that of the photos below it. `name`: empty for who is "you"."""
    number = _count_photos(len(results.tiles))
    if name:
        part = NAMED.get(results.show)
        return f"{name} · {part}: {number}" if part else f"{name}: {number}"
    if results.show in YOURS:
        return f"{YOURS[results.show]}: {number}"
    others = len(results.tiles) - results.counts["me"]
    return f"{number} · {_you_are_in(results.counts['me'])}" if others else _you_are_in(len(results.tiles))


def _count_photos(number: int) -> str:
    return ngettext("%(n)s photo", "%(n)s photos", number) % {"n": number}


def _you_are_in(number: int) -> str:
    return ngettext("You are in %(n)s photo", "You are in %(n)s photos", number) % {"n": number}
