"""What the clients have from docs/openapi.json: as the generator makes it now, and complete.

After a change of the API: `make openapi`.
"""

import asyncio
import json
import tomllib
from collections import Counter

import httpx
import pytest
from django.conf import settings
from facepass_client import AsyncFacePass, FacePass
from generator import typescript
from generator.document import FORM
from generator.output import build_files
from generator.python_operations import argument

from facepass.core.api.document.completion import list_operations
from facepass.tests.api.clients.examples import DOCUMENT, ID, OPERATIONS, example_of, query_of

CLIENTS = settings.BASE_DIR / "clients"


def test_what_is_committed_is_what_the_document_makes():
    made = build_files(DOCUMENT)
    assert len(made) > 9
    outdated = [path for path, text in made.items() if (CLIENTS / path).read_text() != text]
    assert outdated == [], "run `make openapi`"


def test_the_types_of_typescript_are_what_the_document_makes():
    if not typescript.can_build_schema():
        pytest.skip("npm has not installed deploy/openapi")
    assert (CLIENTS / "typescript" / "src" / "schema.ts").read_text() == typescript.build_schema(DOCUMENT)


def test_every_operation_has_one_method():
    described = {operation["operationId"] for _path, _method, operation in list_operations(DOCUMENT.content)}
    assert len(described) > 100
    assert {operation.id for operation in OPERATIONS} == described
    names = Counter((operation.group, operation.name) for operation in OPERATIONS)
    assert [name for name, count in names.items() if count > 1] == []


def test_the_package_of_typescript_says_its_version():
    folder = CLIENTS / "typescript"
    package = json.loads((folder / "package.json").read_text())
    assert f"## {package['version']}\n" in (folder / "CHANGELOG.md").read_text()
    assert "dependencies" not in package
    assert (folder / "LICENSE").read_bytes() == (settings.BASE_DIR / "LICENSE").read_bytes()


def test_the_python_package_has_all_that_there_is():
    folder = CLIENTS / "python"
    packages = {".".join(path.parent.relative_to(folder).parts) for path in folder.glob("facepass_client/**/*.py")}
    project = tomllib.loads((folder / "pyproject.toml").read_text())
    assert {*project["tool"]["setuptools"]["packages"]} == packages
    assert f"## {project['project']['version']}\n" in (folder / "CHANGELOG.md").read_text()
    assert (folder / "LICENSE").read_bytes() == (settings.BASE_DIR / "LICENSE").read_bytes()


def arguments_of(operation, body, folder):
    """Return the body as arguments of the Python client, with files as paths."""
    fields = {field.name: field for field in operation.body}

    def write(value):
        if isinstance(value, list):
            return [write(each) for each in value]
        (folder / value).write_bytes(b"picture")
        return folder / value

    return {argument(fields[name]): write(value) if fields[name].holds_files else value for name, value in body.items()}


def answer_of(operation):
    if operation.item:
        return httpx.Response(200, json={"count": 1, "next": None, "previous": None, "results": [{"id": ID}]})
    return httpx.Response(200, json={"id": ID})


@pytest.mark.parametrize("is_async", [False, True])
def test_every_method_sends_what_its_operation_takes(is_async, tmp_path):
    sent = []
    by_name = {(each.group, each.name): each for each in OPERATIONS}
    current = []
    transport = httpx.MockTransport(lambda request: sent.append(request) or answer_of(by_name[current[-1]]))
    client = (AsyncFacePass if is_async else FacePass)("https://faces.example.com", "fp_key", transport=transport)
    for operation in OPERATIONS:
        current.append((operation.group, operation.name))
        body = example_of(operation)
        query = {argument(field): query_of(operation)[field.name] for field in operation.query}
        arguments = {**query, **arguments_of(operation, body, folder=tmp_path)}
        method = getattr(getattr(client, operation.group), operation.name)
        answer = outcome(method(*[ID for _name in operation.ids], **arguments))
        request = sent.pop()
        path = operation.path.format_map(dict.fromkeys(operation.ids, ID))
        assert (request.method, request.url.path) == (operation.method, path)
        assert {name: request.url.params.get_list(name) for name in request.url.params} == texts_of(operation)
        assert request.headers["Authorization"] == "Bearer fp_key"
        assert ("Idempotency-Key" in request.headers) == ("Idempotency-Key" in operation.headers), operation.id
        assert_body(operation, request, body)
        if operation.item:
            assert answer == [{"id": ID}]


def texts_of(operation):
    """Return the query as it is sent."""
    return {
        name: [
            str(each).lower() if each is True else str(each) for each in (value if isinstance(value, list) else [value])
        ]
        for name, value in query_of(operation).items()
    }


def outcome(returned):
    """Return what a method answers, whether it waits, is awaited or goes through pages."""
    if hasattr(returned, "__aiter__"):

        async def gather():
            return [item async for item in returned]

        return asyncio.run(gather())
    if asyncio.iscoroutine(returned):
        return asyncio.run(returned)
    return [*returned] if hasattr(returned, "pages") else returned


def assert_body(operation, request, body):
    if not operation.body:
        assert request.content == b"", operation.id
    elif request.headers["Content-Type"].startswith(FORM):
        for name, value in body.items():
            for each in value if isinstance(value, list) else [value]:
                text = str(each).lower() if isinstance(each, bool) else str(each)
                assert f'name="{name}"'.encode() in request.content, operation.id
                assert text.encode() in request.content, operation.id
    else:
        assert json.loads(request.content) == body, operation.id
