"""Rows that a request names by their ids, and the refusal that says which of them is not there.

A stranger's row is answered as one that there never was: look among the rows that the principal may see.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from facepass.core.api.document.things import ID_OF_MODEL, NOUNS
from facepass.core.errors import FacePassError

M = TypeVar("M", bound=Model)


def get_row(rows: QuerySet[M], pk: object, *, name: str | None = None) -> M:
    """Return the row with that id. Raise 404 `not_found` with the id, by the `name` that the API has for it."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise missing_error(name or name_of_id(rows.model), [pk])
    return found


def get_rows(rows: QuerySet[M], ids: Sequence[UUID]) -> list[M]:
    """Return the rows with these ids, in their order. Raise 404 `not_found` with those that are not there."""
    found = {row.pk: row for row in rows.filter(pk__in=ids)}
    if absent := [pk for pk in ids if pk not in found]:
        raise missing_error(name_of_id(rows.model), absent)
    return [found[pk] for pk in dict.fromkeys(ids)]


def name_of_id(model: type[Model]) -> str:
    return ID_OF_MODEL.get(model._meta.label, "id")


def missing_error(name: str, ids: Iterable[object]) -> FacePassError:
    """Return 404 `not_found`; its details have the id, or a list of them where several are missing."""
    absent = list(dict.fromkeys(map(str, ids)))
    message = _("There is no such %(thing)s: %(ids)s.") % {"thing": NOUNS.get(name, name), "ids": ", ".join(absent[:3])}
    details = {name: absent[0]} if len(absent) == 1 else {f"{name}s": absent}
    return FacePassError("not_found", message, status=404, details=details)
