"""What must hold of the checkout as a whole."""

import re
import shutil
import subprocess
from collections import Counter

import pytest
import yaml
from django.conf import settings

import facepass

ROOT = settings.BASE_DIR


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


def pages():
    """The Markdown pages that people read, wherever they lie."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "clients").rglob("*.md")])


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_leads_to_files_that_are_there(page):
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_files_that_are_there(page):
    """Paths in backticks that begin in the checkout's root, such as `facepass/env.py`."""
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|js|html|md|json|toml|yaml|po))\b[^`]*`", page.read_text())
    roots = {path.name for path in ROOT.iterdir() if path.is_dir()} - {"var"}  # which FacePass writes
    assert [path for path in named if path.split("/")[0] in roots and not (ROOT / path).exists()] == []


def test_the_index_of_the_documents_lists_every_one():
    linked = set(re.findall(r"\]\(([^)/]+)\)", (ROOT / "docs" / "README.md").read_text()))
    written = {path.name for path in (ROOT / "docs").iterdir() if path.suffix in {".md", ".json"}} - {"README.md"}
    assert linked == written


def test_the_changelog_has_the_version_that_this_is():
    versions = re.findall(r"^## \[(\S+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert versions[:2] == ["Unreleased", facepass.__version__]


def test_editors_are_told_how_files_are_written():
    rules = (ROOT / ".editorconfig").read_text()
    assert "root = true" in rules
    assert f"max_line_length = {line_length()}" in rules


def line_length():
    return re.search(r"^line-length = (\d+)$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]


def test_a_commit_is_checked_by_what_make_lint_runs():
    (recipe,) = re.findall(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    assert [hook["entry"] for hook in hooks] == [line.strip().removeprefix("@") for line in recipe.splitlines()]
    assert not any(hook["pass_filenames"] for hook in hooks), "all files, as `make lint` looks at"


def test_make_alone_lists_the_targets():
    found = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()
    assert [line.split()[1] for line in found.stdout.splitlines()] == phony


def python_files():
    """Every Python file of the checkout that is ours."""
    for folder in [".", "benchmarks", "clients", "facepass", "galleries", "recognition", "sessions_app", "training"]:
        yield from (ROOT / folder).glob("*.py" if folder == "." else "**/*.py")


def test_tests_name_what_they_import():
    """Where a test imports `*`, nobody sees where its fixtures come from. Settings build on those of the project."""
    tests = (path for path in python_files() if {"tests", "testing"} & {*path.relative_to(ROOT).parts})
    starred = re.compile(r"^ *from (\S+) import \*", re.MULTILINE)
    found = {str(path.relative_to(ROOT)): starred.findall(path.read_text()) for path in tests}
    assert {path: names for path, names in found.items() if {*names} - {"facepass.settings"}} == {}


# Modules of its own: sub-packages are folders of their own, and `__init__.py` is a folder's label.
LARGEST_FOLDER = 15
# Scripts that are run one by one, and migrations, are looked for by their names.
UNLIMITED = {"benchmarks", "migrations"}


def test_a_folder_holds_no_more_modules_than_one_takes_in_at_a_glance():
    counts = Counter(path.parent.relative_to(ROOT) for path in python_files() if path.name != "__init__.py")
    assert len(counts) > 40, "the apps were found"
    assert {str(folder): n for folder, n in counts.items() if n > LARGEST_FOLDER and folder.name not in UNLIMITED} == {}


def test_no_test_waits_by_evaluating_text_within_a_page():
    """Our content security policy forbids it there: see `wait_until_true` in `facepass.testing.pages.browser`."""
    tests = [path for app in ("facepass", "galleries", "recognition", "sessions_app", "training")
             for path in (ROOT / app).rglob("tests/**/*.py")]  # fmt: skip
    assert tests
    assert [path for path in tests if ".wait_for_function" + "(" in path.read_text()] == []
