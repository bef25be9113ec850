"""Which languages are offered: those whose catalogue has all that guests read. docs/translating.md: how to add one."""

import gettext
import re
from collections.abc import Sequence
from pathlib import Path

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

# The share of guests' texts that a catalogue has to have. The rest is shown in English.
ENOUGH = 0.98
# Where texts are that guests read, as catalogues refer to them.
GUESTS = re.compile(r"^#: .*\b(templates/guest/|templates/base|templates/language|sessions_app/guest/)", re.MULTILINE)
# The catalogue that is always complete (a test holds it so): it tells which texts there are.
REFERENCE = "ru"
# The names of languages that our own texts name; others are called by themselves.
NAMES = {"en": _("English"), "ru": _("Russian")}


def list_languages(folder: Path) -> list[tuple[str, object]]:
    """Return the languages of a folder of catalogues, as Django's LANGUAGES are: code and name, English first."""
    reference = folder / REFERENCE / "LC_MESSAGES" / "django.po"
    wanted = read_guest_texts(reference) if reference.exists() else set()
    codes = sorted(path.parent.parent.name for path in folder.glob("*/LC_MESSAGES/django.mo"))
    offered = [code for code in codes if _is_offered(folder, code, wanted)]
    return [(code, NAMES.get(code, LANG_INFO[code]["name_local"])) for code in ("en", *offered)]


def _is_offered(folder: Path, code: str, wanted: set[str]) -> bool:
    """Return whether Django knows the language and the catalogue has enough of the texts that guests read."""
    return "name_local" in LANG_INFO.get(code, {}) and measure_completeness(folder, code, wanted) >= ENOUGH


def measure_completeness(folder: Path, code: str, wanted: set[str]) -> float:
    """Return the share of these texts that the language's compiled catalogue has, 0 to 1."""
    with (folder / code / "LC_MESSAGES" / "django.mo").open("rb") as file:
        catalogue: dict[object, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    translated = {str(key[0] if isinstance(key, tuple) else key) for key, text in catalogue.items() if text}
    return len(wanted & translated) / len(wanted) if wanted else 0.0


def read_guest_texts(catalogue: Path) -> set[str]:
    """Return the texts of a `.po` file that guests read, each behind its context and `\\x04` where it has one."""
    blocks = catalogue.read_text(encoding="utf-8").split("\n\n")
    return {_read_key(block) for block in blocks if GUESTS.search(block)}


def _read_key(block: str) -> str:
    context, text = _read_field(block, "msgctxt"), _read_field(block, "msgid")
    return f"{context}\x04{text}" if context else text


def _read_field(block: str, name: str) -> str:
    found = re.search(rf'^{name} ((?:"(?:[^"\\]|\\.)*"\n?)+)', block, re.MULTILINE)
    pieces: Sequence[str] = re.findall(r'"((?:[^"\\]|\\.)*)"', found[1]) if found else ()
    return "".join(pieces).replace(r"\n", "\n").replace(r"\"", '"').replace(r"\\", "\\")
