"""The error codes that the code raises, found by reading it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from facepass.core import errors

APPS = ("facepass", "recognition", "galleries", "training", "sessions_app")


def used() -> dict[str, set[int]]:
    """Code: the statuses that it comes with. Subclasses of FacePassError count as calls where they call super()."""
    found: dict[str, set[int]] = {}
    for status, code in errors.CODE_BY_STATUS.items():
        found.setdefault(code, set()).add(status)
    for path in sources():
        if path.name == "errors.py":  # what it takes from others is in errors.CODES
            continue
        for code, status in raised(ast.parse(path.read_text())):
            found.setdefault(code, set()).add(status)
    return found


def sources() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            if not {"tests", "migrations"} & {*path.relative_to(settings.BASE_DIR).parts}:
                yield path


def raised(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_refusal(node.func):
            code, status = node.args[0] if node.args else None, _keyword(node, "status")
            if isinstance(code, ast.Constant):
                yield str(code.value), 400 if status is None else int(status)
            elif code is not None:
                yield f"{ast.unparse(node)}: write the code out", 0


def _is_refusal(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name == "FacePassError"


def _keyword(node: ast.Call, name: str) -> Any:
    value = next((keyword.value for keyword in node.keywords if keyword.arg == name), None)
    return value.value if isinstance(value, ast.Constant) else None
