"""How drf-spectacular describes an operation of ours, and its credentials; `document/` completes what comes of it."""

from typing import Any

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance, get_lib_doc_excludes
from rest_framework.serializers import ModelSerializer

from facepass.core.api.document.completion import add_parameter
from facepass.core.api.document.examples import Schema


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "facepass.core.access.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key: `Authorization: Bearer fp_…`"}


class JwtScheme(SimpleJWTScheme):
    target_class = "facepass.core.access.authentication.JwtAuthentication"
    name = "token"


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "facepass.core.access.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "Who is signed in to the admin"}


def bases_without_description() -> list[type]:
    """Return the classes whose docstrings are for readers of the code: no view or serializer is described by them."""
    # Not above: DRF's views import this module through the settings.
    from facepass.core.api import serializers, views  # noqa: PLC0415
    from facepass.core.requests.in_memory_uploads import InMemoryUploadMixin  # noqa: PLC0415

    libraries: list[type] = get_lib_doc_excludes()
    bases = [
        views.StrictMixin,
        views.PlainView,
        views.ListView,
        views.InputView,
        views.RowMixin,
        views.TenantView,
        views.TenantViewSet,
        views.TrashMixin,
        InMemoryUploadMixin,
    ]
    return [*libraries, *bases, serializers.StrictSerializer, serializers.StrictModelSerializer]


class Operation(AutoSchema):
    """An operation, which may be sent again where its view keeps its answers."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Schema | None:
        operation: Schema | None = super().get_operation(*args, **kwargs)
        if operation and self.method == "POST" and getattr(self.view, "keeps_answers", True):
            add_parameter(operation, "IdempotencyKey")
        filters = getattr(self.view, "filterset_class", None)
        for parameter in operation["parameters"] if operation and "parameters" in operation else ():
            if name := getattr(filters, "former_names", {}).get(parameter.get("name")):
                parameter.update(deprecated=True, description=_former_name(name))
        return operation

    def _map_serializer(self, serializer: Any, direction: str, bypass_extensions: bool = False) -> Schema:
        """Return the schema of a serializer, in a request with the former names of its fields, and with no others.

        Whoever sends a row may leave fields out; an answer has all of them.
        """
        schema: Schema = super()._map_serializer(serializer, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if direction == "response" and isinstance(force_instance(serializer), ModelSerializer):
            schema["required"] = sorted(schema["properties"])
        if direction == "request" and "properties" in schema:
            fields = schema["properties"]
            for former, name in getattr(force_instance(serializer), "former_names", {}).items():
                fields[former] = {**fields[name], "deprecated": True, "description": _former_name(name)}
            schema.setdefault("additionalProperties", False)
        return schema


def _former_name(name: str) -> str:
    return f"The former name of `{name}`, which counts where both are sent."
