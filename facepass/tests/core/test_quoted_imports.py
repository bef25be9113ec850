"""Python that stands in a string or a document imports what there is: no type checker looks there."""

import re
import subprocess

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

IMPORT = re.compile(r"\bfrom ((?:facepass|galleries|recognition|sessions_app|training)(?:\.\w+)*) import ([\w ,]+)")
# Made up, for the counters of benchmarks/structure.py.
MADE_UP = {"facepass/tests/core/test_structure.py"}


def files():
    command = ["git", "ls-files", "*.py", "*.md"]
    listed = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    return [name for name in listed.stdout.splitlines() if name not in MADE_UP]


def quoted():
    for name in files():
        path = settings.BASE_DIR / name
        for module, names in IMPORT.findall(path.read_text() if path.exists() else ""):
            for imported in names.split(","):
                yield name, f"{module}.{imported.split(' as ')[0].strip()}"


def exists(dotted):
    try:
        import_string(dotted)
    except ImportError:
        try:
            __import__(dotted)
        except ImportError:
            return False
    except RuntimeError:  # the models of an app that is not switched on here: there is such a module
        return True
    return True


def test_every_import_in_the_repository_finds_its_name():
    found = sorted({(name, dotted) for name, dotted in quoted() if not dotted.endswith(".")})
    if not found:
        pytest.skip("not a checkout of git")
    assert [(name, dotted) for name, dotted in found if not exists(dotted)] == []
