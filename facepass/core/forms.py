"""Fields of forms."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput

from facepass.core.database.storable_values import check_json


class ParseableJSONField(forms.JSONField):
    """Django's, which knows no depth and no length of numbers that Python's parser gives up at."""

    default_validators = [check_json]

    def to_python(self, value: Any) -> Any:
        if not _is_parseable(value):
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": ""})
        return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was typed, as it was typed, where it cannot be read."""
        return super().bound_data(data, initial) if _is_parseable(data) else InvalidJSONInput(data)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not _is_parseable(data) or super().has_changed(initial, data)


def _is_parseable(text: Any) -> bool:
    """Whether the parser comes to an end of it, good or bad."""
    try:
        json.loads(text if isinstance(text, str) else "null")
    except json.JSONDecodeError:
        return True
    except (ValueError, RecursionError):
        return False
    return True
