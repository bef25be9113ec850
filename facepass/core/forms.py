"""Fields of forms."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput

from facepass.core.database.storable_values import check_json


class ParseableJSONField(forms.JSONField):
    """Django's field, with an error for JSON on which Python's parser gives up: too deep, or with too long a number."""

    default_validators = [check_json]

    def to_python(self, value: Any) -> Any:
        if not _is_parseable(value):
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": ""})
        return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return the text as it was typed where it cannot be parsed."""
        return super().bound_data(data, initial) if _is_parseable(data) else InvalidJSONInput(data)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not _is_parseable(data) or super().has_changed(initial, data)


def _is_parseable(text: Any) -> bool:
    """Return whether the parser comes to an end of it, valid or not."""
    try:
        json.loads(text if isinstance(text, str) else "null")
    except json.JSONDecodeError:
        return True
    except (ValueError, RecursionError):
        return False
    return True
