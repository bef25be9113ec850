"""The OpenAPI document, completed with what drf-spectacular cannot find out: its hook when all operations are there."""

from collections.abc import Iterator

from facepass.core.api.document import parts
from facepass.core.api.document.examples import EXAMPLE_ID, Schema, build_example
from facepass.core.api.document.fields import FIELDS, describe_field
from facepass.core.api.document.notes import NOTES
from facepass.core.api.document.refusals import list_codes
from facepass.core.api.document.requests import QUERIES, find_request_example
from facepass.core.api.document.summaries import SUMMARIES
from facepass.core.api.document.things import find_id_name

METHODS = ("get", "post", "put", "patch", "delete")


def add_parameter(operation: Schema, name: str) -> None:
    """Add a reference to one of the parameters that operations share."""
    reference = {"$ref": f"#/components/parameters/{name}"}
    operation["parameters"] = [*operation.get("parameters", []), reference]


def complete_document(result: Schema, generator: object, request: object, public: bool) -> Schema:
    """Return the document with what all operations share."""
    components = result["components"]
    components["schemas"] |= {"Error": parts.ERROR, "Health": parts.HEALTH}
    components["parameters"] = parts.PARAMETERS
    _describe_fields(components["schemas"])
    result["paths"] = {path.rstrip("/"): operations for path, operations in result["paths"].items()}
    for path, method, operation in list_operations(result):
        _complete_operation(operation, method=method, path=path, schemas=components["schemas"])
    result["paths"] |= parts.build_health_paths()
    for path, method, operation in list_operations(result):
        name = f"{method.upper()} {path}"
        operation["summary"] = SUMMARIES.get(name, "")
        operation["description"] = operation.get("description") or NOTES.get(name, "")
    used = {code for _path, _method, operation in list_operations(result) for code in _shown_codes(operation)}
    components["examples"] = {code: example for code, example in parts.build_error_examples().items() if code in used}
    result["info"] |= {"description": parts.DESCRIPTION}
    result["tags"] = parts.build_tags()
    result["servers"] = parts.SERVERS
    return result


def list_operations(document: Schema) -> Iterator[tuple[str, str, Schema]]:
    """Yield the path, the method and the description of each operation."""
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                yield path, method, operations[method]


def _shown_codes(operation: Schema) -> Iterator[str]:
    for response in operation["responses"].values():
        for content in response.get("content", {}).values():
            yield from content.get("examples", {})


def _describe_fields(schemas: Schema) -> None:
    for name, schema in schemas.items():
        for field, described in schema.get("properties", {}).items():
            if "description" not in described and (text := describe_field(name, field)):
                described["description"] = text


def _complete_operation(operation: Schema, *, method: str, path: str, schemas: Schema) -> None:
    secured = {} not in operation.get("security", [{}])
    if not secured:
        operation["security"] = [{}]
    if operation.get("tags") in (None, ["api"], [path.strip("/").split("/")[0]]):
        operation["tags"] = [_tag(path)]
    for parameter in operation.get("parameters", []):
        _complete_parameter(parameter, path=path)
        if parameter.get("name") in QUERIES.get(f"{method.upper()} {path}", ()):
            parameter["example"] = EXAMPLE_ID
    fields = _complete_body(operation, method=method, path=path, schemas=schemas)
    codes = list_codes(operation, method=method, path=path, secured=secured, fields=fields)
    for status, refusal in parts.build_refusals(codes).items():
        operation["responses"].setdefault(status, refusal)
    for status, response in operation["responses"].items():
        response["description"] = response.get("description") or SUCCESS.get(status, "Done.")
    if secured:
        add_parameter(operation, "XStudio")


SUCCESS = {
    "200": "Done.",
    "201": "It was made.",
    "202": "A task does it; ask for its state at `Location`.",
    "204": "Done; there is nothing to answer.",
}


def _complete_parameter(parameter: Schema, *, path: str) -> None:
    name = parameter.get("name", "")
    if parameter.get("in") == "path":
        thing = (find_id_name(path, name) or name).removesuffix("_id").replace("_", " ")
        parameter.setdefault("description", f"The id of the {thing}.")
        parameter.setdefault("example", EXAMPLE_ID)
    elif name in FIELDS:
        parameter.setdefault("description", FIELDS[name])


def _complete_body(operation: Schema, *, method: str, path: str, schemas: Schema) -> list[str]:
    """Add an example to each kind of body that has none; return the names of the bodies' fields."""
    fields: list[str] = []
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = content["schema"]
        fields += schemas.get(schema.get("$ref", "").rpartition("/")[2], schema).get("properties", {})
        if "example" not in content and "examples" not in content:
            given = find_request_example(f"{method.upper()} {path}", kind)
            content["example"] = build_example(schema, schemas=schemas) if given is None else given
    return fields


def _tag(path: str) -> str:
    """Return the first word after the version; the paths without one are recognition's."""
    words = path.strip("/").split("/")
    return words[2] if words[0] == "api" and len(words) > 2 else "recognition"
