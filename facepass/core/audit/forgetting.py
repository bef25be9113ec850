"""What is erased goes from the audit too: what entries tell of those rows, and where another row named them.

The entries stay, with the digests of what was told, so that the chain can still be verified.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from facepass.core.audit.acts import current_act
from facepass.models import TrashRow

GONE = """
    UPDATE audit_rows told SET before = NULL, after = NULL, salt = '', erased_at = clock_timestamp(),
        key = encode(sha256(convert_to(told.label || E'\\n' || told.key, 'UTF8')), 'hex')
"""
BY_KEY = f"{GONE} WHERE told.erased_at IS NULL AND told.label = %(label)s AND told.key = ANY (%(keys)s)"
# Such as a face that had the person's name.
NAMED_IN = "EXISTS (SELECT FROM jsonb_each_text(coalesce(told.{}, '{{}}')) one WHERE one.value = ANY (%(keys)s))"
NAMING = f"{GONE} WHERE told.erased_at IS NULL AND ({NAMED_IN.format('before')} OR {NAMED_IN.format('after')})"
IN_TRASH = f"""
    {GONE} FROM trash_rows gone
    WHERE gone.entry_id = %(entry)s AND gone.reference = '' AND told.label = gone.label AND told.key = gone.key
        AND told.erased_at IS NULL
"""


OF_STUDIO = f"""
    {GONE} FROM audit_entries entry
    WHERE entry.id = told.entry_id AND entry.studio_id = %(studio)s AND told.erased_at IS NULL
"""


def forget(label: str, keys: Sequence[str]) -> None:
    """Erase what is told of these rows, and of rows that name them. In the transaction that erases them."""
    if not keys:
        return
    values: dict[str, Any] = {"label": label, "keys": list(keys)}
    with connection.cursor() as cursor:
        cursor.execute(BY_KEY, values)
        cursor.execute(NAMING, values)
    if act := current_act():
        act.forget(label, keys)


def forget_trashed(entry_id: UUID) -> None:
    """Erase what is told of everything in an entry of the trash. Before its rows are deleted."""
    with connection.cursor() as cursor:
        cursor.execute(IN_TRASH, {"entry": entry_id})
    if act := current_act():
        told = TrashRow.objects.filter(entry=entry_id, reference="", key__in=[key for _label, key in act.rows])
        for label, key in told.values_list("label", "key"):
            act.forget(label, [key])


def forget_studio(studio_id: UUID) -> None:
    """Erase what is told of rows of a studio, in every entry that is about it."""
    with connection.cursor() as cursor:
        cursor.execute(OF_STUDIO, {"studio": studio_id})
    if act := current_act():
        act.forget_studio(studio_id)
