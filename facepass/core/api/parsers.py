"""JSON in."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ValidationError

from facepass.core.database.storable_values import JSON_DEPTH, is_nested_deeper

# A body may hold a list of rows, each with JSON of its own.
BODY_DEPTH = JSON_DEPTH + 4


class JSONParser(parsers.JSONParser):
    """DRF's, which breaks off at JSON that is nested a thousand levels deep. What a value may be, its field says.

    Raises ValidationError.
    """

    def parse(self, *args: Any, **kwargs: Any) -> Any:  # as DRF's
        try:
            found = super().parse(*args, **kwargs)
        except RecursionError:
            raise _too_deep() from None
        if is_nested_deeper(found, BODY_DEPTH):
            raise _too_deep()
        return found


def _too_deep() -> ValidationError:
    return ValidationError({"non_field_errors": [_("This is nested too deeply.")]})
