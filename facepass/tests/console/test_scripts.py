"""What must hold of the scripts and styles that the pages load; `make lint` checks their types."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

STAFF = settings.BASE_DIR / "static" / "facepass-admin"
KIT = STAFF / "kit"
TESTS = settings.BASE_DIR / "deploy" / "js"
GUEST = settings.BASE_DIR / "static" / "facepass"
SCRIPTS = sorted(STAFF.rglob("*.js"))
STYLES = sorted(STAFF.rglob("*.css"))

# What is done in one place of the kit, and how a script that does it by itself looks.
ONCE = {
    "asks the server": (r"\bfetch\(|\bXMLHttpRequest\b|\bsendBeacon\(", ["http.js"]),
    "opens a socket": (r"\bnew (WebSocket|EventSource)\b", ["live.js"]),
    "asks again and again": (r"\bsetInterval\(", []),
    "reads keys by their place": (r"\bevent\.(code|keyCode|which)\b|\b(Key|Digit)([(\[]|[A-Z0-9]\b)", ["keys.js"]),
    "listens to the keys of a page": (r"^\s*(\w+\.)?(?<!field\.)(?<!input\.)addEventListener\(\"key", ["keys.js"]),
    "offers people under a field": (r"aria-activedescendant|\"listbox\"|\bcombobox\"", ["combobox.js"]),
    "shows a notice": (r"\[data-notice\]|\balert\(|\bconfirm\(", ["dom.js", "notice.js"]),
    "knows the token": (r"csrf", ["http.js"]),
}


def name_of(path: Path) -> str:
    return str(path.relative_to(STAFF))


@pytest.mark.skipif(not shutil.which("node"), reason="Node.js is not installed")
def test_the_kit_does_what_its_own_tests_say():
    tests = sorted(str(path) for path in TESTS.glob("*.test.js"))
    found = subprocess.run(
        ["node", "--test", *tests], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert re.search(r"^(# |ℹ )pass [1-9]", found.stdout, re.MULTILINE), found.stdout


def test_each_module_of_the_kit_has_tests():
    tested = {path.name.removesuffix(".test.js") for path in TESTS.glob("*.test.js")}
    assert [path.stem for path in KIT.glob("*.js") if path.stem not in tested] == []


@pytest.mark.parametrize("what", ONCE)
def test_what_the_kit_does_no_page_does_again(what):
    pattern, homes = ONCE[what]
    found = {name_of(path) for path in SCRIPTS if re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)}
    assert found == {f"kit/{home}" for home in homes}


@pytest.mark.parametrize("script", [*SCRIPTS, *sorted(GUEST.glob("*.js"))], ids=lambda path: path.stem)
def test_a_script_is_short_and_its_types_are_checked(script):
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "// @ts-check"
    assert not re.search(r"@ts-(ignore|nocheck|expect-error)", "\n".join(lines))
    assert len(lines) <= 250


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_what_a_script_imports_is_there(script):
    imported = re.findall(r"""\bimport\b[^"';]*["']([^"']+)["']""", script.read_text(encoding="utf-8"))
    assert [name for name in imported if not (script.parent / name).is_file()] == []


def test_what_pages_load_is_there():
    templates = (settings.BASE_DIR / "templates" / "admin").rglob("*.html")
    modules = [
        path
        for path in settings.BASE_DIR.glob("[a-z]*/**/*.py")
        if "tests" not in path.relative_to(settings.BASE_DIR).parts
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*templates, *modules])
    loaded = set(re.findall(r"facepass-admin/([\w/.-]+\.(?:js|css))", text))
    assert [name for name in sorted(loaded) if not (STAFF / name).is_file()] == []
    imported = {name for path in SCRIPTS for name in imports_of(path)}
    assert {name_of(path) for path in [*SCRIPTS, *STYLES]} == loaded | imported


def imports_of(script: Path) -> set[str]:
    """Return the modules that a script imports, for their values or for their types, as paths below STAFF."""
    names = re.findall(r"""(?:\bfrom |\bimport\()"(\.[^"]+)\"""", script.read_text(encoding="utf-8"))
    return {name_of((script.parent / name).resolve()) for name in names}


@pytest.mark.parametrize("style", STYLES, ids=name_of)
def test_classes_of_staff_pages_have_one_prefix(style):
    selectors = re.sub(r"/\*.*?\*/|\{[^{}]*\}", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)
    classes = set(re.findall(r"\.([A-Za-z_][\w-]*)", selectors))
    assert {name for name in classes if not name.startswith("fp-")} <= {"dark", "sortoptions"}  # unfold's


def test_no_class_is_styled_that_no_page_has():
    styled = {name for path in STYLES for name in re.findall(r"\.(fp-[\w-]+)", path.read_text(encoding="utf-8"))}
    sources = [*(settings.BASE_DIR / "templates").rglob("*.html"), *SCRIPTS, *settings.BASE_DIR.glob("[a-z]*/**/*.py")]
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in sources if "tests" not in path.relative_to(settings.BASE_DIR).parts
    )
    numbered = {name: re.sub(r"\d$", "{{", name) for name in styled}  # fp-line-{{ series.number }}
    assert [name for name, made in sorted(numbered.items()) if not re.search(rf"{made}(?![\w-])", text)] == []
