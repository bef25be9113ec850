"""JSON in: a body that PostgreSQL could not keep, or that no reader could follow, is refused before anybody uses it."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ValidationError

from facepass.storable import trouble_of_json

# A body may hold a list of rows, each with JSON of its own.
BODY_DEPTH = 24


class JSONParser(parsers.JSONParser):
    """DRF's, which refuses the words NaN and Infinity, but takes 1e999, a NUL, and half of a surrogate pair."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """Raises ValidationError by the name of the field."""
        try:
            found = super().parse(*args, **kwargs)
        except RecursionError:
            raise ValidationError({"non_field_errors": [_("This is nested too deeply.")]}) from None
        fields = found if isinstance(found, dict) else {"non_field_errors": found}
        troubles = {name: trouble_of_json([name, value], depth=BODY_DEPTH) for name, value in fields.items()}
        if wrong := {name: [str(trouble)] for name, trouble in troubles.items() if trouble}:
            raise ValidationError(wrong)
        return found
