"""Every text has its Russian translation, and no translation is left over."""

import ast
import gettext
import os
import re
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

OURS, OF_LIBRARIES = (Path(path) / "ru" / "LC_MESSAGES" for path in settings.LOCALE_PATHS)
SOURCES = ("facepass", "recognition", "galleries", "training", "sessions_app", "templates")
# What a function that translates may be called in our code; xgettext knows no other names.
TRANSLATES = {"_", "gettext", "ngettext", "pgettext", "npgettext", "gettext_lazy", "pgettext_lazy", "ngettext_lazy"}
# Django's Russian has four forms; the last one is for fractions.
FORMS = 4

needs_gettext = pytest.mark.skipif(
    not (shutil.which("msgfmt") and shutil.which("xgettext")), reason="gettext is not installed"
)


@needs_gettext
@pytest.mark.parametrize("folder", [OURS, OF_LIBRARIES], ids=["ours", "of libraries"])
def test_every_text_is_translated_and_compiled(folder, tmp_path):
    """No entry is empty, fuzzy or obsolete."""
    found = subprocess.run(
        ["msgfmt", "--check-format", "--statistics", "-o", str(tmp_path / "django.mo"), str(folder / "django.po")],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},  # it counts in the user's language
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.fullmatch(r"\d+ translated messages\.\n", found.stderr), found.stderr
    assert "#~" not in (folder / "django.po").read_text(encoding="utf-8")
    assert (tmp_path / "django.mo").read_bytes() == (folder / "django.mo").read_bytes(), "compile it again"


@pytest.mark.parametrize("folder", [OURS, OF_LIBRARIES], ids=["ours", "of libraries"])
def test_every_plural_has_all_forms(folder):
    plurals = [block for block in blocks(folder / "django.po") if "\nmsgid_plural " in block]
    assert plurals
    for block in plurals:
        assert len(re.findall(r'^msgstr\[\d\] ".+"$', block, re.MULTILINE)) == FORMS, block


@needs_gettext
def test_the_translation_holds_the_texts_of_the_code_and_no_others(tmp_path):
    for name in SOURCES:
        ignored = shutil.ignore_patterns("__pycache__", "locale*")
        shutil.copytree(settings.BASE_DIR / name, tmp_path / name, ignore=ignored)
    (tmp_path / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "ru"]
    subprocess.run(command, cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, check=True)
    found = texts(tmp_path / "locale" / "ru" / "LC_MESSAGES" / "django.po")
    kept = texts(OURS / "django.po")
    assert sorted(found - kept) == [], "not in the translation"
    assert sorted(kept - found) == [], "in no source"


def test_makemessages_finds_every_text_of_the_code():
    """xgettext reads no f-strings, and knows no names of our own for what translates."""
    paths = [
        path
        for name in SOURCES
        for path in (settings.BASE_DIR / name).rglob("*.py")
        if "tests" not in path.relative_to(settings.BASE_DIR).parts
    ]
    assert paths
    for path in paths:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert [*hidden_in_f_strings(tree), *other_names(tree)] == [], path


def test_texts_of_libraries_are_still_in_the_libraries():
    sources = "".join(path.read_text(encoding="utf-8") for path in sources_of_libraries())
    plain = re.sub(r"""["']\s*\n\s*["']""", "", sources).replace('\\"', '"')  # texts in pieces
    left_over = [text for text in catalogue(OF_LIBRARIES) if text not in plain]
    assert left_over == []


def test_no_text_of_ours_changes_one_of_a_library():
    """All catalogues are one in the end: a column “may” would rename the month."""
    ours = catalogue(OURS)
    for folder in folders_of_libraries():
        theirs = catalogue(folder)
        changed = {text for text in ours.keys() & theirs.keys() if theirs[text] and ours[text] != theirs[text]}
        assert changed == set(), folder


def blocks(path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n\n")[1:]  # without the header


def texts(path) -> set[tuple[str, ...]]:
    """Context, text and plural of every entry."""
    joined = [re.sub(r'"\n"', "", block) for block in blocks(path)]
    found = [re.findall(r'^msg(?:ctxt|id|id_plural) (".+")$', block, re.MULTILINE) for block in joined]
    return {tuple(each) for each in found}


def catalogue(folder) -> dict[str, str]:
    """The first form of every entry, by its text (behind its context and `\\x04`, where it has one)."""
    with (folder / "django.mo").open("rb") as file:
        kept = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    forms = ((key if isinstance(key, str) else key[0], key, text) for key, text in kept.items())
    return {text: value for text, key, value in forms if text and (isinstance(key, str) or key[1] == 0)}


def folders_of_libraries() -> list[Path]:
    roots = [Path(str(resources.files("django"))) / "conf", *(Path(app.path) for app in apps.get_app_configs())]
    folders = [root / "locale" / "ru" / "LC_MESSAGES" for root in roots]
    return [folder for folder in folders if (folder / "django.mo").exists() and folder != OURS]


def sources_of_libraries() -> list[Path]:
    """What has Russian of its own lists its texts in its catalogue; Unfold has none."""
    unfold = Path(str(resources.files("unfold")))
    listed = [folder / "django.po" for folder in folders_of_libraries()]
    return [*unfold.rglob("*.html"), *unfold.rglob("*.py"), *(path for path in listed if path.exists())]


def hidden_in_f_strings(tree: ast.AST) -> list[int]:
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))
    inside = (node for string in strings for node in ast.walk(string) if isinstance(node, ast.Call))
    return [node.lineno for node in inside if isinstance(node.func, ast.Name) and node.func.id in TRANSLATES]


def other_names(tree: ast.AST) -> list[int]:
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    names = (
        (node.lineno, name)
        for node in imports
        for name in node.names
        if node.module == "django.utils.translation" and "gettext" in name.name
    )
    return [line for line, name in names if (name.asname or name.name) not in TRANSLATES]
