"""Parts of the OpenAPI document that are the same for every operation, or belong to none of the API's views."""

from http import HTTPStatus

from facepass.core.api.document.examples import Schema
from facepass.core.api.document.summaries import TAGS
from facepass.core.error_codes import CODES, Code

DESCRIPTION = """\
Finds people in event photos by their face.

Send an API key as `Authorization: Bearer fp_…`. Every path answers with and without a slash at its end. Errors have one
shape, with a stable `code`. What takes a while answers 202 with a task. See the guide for partners, docs/api.md.
"""
SERVERS = [{"url": "/", "description": "The server that this document comes from."}]
PARAMETERS: Schema = {
    "XStudio": {
        "name": "X-Studio",
        "in": "header",
        "description": "Id or short name of the studio that a member of several acts in. Keys have one studio anyway.",
        "schema": {"type": "string"},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Any text of your own, new for each request. Sent again within a day, the first answer comes.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    },
}
ERROR: Schema = {
    "type": "object",
    "description": "Every refusal.",
    "required": ["error", "request_id"],
    "properties": {
        "error": {
            "type": "object",
            "description": "What was refused, and why.",
            "required": ["code", "message", "details"],
            "properties": {
                "code": {"type": "string", "description": "Stable; see docs/errors.md."},
                "message": {"type": "string", "description": "For people, in their language."},
                "details": {"type": "object", "additionalProperties": True, "description": "They differ by code."},
            },
        },
        "request_id": {"type": ["string", "null"], "description": "The same as X-Request-ID."},
    },
}
HEALTH: Schema = {
    "type": "object",
    "description": "Whether it works.",
    "required": ["status", "timestamp", "version"],
    "properties": {
        "status": {"type": "string", "description": "`ok` or `healthy` where it works."},
        "timestamp": {"type": "string", "format": "date-time", "description": "Now, by the server's clock."},
        "version": {"type": "string", "description": "The version of FacePass."},
        "checks": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": True},
            "description": "The parts, each with its `status`.",
        },
    },
}
HEALTH_IDS = {
    "/health": "health",
    "/health/ready": "health_ready",
    "/health/detailed": "health_detailed",
    "/api/v1/health": "api_v1_health",
}
HEALTH_NOTES = {
    "/health/ready": "503 where the database or the face engine is missing, or the process is about to stop.",
    "/health/detailed": "For whoever may read `/metrics`; 404 for others.",
}


def build_health_paths() -> Schema:
    """Return the paths by which a proxy or a monitor asks how the service is. They take no credentials."""
    return {path: {"get": _health_operation(path, name)} for path, name in HEALTH_IDS.items()}


def _health_operation(path: str, name: str) -> Schema:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Health"}}}
    responses: Schema = {"200": {"description": "It works.", "content": content}}
    if path in HEALTH_NOTES:
        responses["503"] = {"description": "It does not.", "headers": RETRY_AFTER, "content": content}
    if path == "/health/detailed":
        responses["404"] = {"description": "Who asks may not see it."}
    note = {"description": HEALTH_NOTES[path]} if path in HEALTH_NOTES else {}
    return {"operationId": name, **note, "tags": ["service"], "security": [{}], "responses": responses}


RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}


def build_tags() -> list[Schema]:
    return [{"name": name, "description": text} for name, text in TAGS.items()]


def build_refusals(codes: set[str]) -> Schema:
    """Return the responses, by their status, of an operation that may answer with these codes."""
    statuses = sorted({CODES[code].status for code in codes})
    return {str(status): _refusal(status, sorted(c for c in codes if CODES[c].status == status)) for status in statuses}


def _refusal(status: int, codes: list[str]) -> Schema:
    examples = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}, "examples": examples}}
    headers = {"headers": RETRY_AFTER} if status in {429, 503} else {}
    names = ", ".join(f"`{code}`" for code in codes)
    return {"description": f"{HTTPStatus(status).phrase}: {names}", **headers, "content": content}


def build_error_examples() -> Schema:
    """Return an example of each code that an answer of the API may have."""
    return {
        name: {"summary": code.meaning, "value": _example(name, code)}
        for name, code in sorted(CODES.items())
        if code.api
    }


def _example(name: str, code: Code) -> Schema:
    return {
        "error": {"code": name, "message": code.meaning, "details": code.details or {}},
        "request_id": "0f8b6c1e7d2a4f3b9c5e1a2b3c4d5e6f",
    }
