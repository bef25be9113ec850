"""clients/typescript without a server: its own tests, run by Node.js."""

import json
import os
import subprocess

from generator.typescript import to_camel

from facepass.tests.api.clients.examples import ID, OPERATIONS, example_of, list_refusals, query_of


def test_what_node_tests(typescript_package, tmp_path):
    (tmp_path / "operations.json").write_text(json.dumps([describe(operation) for operation in OPERATIONS]))
    done = subprocess.run(
        ["node", "--test", "tests/client.test.js"],
        cwd=typescript_package,
        env={**os.environ, "OPERATIONS": str(tmp_path / "operations.json"), "STATUSES": " ".join(list_refusals())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 3" in done.stdout, "about thirty of them"


def describe(operation):
    """Return what client.test.js calls, and the request that is to come of it."""
    body = example_of(operation)
    return {
        "group": operation.group,
        "method": to_camel(operation.name),
        "ids": [ID for _name in operation.ids],
        "query": query_of(operation),
        "input": body,
        "files": [field.name for field in operation.body if field.holds_files and field.name in body],
        "request": {
            "method": operation.method,
            "path": operation.path.format_map(dict.fromkeys(operation.ids, ID)),
            "isIdempotent": "Idempotency-Key" in operation.headers,
            "takesInput": bool(operation.body or operation.query),
            "takesBody": bool(operation.body),
        },
    }
