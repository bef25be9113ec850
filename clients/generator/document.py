"""The operations of docs/openapi.json, in the form in which both clients are written from them."""

import json
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.names import AREAS, GROUPS, ID_ARGUMENTS, METHODS

Schema = dict[str, Any]
METHODS_OF_HTTP = ("get", "post", "put", "patch", "delete")
FORM, JSON = "multipart/form-data", "application/json"
VERBS = {"get": "get", "post": "create", "put": "change", "patch": "change", "delete": "delete"}


class UnknownNameError(Exception):
    """Something new in the document needs a line in generator/names.py."""


@dataclass(frozen=True)
class Field:
    """A field of a body or a parameter of the query. `argument` is its name in a client, `name` the server's."""

    name: str
    schema: Schema
    required: bool
    description: str

    @property
    def holds_files(self) -> bool:
        return self.schema.get("format") == "binary" or self.schema.get("items", {}).get("format") == "binary"


@dataclass(frozen=True)
class Operation:
    """`ids` are the arguments of the path in their order, `answers` the schemas of its 2xx answers (None: no body).

    `item` is the schema of a page's items, None where the answer is no page.
    """

    id: str
    group: str
    name: str
    method: str
    path: str
    summary: str
    description: str
    ids: tuple[str, ...]
    query: tuple[Field, ...]
    headers: tuple[str, ...]
    body: tuple[Field, ...]
    body_kinds: tuple[str, ...]
    answers: tuple[Schema | None, ...]
    item: Schema | None

    @property
    def takes_files(self) -> bool:
        return any(field.holds_files for field in self.body)


@dataclass(frozen=True)
class Document:
    content: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> "Document":
        return cls(json.loads(path.read_text()))

    @property
    def schemas(self) -> dict[str, Schema]:
        found: dict[str, Schema] = self.content["components"]["schemas"]
        return found

    def resolve(self, part: Schema) -> Schema:
        """Return what a `$ref` refers to, or the part itself."""
        while "$ref" in part:
            found: Any = self.content
            for key in part["$ref"].removeprefix("#/").split("/"):
                found = found[key]
            part = found
        return part

    def list_operations(self) -> list[Operation]:
        """Return all operations, by group and in the document's order."""
        found = [
            self._operation(path, method, operation)
            for path, methods in self.content["paths"].items()
            for method, operation in methods.items()
            if method in METHODS_OF_HTTP
        ]
        return sorted(found, key=lambda each: each.group)

    def _operation(self, path: str, method: str, described: Schema) -> Operation:
        parameters = [self.resolve(part) for part in described.get("parameters", [])]
        content = described.get("requestBody", {}).get("content", {})
        answers = tuple(list_without_repeats(self._answers(described)))
        item = self._item(answers)
        body = self._body(content)
        named = name_ids(path, {field.name for field in body})
        group = GROUPS.get(described["tags"][0], described["tags"][0])
        if not any(group in groups for groups in AREAS.values()):
            raise UnknownNameError(f"AREAS has no place for the group {group!r} of {path}")
        return Operation(
            id=described["operationId"],
            group=group,
            name=METHODS.get(described["operationId"]) or build_method_name(path, method, described["tags"][0], item),
            method=method.upper(),
            path=named,
            summary=described.get("summary", ""),
            description=described.get("description", ""),
            ids=tuple(re.findall(r"{(\w+)}", named)),
            query=tuple(_field(part) for part in parameters if part["in"] == "query" and not part.get("deprecated")),
            headers=tuple(part["name"] for part in parameters if part["in"] == "header"),
            body=body,
            body_kinds=tuple(content),
            answers=answers,
            item=item,
        )

    def _body(self, content: Schema) -> tuple[Field, ...]:
        """Return the fields that any kind of body takes, required where every kind requires them; no former names."""
        schemas = [self.resolve(each["schema"]) for each in content.values()]
        found: dict[str, Field] = {}
        for name, schema in [pair for each in schemas for pair in each.get("properties", {}).items()]:
            if not schema.get("deprecated") and name not in found:
                required = all(name in each.get("required", ()) for each in schemas)
                found[name] = Field(name, schema, required, schema.get("description", ""))
        return tuple(found.values())

    def _answers(self, described: Schema) -> Iterator[Schema | None]:
        for status, answer in described["responses"].items():
            if status.startswith("2"):
                yield next((each["schema"] for each in answer.get("content", {}).values()), None)

    def _item(self, answers: tuple[Schema | None, ...]) -> Schema | None:
        if len(answers) != 1 or answers[0] is None:
            return None
        properties = self.resolve(answers[0]).get("properties", {})
        return properties["results"]["items"] if {"next", "previous", "results"} <= {*properties} else None


def _field(part: Schema) -> Field:
    return Field(part["name"], part["schema"], part.get("required", False), part.get("description", ""))


def list_without_repeats(answers: Iterator[Schema | None]) -> list[Schema | None]:
    """Return each schema once, in their order."""
    return [json.loads(text) for text in dict.fromkeys(json.dumps(each) for each in answers)]


def name_ids(path: str, taken: Set[str]) -> str:
    """Return the path with `{id}` named after what it is the id of: `/api/v1/people/{person_id}`.

    An `{id}` whose name a field of the body has keeps its own.
    """

    def build_name(found: re.Match[str]) -> str:
        if found[1] not in ID_ARGUMENTS:
            raise UnknownNameError(f"ID_ARGUMENTS has no name for the id after {found[1]!r} in {path}")
        name = ID_ARGUMENTS[found[1]]
        return f"{found[1]}/{{{name if name not in taken else 'id'}}}"

    return re.sub(r"(\w+)/{id}", build_name, path)


def build_method_name(path: str, method: str, tag: str, item: Schema | None) -> str:
    """Return the verb and what it acts on below the group: `list`, `create`, `list_images`, `keep_apart`.

    A POST below an object, or to a path that is no collection, is an action of that name.
    """
    segments = [part.replace("-", "_") for part in re.sub(r"^/api/v\d/", "/", path).split("/") if "{" not in part][1:]
    beneath = "_".join(segments[1:] if segments and segments[0] == tag else segments)
    if tag == "service":
        return "_".join(path.strip("/").replace("api/v1/health", "health_of_api").split("/")).replace("-", "_")
    if tag == "auth" or (method == "post" and beneath):
        return beneath
    verb = "list" if item or beneath == "suggestions" else VERBS[method]
    return f"{verb}_{beneath}" if beneath else verb
