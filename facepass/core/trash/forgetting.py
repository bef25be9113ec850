"""Erasures that do not wait: what the trash holds of somebody who is forgotten now, such as a guest."""

from django.db import connection, models

from facepass.core.trash.registry import Link, list_links_to

NAMED = "label = %(label)s AND reference = '' AND content::json ->> %(column)s = %(key)s"
WITHOUT_IT = "(content::jsonb || jsonb_build_object(%(column)s::text, NULL))::text"


def forget_below(row: models.Model) -> None:
    """Delete the rows in the trash that belong to this row, and take its id out of those that only name it.

    Without them, what is restored later would bring back what somebody wanted to be forgotten. To be called before the
    row is deleted, in the same transaction.
    """
    for link in list_links_to(type(row)):
        _forget(link, str(row.pk))


def _forget(link: Link, key: str) -> None:
    do = "DELETE FROM trash_rows" if link.goes_along else f"UPDATE trash_rows SET content = {WITHOUT_IT}"  # noqa: S608 - constants
    with connection.cursor() as cursor:
        values = {"label": link.child._meta.label, "column": link.column, "key": key}
        cursor.execute(f"{do} WHERE {NAMED}", values)
