"""What tests of both clients share: the package of the TypeScript client, compiled once in a run."""

import json
import shutil
import subprocess

import pytest
from django.conf import settings

from facepass.testing.home import first_to, run_folder

TOOLS = settings.BASE_DIR / "deploy" / "openapi" / "node_modules" / ".bin"


@pytest.fixture(scope="session")
def typescript_package():
    """A folder with the client as it is published, its examples and its tests, all compiled."""
    if not (TOOLS / "tsc").exists() or shutil.which("node") is None:
        pytest.skip("npm has not installed deploy/openapi")
    folder = run_folder() / "typescript"
    with first_to("compile_typescript_client") as first:
        if first:
            source = settings.BASE_DIR / "clients" / "typescript"
            shutil.copytree(source, folder, ignore=shutil.ignore_patterns("dist*", "node_modules"))
            for config in ("tsconfig.json", "tsconfig.examples.json"):
                done = subprocess.run(
                    [TOOLS / "tsc", "--project", folder / config], capture_output=True, text=True, check=False
                )
                assert done.returncode == 0, done.stdout
    exports = json.loads((folder / "package.json").read_text())["exports"]
    assert all((folder / path).exists() for entry in exports.values() for path in entry.values())
    return folder
