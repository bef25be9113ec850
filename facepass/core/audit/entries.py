"""An act becomes an entry: begun with its first change, and finished with the answer.

An act that touches several studios makes an entry for each, so that an owner reads of no other studio's rows.
"""

import hashlib
import json
import secrets
from collections import Counter
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from facepass.core import hash_chain
from facepass.core.audit.acts import Act, RowChange
from facepass.core.audit.shown_rows import Values
from facepass.models import AuditedRow, AuditEntry

SALT_BYTES = 16
COMPLETED = ["finished_at", "status", "counts", "studio_id", "action", "actor_kind", "actor_id"]
Rows = dict[tuple[str, str], RowChange]


def store(act: Act) -> None:
    """Store the entry of an act that goes on, in the caller's transaction. Done again, it changes nothing."""
    studio_id = act.find_actor().studio_id
    AuditEntry.objects.bulk_create([_build(act, studio_id=studio_id)], ignore_conflicts=True)


def finish(act: Act, *, status: int) -> None:
    """Complete the entry of an act that has come to its end; none where all that it wrote was rolled back."""
    if not act.counts and not act.is_declared:
        return
    studio_id = act.find_actor().studio_id
    groups = _group_by_studio(act.rows, otherwise=studio_id)
    entries = [_build(act, studio_id=studio_id) for studio_id in groups]
    for place, entry in enumerate(entries):
        _complete(entry, act, status=status, is_first=place == 0, rows=groups[entry.studio_id])
    told = [_build_row(entry, known, change) for entry in entries for known, change in groups[entry.studio_id].items()]
    with transaction.atomic():
        if _update_stored(entries[0], is_declared=act.is_declared):
            AuditEntry.objects.bulk_create(entries[1:])
            AuditedRow.objects.bulk_create(told)


def _update_stored(entry: AuditEntry, *, is_declared: bool) -> bool:
    """Complete what was stored, and return whether it is there: a rollback may have taken it away."""
    fields = {name: getattr(entry, name) for name in COMPLETED}
    if AuditEntry.objects.filter(pk=entry.pk).update(**fields):
        return True
    if is_declared:
        entry.save(force_insert=True)
    return is_declared


def _group_by_studio(rows: Rows, *, otherwise: UUID | None) -> dict[UUID | None, Rows]:
    """Return the rows of each studio. Those of none go with the only studio that there is, or with `otherwise`."""
    studios = _list_studios(rows)
    loose = studios[0] if len(studios) == 1 else otherwise
    groups: dict[UUID | None, Rows] = {studio: {} for studio in studios}
    if not studios:
        groups[loose] = {}
    for known, change in rows.items():
        groups.setdefault(change.studio_id or loose, {})[known] = change
    return groups


def _list_studios(rows: Rows) -> list[UUID]:
    return list(dict.fromkeys(change.studio_id for change in rows.values() if change.studio_id))


def _complete(entry: AuditEntry, act: Act, *, status: int, is_first: bool, rows: Rows) -> None:
    """The first entry is the one that was stored; it counts everything, unless others show whose the rows were."""
    entry.status, entry.finished_at = status, timezone.now()
    if not is_first:
        entry.pk = _other_id(act, entry.studio_id)
    if len(_list_studios(act.rows)) > 1:
        entry.counts = dict(Counter(label for label, _key in rows))


def _other_id(act: Act, studio_id: UUID | None) -> UUID:
    return UUID(bytes=hashlib.sha256(f"{act.id}{studio_id}".encode()).digest()[:16], version=4)


def _build(act: Act, *, studio_id: UUID | None) -> AuditEntry:
    actor = act.find_actor()
    return AuditEntry(
        pk=act.id, happened_at=act.happened_at, actor_kind=actor.kind, actor_id=actor.id, studio_id=studio_id,
        action=act.action[:200], counts=dict(act.counts), request_id=act.request_id, address=act.address,
    )  # fmt: skip


def _build_row(entry: AuditEntry, known: tuple[str, str], change: RowChange) -> AuditedRow:
    label, key = known
    before, after = only_changes(change)
    row = AuditedRow(entry=entry, label=label, key=key, before=before, after=after)
    row.salt = secrets.token_hex(SALT_BYTES)
    row.digest = digest_of_row(row)
    if change.is_forgotten:
        row.key, row.before, row.after, row.salt = hash_chain.digest_of_key(label, key), None, None, ""
        row.erased_at = timezone.now()
    return row


def only_changes(change: RowChange) -> tuple[Values | None, Values | None]:
    """Return the values that differ; of a row that was made or deleted, all."""
    before, after = change.before, change.after
    if before is None or after is None:
        return before, after
    differ = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in differ}, {name: after[name] for name in differ}


def digest_of_row(row: AuditedRow) -> str:
    """Return what stands for the row in the chain."""
    told = json.dumps([row.salt, row.label, row.key, row.before, row.after], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()
