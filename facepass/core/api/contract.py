"""What an operation takes, by the document of the API; anything else in a request is refused by its name.

A misspelt filter that is passed over answers with everything, and a misspelt field is lost.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from threading import Lock
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import ComponentRegistry, force_instance
from pydantic import BaseModel
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from facepass.core.database.storable_values import replace_surrogates
from facepass.core.errors import FacePassError

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# How clients name the items of a list in a form: `files[]`, `files[0]`.
ITEM = re.compile(r"\[\d*\]$")
# Longer names are cut where a message repeats them.
LONGEST_NAME = 60
# drf-spectacular looks up its extensions at their first use, and fails where two threads do so at once.
_reading = Lock()


@dataclass(frozen=True, slots=True)
class Names:
    """Names that a request may use. `former`: old ones, which are taken still and suggested to nobody."""

    current: frozenset[str]
    former: frozenset[str] = frozenset()

    def unknown(self, given: Iterable[str]) -> list[str]:
        return sorted(name for name in given if not {name, ITEM.sub("", name)} & (self.current | self.former))

    def nearest(self, name: str) -> str | None:
        return next(iter(get_close_matches(name, sorted(self.current), n=1, cutoff=0.5)), None)


@dataclass(frozen=True, slots=True)
class Contract:
    parameters: Names
    fields: Names


def require_known_names(request: Request) -> None:
    """Raise 400 `unknown_parameter` or `unknown_field` for what the operation does not take."""
    match, method = request._request.resolver_match, request.method or ""
    contract = match and load_contract(match.func, "GET" if method == "HEAD" else method)
    if not contract:  # a method that the path does not take
        return
    require_parameters(request.query_params, contract.parameters)
    if method not in ("GET", "HEAD") and isinstance(fields := _read_fields(request, contract), Mapping):
        require_fields(fields, contract.fields)


def _read_fields(request: Request, contract: Contract) -> Any:
    """Return the body. Of an operation that takes none, an empty form, which some clients send, is none either."""
    try:
        return request.data
    except UnsupportedMediaType:
        if contract.fields.current:
            raise
        return None


def require_parameters(given: Iterable[str], known: Names) -> None:
    if unknown := known.unknown(given):
        message = _("The address has a parameter that is not known here: %(names)s.")
        text, details = _explain(message, unknown=unknown, known=known)
        raise FacePassError("unknown_parameter", text, details=details)


def require_fields(given: Iterable[object], known: Names) -> None:
    if unknown := known.unknown(map(str, given)):
        message = _("The request has a field that is not known here: %(names)s.")
        text, details = _explain(message, unknown=unknown, known=known)
        raise FacePassError("unknown_field", text, details=details)


def names_of(serializer: Any) -> Names:  # whatever a document is made of: a serializer, its class, a model of pydantic
    """Return the names of the fields, those of answers too: what was read may be sent back as it was."""
    if isinstance(serializer, type) and issubclass(serializer, BaseModel):
        return Names(frozenset(serializer.model_fields))
    made = force_instance(serializer)
    if not isinstance(made, BaseSerializer):
        return Names(frozenset())
    return Names(frozenset(getattr(made, "fields", ())), frozenset(getattr(made, "former_names", ())))


@cache
def load_contract(callback: Any, method: str) -> Contract | None:
    """Return what the document says of the view's method; None for one that it does not have."""
    handled = getattr(callback, "actions", None) or dir(callback.cls)
    if method not in METHODS or method.lower() not in set(handled).intersection(callback.cls.http_method_names):
        return None
    with _reading:
        # Both are held: view and schema refer to each other weakly.
        generator = SchemaGenerator()
        view = generator.create_view(callback, method)
        operation = view.schema
        described = operation.get_operation("/", "/", "", method, ComponentRegistry())
        return Contract(_parameter_names(described or {}), _field_names(operation.get_request_serializer(), method))


def _parameter_names(described: Mapping[str, Any]) -> Names:
    found = [one for one in described.get("parameters", ()) if one.get("in") == "query"]
    current = frozenset(one["name"] for one in found if not one.get("deprecated"))
    return Names(current, frozenset(one["name"] for one in found) - current)


def _field_names(serializer: Any, method: str) -> Names:
    """Return the fields of a body, of every type of content that the operation takes."""
    if method == "DELETE" and not isinstance(serializer, dict):
        return Names(frozenset())
    kinds = [names_of(each) for each in (serializer.values() if isinstance(serializer, dict) else [serializer])]
    current = frozenset().union(*(kind.current for kind in kinds))
    return Names(current, frozenset().union(*(kind.former for kind in kinds)) - current)


def _explain(message: str, *, unknown: list[str], known: Names) -> tuple[str, dict[str, str | None]]:
    """Return the text of a refusal, and of each unknown name the nearest that is known, or None."""
    nearest = {replace_surrogates(name[:LONGEST_NAME]): known.nearest(name) for name in unknown}
    text = message % {"names": ", ".join(nearest)}
    if near := [name for name in nearest.values() if name]:
        text += " " + _("The nearest that is known: %(names)s.") % {"names": ", ".join(near)}
    return text, nearest
