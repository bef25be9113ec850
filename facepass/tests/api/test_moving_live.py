"""docs/moving.sh runs as it stands against a running server, and asks everything that docs/moving.md lists."""

import os
import re
import subprocess

import pytest
from django.conf import settings

from facepass.testing.live import manage, start
from facepass.testing.pictures.fake import picture_of

FAKE = {"DJANGO_SETTINGS_MODULE": "facepass.testing.engines.fake_settings"}
NEW_KEY = """
from facepass.models import ApiKey, Scope, Studio
print("key:" + ApiKey.issue(Studio.objects.create(name="S", slug="s"), name="moving", scopes=Scope.values)[1])
"""
SCRIPT = settings.BASE_DIR / "docs" / "moving.sh"
TABLE = settings.BASE_DIR / "docs" / "moving.md"


def without_names(path):
    """`/api/v1/users/{id}` and `/api/v1/users/$USER?wait=20` are one."""
    return re.sub(r"\{\w+\}|\$[A-Za-z]+", "{}", path.partition("?")[0])


def asked_by_script():
    found = re.findall(r"\b(ask|with_key|with_json) ([A-Z]+) \"?(/[^\s\"]*)", SCRIPT.read_text())
    return {(method, without_names(path)): how != "ask" for how, method, path in found}


def listed_in_table():
    found = re.findall(r"^\| `([A-Z]+) (/[^`]*)` \|.*\|([^|]*)\|$", TABLE.read_text(), re.MULTILINE)
    return {(method, without_names(path)): key.strip() == "with key" for method, path, key in found}


def test_the_script_and_the_table_name_the_same_endpoints_and_say_the_same_of_keys():
    assert asked_by_script() == listed_in_table()


@pytest.fixture
def running(live_home):
    found = start(live_home, **FAKE)
    yield found
    found.stop()


def test_every_former_endpoint_answers(running, tmp_path):
    key = manage(running.home, "shell", "-c", NEW_KEY, **FAKE).stdout.rpartition("key:")[2].strip()
    pictures = {"PICTURE": ["maria"], "OTHER_PICTURE": ["maria#1"]}
    for name, people in pictures.items():
        (tmp_path / f"{name}.jpg").write_bytes(picture_of(people))
    given = {name: str(tmp_path / f"{name}.jpg") for name in pictures}
    done = subprocess.run(
        ["bash", str(SCRIPT)],
        env={**os.environ, **given, "BASE": running.url, "KEY": key},
        timeout=600,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stderr}\n{done.stdout[-1500:]}"
