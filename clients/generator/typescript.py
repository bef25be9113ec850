"""The operations as methods of the TypeScript client, and the types that openapi-typescript makes of the models."""

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from generator.document import FORM, JSON, Document, Field, Operation, Schema
from generator.python_types import wrap

TOOL = Path(__file__).resolve().parents[2] / "deploy" / "openapi" / "node_modules" / ".bin" / "openapi-typescript"
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
HEAD = """/** The operations of the API by their groups. Made by clients/generate.py from the API's document. */

import type { CallOptions } from "./calls.js";
import { Group } from "./group.js";
import type { Paged } from "./paging.js";
import type { Picture } from "./pictures.js";
import type { components } from "./schema.js";
import type { Transport } from "./transport.js";

type Schemas = components["schemas"];
"""


def can_build_schema() -> bool:
    """Return whether npm has installed openapi-typescript in deploy/openapi."""
    return TOOL.exists() and shutil.which("node") is not None


def build_schema(document: Document) -> str:
    """Return the types of all models. Bodies with files are arguments only and are left out."""
    schemas = {name: schema for name, schema in document.schemas.items() if "binary" not in str(schema)}
    content = {**document.content, "paths": {}, "components": {"schemas": schemas}}
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "openapi.json", Path(folder) / "schema.ts"
        source.write_text(json.dumps(content))
        command = [str(TOOL), str(source), "--default-non-nullable=false", "--output", str(made)]
        subprocess.run(command, check=True, capture_output=True)
        return made.read_text()


def build_operations(operations: list[Operation]) -> str:
    """Return the module of all operations."""
    groups = sorted({each.group for each in operations})
    parts = [HEAD, *(text for each in operations for text in [_build_input(each)] if text)]
    parts += [_build_group(group, [each for each in operations if each.group == group]) for group in groups]
    return "\n".join([*parts, _build_groups(groups)])


def _build_groups(groups: list[str]) -> str:
    fields = "".join(f"  readonly {group}: {group.title()};\n" for group in groups)
    made = "".join(f"    this.{group} = new {group.title()}(transport);\n" for group in groups)
    return f"export class Operations {{\n{fields}\n  constructor(transport: Transport) {{\n{made}  }}\n}}\n"


def _build_group(group: str, operations: list[Operation]) -> str:
    methods = "\n".join(_build_method(each) for each in operations)
    return f"export class {group.title()} extends Group {{\n{methods}}}\n"


def _fields(operation: Operation) -> list[Field]:
    return [*operation.body, *operation.query]


def _input_name(operation: Operation) -> str:
    return f"{operation.group.title()}{to_camel(operation.name, first=True)}"


def _build_input(operation: Operation) -> str:
    """Return the interface of what the operation takes besides ids; empty where that is nothing."""
    lines = [
        line
        for field in _fields(operation)
        for line in [
            *_comment(field.description, indent=2),
            f"  {field.name}{'' if field.required else '?'}: {_input_type(field)};",
        ]
    ]
    return "\n".join([f"export interface {_input_name(operation)} {{", *lines, "}\n"]) if lines else ""


def _input_type(field: Field) -> str:
    if field.holds_files:
        return "Picture | readonly Picture[]" if field.schema["type"] == "array" else "Picture"
    return build_type(field.schema)


def _build_method(operation: Operation) -> str:
    fields = _fields(operation)
    arguments = [f"{to_camel(name)}: string" for name in operation.ids]
    if fields:
        optional = "" if any(field.required for field in fields) else " = {}"
        arguments.append(f"input: {_input_name(operation)}{optional}")
    arguments.append("options?: CallOptions")
    verb, answer = _answer(operation)
    ids = ", ".join(f"{name}: {to_camel(name)}" for name in operation.ids)
    call = f"{{ {_describe_call(operation)} }}, {{ {ids} }}, {'input' if fields else '{}'}, options"
    text = "\n\n".join(
        part
        for part in (f"{operation.summary.rstrip('.')}. {operation.method} {operation.path}", operation.description)
        if part
    )
    head = f"  {to_camel(operation.name)}({', '.join(arguments)}): {answer} {{"
    return "\n".join(
        [*_comment(text, indent=2), head, f"    return this.{verb}({call});".replace("{  }", "{}"), "  }\n"]
    )


def _describe_call(operation: Operation) -> str:
    parts = [f'method: "{operation.method}"', f'path: "{operation.path}"']
    if operation.query:
        parts.append(f"query: {json.dumps([field.name for field in operation.query])}")
    if operation.body_kinds:
        kinds = {*operation.body_kinds}
        parts.append(f'body: "{"either" if {FORM, JSON} <= kinds else "form" if FORM in kinds else "json"}"')
    if "Idempotency-Key" in operation.headers:
        parts.append("isIdempotent: true")
    return ", ".join(parts)


def _answer(operation: Operation) -> tuple[str, str]:
    """Return the method of the group that sends, and what the operation returns."""
    if operation.item:
        return "paged", f"Paged<{build_type(operation.item)}>"
    if operation.answers == (None,):
        return "nothing", "Promise<void>"
    if any((answer or {}).get("format") == "binary" for answer in operation.answers):
        return "content", "Promise<Blob>"
    found = sorted(
        (build_type(answer) if answer else "null" for answer in operation.answers), key=lambda each: each == "null"
    )
    return "json", f"Promise<{' | '.join(found)}>"


def build_type(schema: Schema) -> str:
    """Return the TypeScript type of a value."""
    if "$ref" in schema:
        return f'Schemas["{schema["$ref"].rpartition("/")[2]}"]'
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    parts = schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf")
    if parts:
        return " | ".join(dict.fromkeys(build_type(part) for part in parts))
    kinds = schema.get("type", [])
    return " | ".join(_of_kind(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds)) or "unknown"


def _of_kind(kind: str, schema: Schema) -> str:
    if kind == "array":
        inner = build_type(schema.get("items", {}))
        return f"{f'({inner})' if '|' in inner else inner}[]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"Record<string, {build_type(values) if isinstance(values, dict) else 'unknown'}>"
    return PLAIN[kind]


def to_camel(name: str, *, first: bool = False) -> str:
    found = re.sub(r"_(\w)", lambda part: part[1].upper(), name)
    return found[0].upper() + found[1:] if first else found


def _comment(text: str, *, indent: int) -> list[str]:
    space = " " * indent
    lines = wrap(text.replace("*/", "* /"), width=112 - indent) if text else []
    if len(lines) == 1:
        return [f"{space}/** {lines[0]} */"]
    return [f"{space}/**", *(f"{space} * {line}".rstrip() for line in lines), f"{space} */"] if lines else []
