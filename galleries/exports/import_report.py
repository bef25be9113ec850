"""What became of each file of an imported folder, as CSV and in sentences."""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from galleries.exports.people_tables import write_csv
from galleries.photos.folders.importing import FileOutcome
from galleries.photos.folders.listing import Outcome


def write_import_csv(outcomes: Iterable[FileOutcome]) -> str:
    """Return a line for each file: its path, what became of it, the code and the text of why, the photo's id."""
    head = [_("file"), _("outcome"), _("code"), _("why"), _("photo")]
    return write_csv(head, ([each.name, each.outcome, each.code, each.message, each.photo or ""] for each in outcomes))


def summarize(counts: Counter[Outcome]) -> Iterator[str]:
    """Yield a line for each kind of outcome that there was but new photos, those there already and refusals."""
    for outcome, text in _labels().items():
        if number := counts[outcome]:
            yield f"{text}: {number}"


def _labels() -> dict[Outcome, str]:
    return {
        Outcome.RAW: _("raw files, left out"),
        Outcome.VIDEO: _("videos, left out"),
        Outcome.OTHER: _("files that are no pictures"),
        Outcome.HIDDEN: _("hidden files and thumbnails of systems, left out"),
        Outcome.LINK: _("links, not followed"),
        Outcome.UNREADABLE: _("files and folders that cannot be read"),
    }
