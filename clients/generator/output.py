"""The files that are made, by their paths in clients/."""

import subprocess
import sys

from generator import typescript
from generator.document import Document, Operation
from generator.python_operations import build_groups, build_modules
from generator.python_types import build_models

PYTHON = "python/facepass_client"
TYPESCRIPT = "typescript/src"
LIST_HEAD = """# Operations

Every operation of the API, and the method that calls it. Arguments and answers are in its comments.
Made by clients/generate.py.

| method | request | |
|---|---|---|
"""


def build_files(document: Document) -> dict[str, str]:
    """Return the text of each file that follows from the document."""
    operations = document.list_operations()
    files = {f"{PYTHON}/models.py": format_python(build_models(document))}
    files[f"{PYTHON}/operations/__init__.py"] = format_python(build_groups(operations))
    for area, text in build_modules(operations).items():
        files[f"{PYTHON}/operations/{area}.py"] = format_python(text)
    files["python/docs/operations.md"] = build_list(operations, "{group}.{name}")
    files[f"{TYPESCRIPT}/operations.ts"] = typescript.build_operations(operations)
    files["typescript/docs/operations.md"] = build_list(operations, "{group}.{camel}")
    return files


def format_python(text: str) -> str:
    """Return the text as ruff leaves it, without imports that nothing uses."""
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["check", "--quiet", "--fix", "--select=F401,I"], ["format", "--quiet"]):
        names = ["--stdin-filename", "clients/python/facepass_client/operations/made.py", "-"]
        text = subprocess.run([*ruff, *command, *names], input=text, capture_output=True, text=True, check=True).stdout
    return text


def build_list(operations: list[Operation], method: str) -> str:
    """Return the table of all operations. `method` says how one is called: by `group`, and `name` or `camel`."""
    rows = []
    for each in operations:
        called = method.format(group=each.group, name=each.name, camel=typescript.to_camel(each.name))
        rows.append(f"| `{called}` | `{each.method} {each.path}` | {each.summary.rstrip('.')} |")
    return LIST_HEAD + "\n".join(rows) + "\n"
