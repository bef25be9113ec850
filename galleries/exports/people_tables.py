"""Photos and the people in them as CSV, for spreadsheets, and as JSON, for programs."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TypedDict

from django.utils.translation import gettext as _

from facepass.core.database.storable_values import storable_moment
from galleries.exports.named_photos import NamedPhoto

# Spreadsheets take a cell that begins so for a formula, and file names and names are whatever somebody typed.
FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")
# By this mark Excel knows that the file is UTF-8.
BYTE_ORDER_MARK = "\ufeff"
SEPARATOR = "; "


class PersonEntry(TypedDict):
    id: str
    name: str
    confirmed: bool


class PhotoEntry(TypedDict):
    id: str
    file: str
    folder: str
    gallery: str
    taken_at: str | None
    hidden_from_guests: bool
    tags: list[str]
    people: list[PersonEntry]


def write_people_csv(rows: Iterable[NamedPhoto]) -> str:
    """Return a line for each photo: gallery, folder, file, when taken, who is confirmed, who proposed, tags."""
    head = [_("gallery"), _("folder"), _("file"), _("taken"), _("people"), _("proposed"), _("tags")]
    return write_csv(head, map(_row_of, rows))


def _row_of(row: NamedPhoto) -> list[str]:
    photo, moment = row.photo, storable_moment(row.photo.taken_at)
    names = [SEPARATOR.join(row.confirmed_names), SEPARATOR.join(row.proposed_names)]
    return [
        photo.gallery.title,
        photo.folder,
        photo.original_name,
        moment.isoformat() if moment else "",
        *names,
        photo.tags,
    ]


def write_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table that spreadsheets open as text: UTF-8, and no cell is a formula."""
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([plain_cell(str(cell)) for cell in row] for row in rows)
    return text.getvalue()


def plain_cell(cell: str) -> str:
    """Return the cell so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_BEGINNINGS) else cell


def build_people_json(rows: Iterable[NamedPhoto]) -> list[PhotoEntry]:
    return [_entry_of(row) for row in rows]


def _entry_of(row: NamedPhoto) -> PhotoEntry:
    photo, moment = row.photo, storable_moment(row.photo.taken_at)
    return {
        "id": str(photo.pk),
        "file": photo.original_name,
        "folder": photo.folder,
        "gallery": photo.gallery.title,
        "taken_at": moment.isoformat() if moment else None,
        "hidden_from_guests": photo.hidden_from_guests,
        "tags": photo.tag_list,
        "people": [{"id": str(who.pk), "name": who.name, "confirmed": who.confirmed} for who in row.people],
    }
