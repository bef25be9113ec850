import math
from typing import Any

from django.db import models
from django.db.models.fields.json import KeyTransform

SIDES = ("x", "y", "width", "height")
FALLBACK_BOX = {"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}


class BoxField(models.JSONField):
    """A box as JSON: x, y, width, height, in pixels.

    Where the row holds something else, one pixel in the corner stands for it, so that the other faces of its photo can
    still be shown. In migrations the field is a JSONField.
    """

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        box = super().from_db_value(value, expression, connection)
        return box if isinstance(expression, KeyTransform) or _is_box(box) else dict(FALLBACK_BOX)

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options


def _is_box(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != set(SIDES):
        return False
    return all(isinstance(side, int | float) and math.isfinite(side) for side in value.values())
