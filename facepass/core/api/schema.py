"""The OpenAPI document: what drf-spectacular cannot find out by itself, because it is the same for every operation."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_lib_doc_excludes

from facepass.core.api.schema_examples import Schema, build_example
from facepass.core.error_codes import CODES, Code

METHODS = ("get", "post", "put", "patch", "delete")
# What any operation may answer: one without credentials, and one with.
OPEN = (400, 401, 429, 503)
SECURED = (*OPEN, 403, 404)
WITH_BODY = (413, 415)
CHANGES = {"post": (409, 422), "patch": (409,)}
CONDITIONAL = (412,)

PARAMETERS = {
    "XStudio": {
        "name": "X-Studio",
        "in": "header",
        "description": "Id or short name of the studio that a member of several acts in. Keys have one studio anyway.",
        "schema": {"type": "string"},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Any text of your own. Sent again within a day, the first answer comes again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        "example": "upload-2026-11-20-0001",
    },
}
ERROR = {
    "type": "object",
    "required": ["error", "request_id"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {
                "code": {"type": "string", "description": "Stable; see docs/errors.md."},
                "message": {"type": "string", "description": "For people, in their language."},
                "details": {"type": "object", "additionalProperties": True},
            },
        },
        "request_id": {"type": ["string", "null"], "description": "The same as X-Request-ID."},
    },
}


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "facepass.core.access.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key: `Authorization: Bearer fp_…`"}


class JwtScheme(SimpleJWTScheme):  # type: ignore[no-untyped-call]
    target_class = "facepass.core.access.authentication.JwtAuthentication"
    name = "token"


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "facepass.core.access.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "Who is signed in to the admin"}


def bases_without_description() -> list[type]:
    """Return the classes whose docstrings are for readers of the code: no view or serializer is described by them."""
    # Not above: DRF's views import this module through the settings.
    from facepass.core.api import serializers, views  # noqa: PLC0415
    from facepass.core.requests.in_memory_uploads import InMemoryUploadMixin  # noqa: PLC0415

    libraries: list[type] = get_lib_doc_excludes()  # type: ignore[no-untyped-call]
    ours = [views.InputView, views.TenantView, views.TenantViewSet, serializers.StrictSerializer, InMemoryUploadMixin]
    return [*libraries, *ours, serializers.StrictModelSerializer]


class Operation(AutoSchema):
    """An operation, which may be sent again where its view keeps its answers."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Schema | None:
        operation: Schema | None = super().get_operation(*args, **kwargs)
        if operation and self.method == "POST" and getattr(self.view, "keeps_answers", True):
            add_parameter(operation, "IdempotencyKey")
        return operation


def add_parameter(operation: Schema, name: str) -> None:
    """Add a reference to one of PARAMETERS."""
    reference = {"$ref": f"#/components/parameters/{name}"}
    operation["parameters"] = [*operation.get("parameters", []), reference]


def complete_document(result: Schema, generator: object, request: object, public: bool) -> Schema:
    """Return the document with what all operations share: drf-spectacular's hook, when all of them are there."""
    components = result["components"]
    components["schemas"]["Error"] = ERROR
    components["parameters"] = PARAMETERS
    components["responses"] = {
        _name(status): _response(status) for status in sorted({*SECURED, *WITH_BODY, *CHANGES["post"], *CONDITIONAL})
    }
    for path, operations in result["paths"].items():
        for method in METHODS:
            if method in operations:
                _complete_operation(operations[method], method=method, path=path, components=components)
    return result


def _complete_operation(operation: Schema, *, method: str, path: str, components: Schema) -> None:
    secured = {} not in operation.get("security", [{}])
    statuses = [*(SECURED if secured else OPEN), *(WITH_BODY if "requestBody" in operation else ())]
    if any(parameter.get("name") == "If-Match" for parameter in operation.get("parameters", [])):
        statuses += CONDITIONAL
    for status in sorted({*statuses, *CHANGES.get(method, ())}):
        operation["responses"].setdefault(str(status), {"$ref": f"#/components/responses/{_name(status)}"})
    if secured:
        add_parameter(operation, "XStudio")
    if operation.get("tags") in (None, ["api"], [path.strip("/").split("/")[0]]):
        operation["tags"] = [_tag(path)]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "example" not in content and "examples" not in content:
            content["example"] = build_example(content["schema"], schemas=components["schemas"])


def _tag(path: str) -> str:
    """Return the first word after the version; the paths without one are recognition's."""
    words = path.strip("/").split("/")
    return words[2] if words[0] == "api" and len(words) > 2 else "recognition"


def _name(status: int) -> str:
    return "".join(word.capitalize() for word in HTTPStatus(status).name.split("_"))


def _response(status: int) -> Schema:
    codes = {name: code for name, code in CODES.items() if code.status == status and code.api}
    headers = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}} if status in {429, 503} else {}
    return {
        "description": HTTPStatus(status).phrase,
        **({"headers": headers} if headers else {}),
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Error"},
                "examples": {name: {"value": _example(name, code)} for name, code in sorted(codes.items())},
            }
        },
    }


def _example(name: str, code: Code) -> Schema:
    return {
        "error": {"code": name, "message": code.meaning, "details": code.details or {}},
        "request_id": "0f8b6c1e7d2a4f3b9c5e1a2b3c4d5e6f",
    }
