"""The OpenAPI document as partners' tools read it: a linter and two generators have nothing to say against it.

The tools of npm are in deploy/openapi; without them their tests are skipped. To install them:
`npm ci --prefix deploy/openapi --ignore-scripts`.
"""

import importlib
import inspect
import io
import json
import os
import shutil
import subprocess
import sys
import typing
import uuid
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import httpx
import pytest
from django.conf import settings

from facepass.core.api.document.completion import list_operations
from facepass.core.api.document.examples import JSONValue, Schema

FOLDER = settings.BASE_DIR / "deploy" / "openapi"
TOOLS = FOLDER / "node_modules" / ".bin"
DOCUMENT = settings.BASE_DIR / "docs" / "openapi.json"
needs_npm = pytest.mark.skipif(
    not (TOOLS / "redocly").exists() or shutil.which("node") is None, reason="npm has not installed deploy/openapi"
)


def run(*command: str | Path, folder: Path = FOLDER) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "REDOCLY_TELEMETRY": "off",
        "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
    }
    command_line = [*map(str, command)]
    return subprocess.run(command_line, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@needs_npm
def test_redocly_finds_no_fault():
    found = run(TOOLS / "redocly", "lint", DOCUMENT, "--format=json")
    problems = json.loads(found.stdout)["problems"]
    assert [(each["ruleId"], each["message"], each["location"][0].get("pointer")) for each in problems] == []
    assert found.returncode == 0, found.stderr


@needs_npm
def test_openapi_typescript_makes_types_of_every_operation(tmp_path):
    made = run(TOOLS / "openapi-typescript", DOCUMENT, "-o", tmp_path / "api.ts")
    assert made.returncode == 0, made.stderr
    assert "warn" not in (made.stdout + made.stderr).lower()
    uses = [
        f'export type T{number} = paths["{path}"]["{method}"]["responses"];'
        for number, (path, method, _operation) in enumerate(list_operations(json.loads(DOCUMENT.read_text())))
    ]
    (tmp_path / "uses.ts").write_text('import type { paths } from "./api";\n' + "\n".join(uses))
    checked = run(TOOLS / "tsc", "--noEmit", "--strict", "--skipLibCheck", "false", tmp_path / "uses.ts")
    assert checked.returncode == 0, checked.stdout


@pytest.fixture(scope="module")
def python_client(tmp_path_factory):
    """The package that openapi-python-client makes, on the path."""
    folder = tmp_path_factory.mktemp("generated")
    program = Path(sys.executable).with_name("openapi-python-client")
    if not program.exists():
        pytest.skip("openapi-python-client is not installed")
    options = [
        "--meta",
        "none",
        "--output-path",
        folder / "facepass_generated",
        "--config",
        FOLDER / "python-client.yaml",
    ]
    made = run(program, "generate", "--path", DOCUMENT, *options, "--fail-on-warning")
    assert made.returncode == 0, made.stdout + made.stderr
    assert "WARNING" not in made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module("facepass_generated")
    sys.path.remove(str(folder))


def test_openapi_python_client_makes_a_function_of_every_operation(python_client):
    asked = []
    transport = httpx.MockTransport(lambda request: asked.append(request) or httpx.Response(418))
    client = python_client.AuthenticatedClient(
        base_url="https://faces.example.com", token="fp_key", httpx_args={"transport": transport}
    )
    for path, method, operation in list_operations(json.loads(DOCUMENT.read_text())):
        module = importlib.import_module(f"facepass_generated.api.{operation['tags'][0]}.{operation['operationId']}")
        assert callable(module.asyncio_detailed), path
        ids = {part["name"]: ID for part in operation.get("parameters", []) if part.get("in") == "path"}
        module.sync_detailed(client=client, **ids, **build_body(module, operation))
        sent = asked.pop()
        assert (sent.method, sent.url.path) == (method.upper(), path.format_map(ids))


ID = uuid.UUID("3fa85f64-5717-4562-b3fc-2c963f66afa6")


def build_body(module: ModuleType, operation: Schema) -> dict[str, object]:
    """Return the argument `body` that the operation's example makes; none where it takes no body."""
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return {}
    kind = next(iter(content))
    described = content[kind]
    example = described["example"] if "example" in described else next(iter(described["examples"].values()))["value"]
    takes = inspect.signature(module._get_kwargs).parameters["body"].annotation
    model = next(iter(typing.get_args(takes)), takes)  # of several kinds of bodies the first
    return {"body": model.from_dict(example) if kind == "application/json" else model(**_with_files(example))}


def _with_files(example: Mapping[str, JSONValue]) -> dict[str, object]:
    """Return the fields of a form, with a file where its example names one."""
    made: type = importlib.import_module("facepass_generated.types").File

    def read(value: JSONValue) -> object:
        if isinstance(value, list):
            return [read(item) for item in value]
        return made(payload=io.BytesIO(b"picture"), file_name=value) if str(value).endswith(".jpg") else value

    return {name: read(value) for name, value in example.items()}
