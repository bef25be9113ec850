"""A language is offered where its catalogue has what guests read: shown with one that is made up."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from facepass.settings.languages import list_languages, measure_completeness, read_guest_texts
from facepass.testing.factories import SessionFactory

OURS = Path(settings.LOCALE_PATHS[0])
RUSSIAN = OURS / "ru" / "LC_MESSAGES" / "django.po"
MADE_UP = "⟦made up⟧ "

pytestmark = pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext is not installed")


def translate(source, *, every=1):
    """A catalogue in which every so many of the texts are there, each the English one behind a mark."""
    header, *blocks = source.split("\n\n")
    header = re.sub(r'"Plural-Forms: [^"]*"', r'"Plural-Forms: nplurals=2; plural=(n != 1);\\n"', header)
    filled = [
        re.sub(r'^msgstr(?:\[\d\])? (?:".*"\n?)+', "", block, flags=re.MULTILINE).rstrip("\n") + "\n" + _answer(block)
        for number, block in enumerate(blocks)
        if number % every == 0
    ]
    return "\n\n".join([header, *filled]) + "\n"


def _answer(block):
    text = re.search(r'^msgid ((?:".*"\n)+)', block, re.MULTILINE)[1].rstrip("\n")
    marked = f'"{MADE_UP}"\n{text}' if not text.startswith('""\n"\\n') else text
    return f"msgstr[0] {marked}\nmsgstr[1] {marked}" if "\nmsgid_plural" in block else f"msgstr {marked}"


@pytest.fixture
def catalogues(tmp_path):
    """A folder with the Russian catalogue, and `add(code, every=…)`."""
    shutil.copytree(OURS / "ru", tmp_path / "ru")

    def add(code, *, every=1):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.po").write_text(translate(RUSSIAN.read_text(encoding="utf-8"), every=every), encoding="utf-8")
        command = ["msgfmt", "-o", str(folder / "django.mo"), str(folder / "django.po")]
        subprocess.run(command, env={"PATH": os.environ["PATH"]}, check=True)

    add.folder = tmp_path
    return add


def test_english_and_russian_are_there():
    assert [code for code, _name in settings.LANGUAGES] == ["en", "ru"]
    wanted = read_guest_texts(RUSSIAN)
    assert len(wanted) > 250
    assert "Agree and take a selfie" in wanted
    assert measure_completeness(OURS, "ru", wanted) == 1


def test_a_catalogue_with_what_guests_read_is_offered_under_its_own_name(catalogues):
    catalogues("de")
    assert [(code, str(name)) for code, name in list_languages(catalogues.folder)] == [
        ("en", "English"), ("de", "Deutsch"), ("ru", "Russian")
    ]  # fmt: skip


def test_one_with_half_of_it_is_not(catalogues):
    catalogues("de", every=2)
    assert [code for code, _name in list_languages(catalogues.folder)] == ["en", "ru"]


def test_nor_is_a_language_that_django_does_not_know(catalogues):
    catalogues("xx")
    assert [code for code, _name in list_languages(catalogues.folder)] == ["en", "ru"]


@pytest.fixture
def german(catalogues, settings):
    """Django with the made-up German among its languages."""
    catalogues("de")
    settings.LOCALE_PATHS = [catalogues.folder]
    settings.LANGUAGES = list_languages(catalogues.folder)


@pytest.mark.django_db
def test_guests_read_it_and_may_choose_it(german):
    session = SessionFactory()
    with translation.override("en"):
        page = Client(headers={"accept-language": "de"}).get(f"/s/{session.code}/").content.decode()
        assert '<html lang="de">' in page
        assert f"{MADE_UP}The photos are not here yet" in page
        assert 'value="de" lang="de" title="Deutsch" aria-current="true"' in page
        client = Client()
        client.post("/language/", {"language": "de", "next": "/"})
        assert f"{MADE_UP}Everyone finds their own photos" in client.get("/").content.decode()
