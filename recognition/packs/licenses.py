"""Licences of model weights."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class License:
    """Who may use the weights. `commercial` is False where they are for non-commercial research only."""

    name: str
    commercial: bool


def joint_license(licenses: Iterable[License]) -> License:
    """Return what holds for things under all these licences at once: commercial use only where each allows it."""
    distinct = list(dict.fromkeys(licenses))
    return License(", ".join(each.name for each in distinct), all(each.commercial for each in distinct))
