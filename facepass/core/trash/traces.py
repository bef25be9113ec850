"""What else tells of rows that are gone for good: the audit, the admin's log, answers kept for repeated requests.

All is cleared where the rows are erased, in the same transaction.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from facepass.core.audit import forgetting as audit
from facepass.models import ApiKey, KeptAnswer

# What stands in the admin's log for the name of a row.
NOBODY: Final = "–"
GONE_BODY: Final = b'{"error": {"code": "not_found", "message": "Whom this was about has been erased.", "details": {}}}'
# The request still counts as made, so that nothing is made anew.
GONE_ANSWER: Final[dict[str, Any]] = {
    "status": 404,
    "headers": {"Content-Type": "application/json"},
    "body": GONE_BODY,
}

LOG_OF_TRASHED = """
    UPDATE django_admin_log told SET object_repr = %(nobody)s, change_message = ''
    FROM trash_rows gone, django_content_type kind
    WHERE gone.entry_id = %(entry)s AND gone.reference = '' AND told.object_id = gone.key
        AND kind.id = told.content_type_id AND lower(gone.label) = kind.app_label || '.' || kind.model
"""
# Ids in an answer are UUIDs, and are looked for in the list of what goes, which may be long.
TOLD = "regexp_matches(encode(kept.body, 'escape'), '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'g') told(ids)"
CLEAR = "UPDATE kept_answers kept SET status = 404, headers = %(headers)s::jsonb, body = %(body)s"
ANSWERS_OF_TRASHED = f"""
    {CLEAR} WHERE kept.status IS NOT NULL AND EXISTS (
        SELECT FROM {TOLD} JOIN trash_rows gone ON gone.key = told.ids[1]
        WHERE gone.entry_id = %(entry)s AND gone.reference = '')
"""
ANSWERS_WITH = f"""
    {CLEAR} WHERE kept.status IS NOT NULL AND EXISTS (SELECT FROM {TOLD} WHERE told.ids[1] = ANY (%(keys)s))
"""


def forget_rows(label: str, keys: Sequence[str]) -> None:
    """Clear what is told of these rows of a model."""
    audit.forget(label, keys)
    if not keys:
        return
    app, _dot, name = label.partition(".")
    kind = ContentType.objects.filter(app_label=app, model=name.lower()).first()
    LogEntry.objects.filter(content_type=kind, object_id__in=list(keys)).update(object_repr=NOBODY, change_message="")
    _clear_answers(ANSWERS_WITH, keys=list(keys))


def forget_trashed(entry_id: UUID) -> None:
    """Clear what is told of everything in an entry of the trash, and of the entry. Before its rows are deleted."""
    audit.forget_trashed(entry_id)
    with connection.cursor() as cursor:
        cursor.execute(LOG_OF_TRASHED, {"nobody": NOBODY, "entry": entry_id})
    _clear_answers(ANSWERS_OF_TRASHED, entry=entry_id)
    forget_rows("facepass.TrashEntry", [str(entry_id)])


def forget_studio(studio_id: UUID) -> None:
    """Clear what is told of a studio that has just been deleted, and of anything that it had."""
    audit.forget_studio(studio_id)
    forget_rows("facepass.Studio", [str(studio_id)])


def delete_answers_of_studio(studio_id: UUID) -> None:
    """Delete all answers that are kept for the studio's apps. Before its keys are deleted."""
    keys = [f"key:{pk}" for pk in ApiKey.objects.filter(studio=studio_id).values_list("pk", flat=True)]
    KeptAnswer.objects.filter(principal__in=keys).delete()


def _clear_answers(statement: str, **which: UUID | list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"headers": '{"Content-Type": "application/json"}', "body": GONE_BODY, **which})
