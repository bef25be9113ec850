"""What must hold of the checkout as a whole."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

RUSSIAN = settings.BASE_DIR / "facepass" / "locale" / "ru" / "LC_MESSAGES"


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext is not installed")
def test_every_text_has_its_russian_translation(tmp_path):
    found = subprocess.run(
        ["msgfmt", "--statistics", "-o", str(tmp_path / "django.mo"), str(RUSSIAN / "django.po")],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},  # it counts in the user's language
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.fullmatch(r"\d+ translated messages\.\n", found.stderr), found.stderr
    assert (tmp_path / "django.mo").read_bytes() == (RUSSIAN / "django.mo").read_bytes(), "run compilemessages"


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed")
def test_no_text_of_the_code_is_missing_from_the_translation(tmp_path):
    """makemessages on a copy finds no text that the translation does not have."""
    for name in ("facepass", "recognition", "galleries", "training", "sessions_app", "templates"):
        shutil.copytree(settings.BASE_DIR / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "locale").mkdir()  # for what lies outside facepass/
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "ru", "--no-obsolete"]
    subprocess.run(command, cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, check=True)
    found = [texts(path) for path in tmp_path.rglob("django.po")]
    assert len(found) == 2
    assert sorted(set.union(*found) - texts(RUSSIAN / "django.po")) == []


def texts(path) -> set[str]:
    joined = path.read_text(encoding="utf-8").replace('"\n"', "")
    return set(re.findall(r'^msgid "(.+)"$', joined, re.MULTILINE))


@pytest.mark.skipif(not (shutil.which("git") and (settings.BASE_DIR / ".git").exists()), reason="not a checkout")
def test_nothing_is_committed_that_git_shall_ignore():
    trusted = f"safe.directory={settings.BASE_DIR}"  # also where somebody else made the checkout
    command = ["git", "-c", trusted, "ls-files", "--cached", "--ignored", "--exclude-standard"]
    found = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    assert found.stdout == ""


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_the_api_documentation_needs_no_other_server(client, path):
    page = client.get(path).content.decode()
    assert re.findall(r"""(?:src|href)=["'](?:https?:)?//[^"']+""", page) == []
