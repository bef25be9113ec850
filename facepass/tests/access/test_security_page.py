"""docs/security.md: each measure names a test that is there, and every chapter of the ASVS is judged."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGE = ROOT / "docs" / "security.md"
CHAPTERS, STATES = 17, {"met", "in part", "not met", "not applicable"}
SPAN = re.compile(r"`([^`]+)`")


def read_tables() -> Iterator[tuple[list[str], list[list[str]]]]:
    """Yield the heading and the rows of each table of the page."""
    for block in re.findall(r"(?:^\|.*\n)+", PAGE.read_text(), re.MULTILINE):
        lines = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in block.splitlines()]
        lines = [[cell.strip("| ") for cell in line] for line in lines]
        yield lines[0], lines[2:]


@cache
def read_tests(name: str) -> dict[str, str]:
    """Return the test files whose path ends so, with their text."""
    folders = (path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))
    found = [path for folder in folders for path in folder.glob("**/tests/**/test_*.py")]
    named = [path for path in found if f"/{path.relative_to(ROOT)}".endswith(f"/{name}")]
    return {str(path): path.read_text() for path in named}


def find_missing(cell: str, file: str) -> tuple[list[str], str]:
    """Return what the cell names and is not there, and the file that its `…` stand for afterwards."""
    missing = []
    for span in SPAN.findall(cell):
        path, _colons, test = span.partition("::") if ".py" in span else ("", "", span)
        if path:
            file = path.removeprefix("…/")
        words = test.removeprefix("…").removeprefix("::").strip("…")
        texts = read_tests(file).values()
        if not any(re.search(rf"^ *(async )?def \w*{re.escape(words)}", text, re.MULTILINE) for text in texts):
            missing.append(f"{file}::{words}")
    return missing, file


def test_every_measure_names_a_test_that_is_there():
    missing, silent, file = [], [], ""
    for heading, rows in read_tables():
        if heading[-1] != "test":
            continue
        for row in rows:
            gone, file = find_missing(row[-1], file)
            missing += gone
            if not SPAN.search(row[-1]) and row[-1] not in ("the same", "–"):
                silent.append(row[0])
    assert missing == []
    assert silent == []


def test_every_chapter_of_the_asvs_is_judged_and_what_is_met_is_tested():
    rows = next(rows for heading, rows in read_tables() if heading[0] == "chapter")
    assert [row[0].split()[0] for row in rows] == [f"V{number}" for number in range(1, CHAPTERS + 1)]
    assert {row[1] for row in rows} <= STATES
    assert [row[0] for row in rows if row[1] != "not applicable" and not SPAN.search(row[-1])] == []
