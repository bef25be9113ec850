"""The field of forms in which somebody chooses a time zone."""

from typing import Any

from django.db.models import Field
from django.forms import TypedChoiceField
from django.utils.text import capfirst
from unfold.widgets import UnfoldAdminSelect2Widget

from facepass.core.database import time_zones


def build_zone_field(column: "Field[Any, Any]", *, present: str, empty: str) -> TypedChoiceField:
    """Return the list of zones. `empty`: what stands first, for no choice. `present`: the row's own."""
    names = [*time_zones.list_names(), *([present] if present else [])]
    return TypedChoiceField(
        choices=[("", empty), *((name, name) for name in dict.fromkeys(names))],
        label=capfirst(column.verbose_name),
        help_text=column.help_text,
        required=False,
        widget=UnfoldAdminSelect2Widget(),
    )
