"""How short and how long a period may be that a studio or an event says: the installation's word, in one place.

0 days stand for "no deadline", so they are longer than any number. A period that was said before the bounds were drawn
counts as the nearest one inside of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from sessions_app.models import Kept


@dataclass(frozen=True, slots=True)
class Bounds:
    """Days; None where there is no bound."""

    shortest: int | None = None
    longest: int | None = None

    def fit(self, days: int) -> int:
        """Return the period that is allowed and nearest to this one."""
        if self.longest and (not days or days > self.longest):
            return self.longest
        return self.shortest if self.shortest and 0 < days < self.shortest else days

    def allows(self, days: int) -> bool:
        return self.fit(days) == days

    def as_json(self) -> dict[str, int | None]:
        return {"shortest": self.shortest, "longest": self.longest}


BoundsOf = dict[Kept, Bounds]


def read_bounds(stored: Mapping[str, Mapping[str, int | None]]) -> BoundsOf:
    """Return the bounds of each thing, as the installation's row has them."""
    return {kept: Bounds(**stored.get(kept.value, {})) for kept in Kept}


def write_bounds(bounds: Mapping[Kept, Bounds]) -> dict[str, dict[str, int | None]]:
    """Return what the installation's row is to have."""
    return {kept.value: found.as_json() for kept, found in bounds.items() if found != Bounds()}


def list_outside(days: Mapping[Kept, int | None], *, bounds: Mapping[Kept, Bounds]) -> BoundsOf:
    """Return the bounds of those periods that are not inside of theirs."""
    return {
        kept: bounds[kept] for kept, number in days.items() if number is not None and not bounds[kept].allows(number)
    }


def require_inside(days: Mapping[Kept, int | None], *, bounds: Mapping[Kept, Bounds]) -> None:
    """Raise 400 `retention_out_of_bounds`, whose details have the bounds of each period that is not inside of them."""
    outside = list_outside(days, bounds=bounds)
    if outside:
        details = {kept.value: found.as_json() for kept, found in outside.items()}
        message = _("The installation does not allow these periods: %(names)s")
        raise FacePassError("retention_out_of_bounds", message % {"names": ", ".join(details)}, details=details)


def require_ordered(bounds: Mapping[Kept, Bounds]) -> None:
    """Raise 400 `invalid_request` where the shortest period is longer than the longest."""
    wrong = {kept.value: [_("The shortest period is longer than the longest.")] for kept in list_disordered(bounds)}
    if wrong:
        raise FacePassError("invalid_request", _("The request is not valid."), details=wrong)


def list_disordered(bounds: Mapping[Kept, Bounds]) -> list[Kept]:
    return [kept for kept, one in bounds.items() if one.shortest and one.longest and one.shortest > one.longest]
