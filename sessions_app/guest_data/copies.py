"""A guest's photos, each once, also where the studio has uploaded a file into several galleries of an event."""

from collections.abc import Iterable

from galleries.models.copies import keep_one_copy
from sessions_app.models import FoundPhoto


def list_each_once(rows: Iterable[FoundPhoto]) -> list[FoundPhoto]:
    """Return a guest's rows, or rows of one link, with each photo once: see `galleries.models.copies`.

    What the guest said of one copy holds for all: one that came later knows nothing of it.
    """
    rows = list(rows)
    said = {row.photo.sha256: row for row in rows if row.refused_at}
    favourites = {row.photo.sha256 for row in rows if row.favourite}
    kept = keep_one_copy(rows, photo_of=lambda row: row.photo)
    for row in kept:
        refused = said.get(row.photo.sha256)
        row.refused_at = refused.refused_at if refused else None
        row.favourite = not refused and row.photo.sha256 in favourites
    return kept
