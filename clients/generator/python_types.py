"""The types of the document in Python's terms: TypedDicts of answers and bodies, and types of arguments."""

import keyword
import re
import textwrap
from collections.abc import Iterable

from generator.document import Document, Schema

PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
MODELS_HEAD = '''"""What the API takes and answers with, as its document describes it. Made by clients/generate.py.

Answers are dicts, as they come: a newer server's further fields are in them too. Moments are text in UTC
(`2026-11-20T18:00:00Z`), ids are text.
"""

from typing import Any, Literal, NotRequired, TypedDict
'''


def build_type(schema: Schema, *, prefix: str = "", array: str = "list") -> str:
    """Return the annotation of a value. `prefix` stands before names of models, `array` is the type of arrays."""
    if "$ref" in schema:
        return prefix + str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return build_literal(schema["enum"])
    parts = schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf")
    if parts:
        return join_types(build_type(part, prefix=prefix, array=array) for part in parts)
    kinds = schema.get("type", [])
    return (
        join_types(_of_kind(kind, schema, prefix, array) for kind in ([kinds] if isinstance(kinds, str) else kinds))
        or "Any"
    )


def _of_kind(kind: str, schema: Schema, prefix: str, array: str) -> str:
    if kind == "array":
        return f"{array}[{build_type(schema.get('items', {}), prefix=prefix, array=array)}]"
    if kind == "object":
        inner = schema.get("additionalProperties")
        return f"dict[str, {build_type(inner, prefix=prefix, array=array) if isinstance(inner, dict) else 'Any'}]"
    return PLAIN[kind]


def join_types(parts: Iterable[str]) -> str:
    """Return the alternatives, each once and None last."""
    found = dict.fromkeys(each for part in parts for each in part.split(" | "))
    return " | ".join(sorted(found, key=lambda each: each == "None"))


def build_literal(values: list[object]) -> str:
    """Return the type of an enumeration. Its values' order in the document says nothing."""
    texts = [repr(value) for value in values if value is not None]
    none = ["None"] if None in values else []
    return " | ".join(([f"Literal[{', '.join(texts)}]"] if texts else []) + none)


def build_models(document: Document) -> str:
    """Return the module of all models, unformatted. Bodies with files are arguments only and are left out."""
    parts = [MODELS_HEAD]
    for name, schema in sorted(document.schemas.items()):
        if "enum" in schema:
            parts.append(f"{name} = {build_literal(schema['enum'])}\n")
    for name, schema in sorted(document.schemas.items()):
        if "enum" not in schema and "binary" not in str(schema):
            parts.append(_build_model(name, schema))
    return "\n\n".join(parts)


def _build_model(name: str, schema: Schema) -> str:
    required = schema.get("required", ())
    fields = {
        key: each if key in required else f"NotRequired[{each}]"
        for key, part in schema.get("properties", {}).items()
        for each in [f'"{build_type(part)}"' if _refers(part) else build_type(part)]
    }
    if any(keyword.iskeyword(key) for key in fields):
        entries = ", ".join(f'"{key}": {each}' for key, each in fields.items())
        return f"{name} = TypedDict({name!r}, {{{entries}}})\n"
    lines = [f"class {name}(TypedDict):", *build_docstring(schema.get("description", ""), indent=4)]
    for key, each in fields.items():
        lines += [f"    {key}: {each}", *build_docstring(schema["properties"][key].get("description", ""), indent=4)]
    return "\n".join(lines if len(lines) > 1 else [*lines, "    pass"]) + "\n"


def _refers(schema: Schema) -> bool:
    return "$ref" in str(schema)


def build_docstring(text: str, *, indent: int) -> list[str]:
    """Return the lines of a docstring; none for an empty text."""
    if not text.strip():
        return []
    space = " " * indent
    wrapped = wrap(text, width=112 - indent)
    mark = 'r"""' if "\\" in text else '"""'
    if len(wrapped) == 1:
        return [f'{space}{mark}{wrapped[0]}"""']
    return [f"{space}{mark}{wrapped[0]}", *((space + line).rstrip() for line in wrapped[1:]), f'{space}"""']


def wrap(text: str, *, width: int) -> list[str]:
    """Return the lines of a text, none longer than `width`; its own line ends stay."""
    text = re.sub(r"^\* `(\S+)` - \1$", "", text, flags=re.MULTILINE)  # says nothing that its type does not say
    lines = [part for line in text.strip().splitlines() for part in textwrap.wrap(line.strip(), width) or [""]]
    return [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
