"""An example of a request, made of its schema: one value of each kind, the same every time.

A view that has a better one names it by `extend_schema(examples=…)`.
"""

from typing import Any

# A part of an OpenAPI document, and any JSON: both are nested too freely for a type.
Schema = dict[str, Any]
JSONValue = Any

EXAMPLE_ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
BY_NAME = {
    "username": "anna",
    "password": "correct horse battery",
    "email": "guest@example.com",
    "full_name": "Maria Petrova",
    "external_id": "crm-4711",
    "title": "Wedding of Maria and Ivan",
    "name": "Wedding of Maria and Ivan",
    "label": "passport",
    "expires_at": "2035-01-01T00:00:00Z",
    "time_zone": "Europe/Lisbon",
    "threshold": 0.5,
    "limit": 100,
}
BY_FORMAT = {
    "uuid": EXAMPLE_ID,
    "date": "2026-11-20",
    "date-time": "2026-11-20T18:00:00Z",
    "email": "guest@example.com",
    "uri": "https://app.example.com/hooks",
    "binary": "selfie.jpg",
}
BY_TYPE: dict[str, JSONValue] = {"string": "text", "integer": 1, "number": 0.5, "boolean": True, "null": None}


def build_example(schema: Schema, *, schemas: Schema, name: str = "") -> JSONValue:
    """Return a value that the schema allows. `schemas`: what its references point into; `name`: of the field."""
    if "$ref" in schema:
        return build_example(schemas[schema["$ref"].rpartition("/")[2]], schemas=schemas, name=name)
    for keyword in ("example", "default", "const"):
        if keyword in schema:
            return schema[keyword]
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema:
            return build_example(schema[several][0], schemas=schemas, name=name)
    if "enum" in schema:
        return schema["enum"][0]
    return _build_typed(schema, schemas=schemas, name=name)


def _build_typed(schema: Schema, *, schemas: Schema, name: str) -> JSONValue:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = next((one for one in kind if one != "null"), "null") if isinstance(kind, list) else kind
    if kind == "object":
        return {
            key: build_example(value, schemas=schemas, name=key)
            for key, value in schema.get("properties", {}).items()
            if not value.get("readOnly") and not value.get("deprecated")
        }
    if kind == "array":
        return [build_example(schema.get("items", {}), schemas=schemas, name=name)] * max(1, schema.get("minItems", 1))
    if name in BY_NAME and isinstance(BY_NAME[name], str) == (kind == "string"):
        return BY_NAME[name]
    return BY_FORMAT.get(schema.get("format", ""), _raise_to_minimum(schema, BY_TYPE[kind]))


def _raise_to_minimum(schema: Schema, value: JSONValue) -> JSONValue:
    return max(value, schema["minimum"]) if "minimum" in schema else value
