import math
from typing import Any

from django.db import models
from django.db.models.fields.json import KeyTransform

SIDES = ("x", "y", "width", "height")
SOME_BOX = {"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}


class BoxField(models.JSONField):
    """A box as JSON: x, y, width, height. Where the row holds none, one pixel in the corner stands for it, so that the
    other faces of its photo can be seen. In migrations it is a JSONField.
    """

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        return found if isinstance(expression, KeyTransform) or _is_box(found) else dict(SOME_BOX)

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options


def _is_box(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != set(SIDES):
        return False
    return all(isinstance(side, int | float) and math.isfinite(side) for side in value.values())
