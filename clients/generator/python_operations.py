"""The operations as methods of the Python client: for each group a class that waits, and one for asyncio."""

from generator.document import FORM, JSON, Field, Operation, Schema
from generator.names import AREAS
from generator.python_types import build_docstring, build_type, join_types

HEAD = '''"""Operations of {groups}. Made by clients/generate.py from the API's document."""

import builtins
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from facepass_client import models
from facepass_client.calls import NOT_GIVEN, Call, NotGiven
from facepass_client.groups import AsyncGroup, Group
from facepass_client.paging import AsyncPaged, Paged
from facepass_client.pictures import OnProgress, Picture
'''


def build_modules(operations: list[Operation]) -> dict[str, str]:
    """Return the modules of operations by their names, unformatted."""
    return {
        area: "\n\n".join(
            [HEAD.format(groups=", ".join(groups))]
            + [
                _build_group(group, [each for each in operations if each.group == group], is_async=is_async)
                for group in groups
                for is_async in (False, True)
            ]
        )
        for area, groups in AREAS.items()
    }


def build_groups(operations: list[Operation]) -> str:
    """Return the module that has all groups, for each kind of client."""
    lines = [
        f"from facepass_client.operations.{area} import Async{group.title()}, {group.title()}"
        for area, groups in AREAS.items()
        for group in groups
    ]
    groups = sorted({each.group for each in operations})
    text = '"""The groups of operations. Made by clients/generate.py from the API\'s document."""\n' + "\n".join(
        [*lines, "from facepass_client.transport import AsyncTransport, Transport"]
    )
    for kind in ("", "Async"):
        text += f"\n\nclass {kind}Operations:\n    def __init__(self, transport: {kind}Transport) -> None:\n"
        text += "".join(f"        self.{group} = {kind}{group.title()}(transport)\n" for group in groups)
    return text


def _build_group(group: str, operations: list[Operation], *, is_async: bool) -> str:
    kind = "Async" if is_async else ""
    methods = [_build_method(each, is_async=is_async) for each in operations]
    return "\n\n".join([f"class {kind}{group.title()}({kind}Group):", *methods]) + "\n"


def _build_method(operation: Operation, *, is_async: bool) -> str:
    starred = _keyword_arguments(operation)
    arguments = ["self", *(f"{name}: str" for name in operation.ids), *(["*", *starred] if starred else [])]
    is_coroutine = is_async and operation.item is None
    head = f"    {'async ' if is_coroutine else ''}def {operation.name}({', '.join(arguments)})"
    verb, answer = _answer(operation, is_async=is_async)
    call = ", ".join(_call_arguments(operation))
    end = f"self._{verb}(Call({call}))"
    sent = f"await {end}" if is_coroutine else end
    lines = [f"{head} -> {answer}:", *build_docstring(_describe(operation), indent=8)]
    if verb == "json":  # is whatever it is; the annotation says what the document promises
        return "\n".join([*lines, f"        answer: {answer} = {sent}", "        return answer"])
    return "\n".join([*lines, f"        {sent}" if verb == "nothing" else f"        return {sent}"])


def _describe(operation: Operation) -> str:
    fields = [field for field in (*operation.query, *operation.body) if field.description]
    listed = [f"`{argument(field)}`: {field.description}" for field in fields]
    texts = [f"{operation.summary.rstrip('.')}. {operation.method} {operation.path}", operation.description, *listed]
    return "\n\n".join(text for text in texts if text)


def argument(field: Field) -> str:
    """Return the name of its argument: `from` cannot be one in Python."""
    return "from_" if field.name == "from" else field.name


def _keyword_arguments(operation: Operation) -> list[str]:
    fields = sorted((*operation.body, *operation.query), key=lambda each: not each.required)
    found = [f"{argument(field)}: {_argument_type(field)}" for field in fields]
    for header, name in (("If-Match", "if_match"), ("Idempotency-Key", "idempotency_key")):
        if header in operation.headers:
            found.append(f"{name}: str | NotGiven = NOT_GIVEN")
    return [*found, "on_progress: OnProgress | None = None"] if operation.takes_files else found


def _argument_type(field: Field) -> str:
    one = build_type(field.schema, prefix="models.", array="Sequence")
    if field.holds_files:
        one = "Picture | Iterable[Picture]" if field.schema["type"] == "array" else "Picture"
    return one if field.required else f"{join_types([one, 'NotGiven'])} = NOT_GIVEN"


def _answer(operation: Operation, *, is_async: bool) -> tuple[str, str]:
    """Return the method of the group that sends, and what the operation returns."""
    if operation.item:
        item = build_type(operation.item, prefix="models.")
        return "paged", f"{'Async' if is_async else ''}Paged[{item}]"
    if operation.answers == (None,):
        return "nothing", "None"
    if any((answer or {}).get("format") == "binary" for answer in operation.answers):
        return "content", "bytes"
    return "json", " | ".join(sorted(map(_answer_type, operation.answers), key=lambda each: each == "None"))


def _answer_type(answer: Schema | None) -> str:
    return build_type(answer, prefix="models.", array="builtins.list") if answer else "None"


def _call_arguments(operation: Operation) -> list[str]:
    """Return the arguments of `Call`. A body with files is a form; without them it is JSON, where that is taken."""
    found = [f'"{operation.method}"', f'"{operation.path}"']
    if operation.ids:
        found.append("ids={" + ", ".join(f'"{name}": {name}' for name in operation.ids) + "}")
    if operation.query:
        found.append(f"query={_build_dict(operation.query)}")
    if operation.body:
        found.append(f"body={_build_dict(operation.body)}")
    if FORM in operation.body_kinds:
        found.append(f"form={'None' if JSON in operation.body_kinds else 'True'}")
    if "If-Match" in operation.headers:
        found.append("if_match=if_match")
    if "Idempotency-Key" in operation.headers:
        found += ["is_idempotent=True", "idempotency_key=idempotency_key"]
    return [*found, "on_progress=on_progress"] if operation.takes_files else found


def _build_dict(fields: tuple[Field, ...]) -> str:
    return "{" + ", ".join(f'"{field.name}": {argument(field)}' for field in fields) + "}"
