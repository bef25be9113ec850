"""The list of what was erased: digests of ids in a chain, applied again to a back-up that was restored.

A line has the digest of an id, so that the list itself is no trace: only who has the id again finds it there.

Each line covers the one before, so that none can be changed, left out or put between others without a trace. The list
is a table, and a file beside it (`erasures.jsonl` in FACEPASS_HOME), because a restored database has an older list.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.module_loading import import_string

from facepass.core import hash_chain
from facepass.core.database.advisory_locks import LockPurpose, lock_for_transaction
from facepass.core.hash_chain import ChainBreak
from facepass.core.trash import traces
from facepass.core.trash.registry import KINDS
from facepass.models import ErasedSubject

FILE = "erasures.jsonl"
# Dotted names of functions that erase rows of a model, by keys, and return how many there were.
ERASERS: dict[str, str] = {"facepass.Studio": "facepass.core.trash.studios.erase_studios_again"}


def record(label: str, keys: Sequence[str], *, receipt: UUID | None = None) -> None:
    """Note that the rows of that model have been erased, and erase what is told of them elsewhere.

    To be called in the transaction that erases them.
    """
    if not keys:
        return
    traces.forget_rows(label, keys)
    lock_for_transaction(LockPurpose.ERASURES)
    last = ErasedSubject.objects.order_by("-pk").first()
    rows = [
        ErasedSubject(
            label=label,
            subject=digest_of_subject(label, key),
            receipt=str(receipt or ""),
            erased_at=timezone.now(),
        )
        for key in keys
    ]
    hash_chain.extend(rows, digest_of, last=last.digest if last else hash_chain.START)
    ErasedSubject.objects.bulk_create(rows)
    transaction.on_commit(partial(hash_chain.append_lines, list_path(), [as_line(row) for row in rows]))


def digest_of(row: ErasedSubject) -> str:
    """Return the SHA-256 of the line and the digest of the one before."""
    moment = row.erased_at.astimezone(UTC).isoformat()
    return hash_chain.digest_link(row.previous, row.label, row.subject, row.receipt, moment)


def find_break(rows: Iterable[ErasedSubject]) -> ChainBreak | None:
    """Return where the chain is broken; None where it holds."""
    return hash_chain.find_break(rows, digest_of)


def as_line(row: ErasedSubject) -> str:
    return json.dumps(
        {
            "label": row.label,
            "subject": row.subject,
            "receipt": row.receipt,
            "erased_at": row.erased_at.isoformat(),
            "previous": row.previous,
            "digest": row.digest,
        }
    )


def read_file(path: Path) -> list[ErasedSubject]:
    """Return the lines of such a file as rows that are not stored."""
    return read_text(path.read_text(encoding="utf-8"))


def read_text(text: str) -> list[ErasedSubject]:
    """Return the lines of such a file's text as rows that are not stored."""
    return list(_parse(text.splitlines()))


def list_path() -> Path:
    """Return the file of this installation."""
    return Path(settings.HOME) / FILE


def erase_again(rows: Iterable[ErasedSubject]) -> dict[str, int]:
    """Erase what is on the list and is there; return how many rows of each model it was. Nothing goes to the trash."""
    listed: dict[str, set[str]] = {}
    for row in rows:
        listed.setdefault(row.label, set()).add(row.subject)
    counts = {}
    for label in listed.keys() & ERASERS.keys():
        keys = map(str, _model_of(label)._base_manager.values_list("pk", flat=True).iterator())
        found = [key for key in keys if digest_of_subject(label, key) in listed[label]]
        counts[label] = import_string(ERASERS[label])(found)
    return counts


def _model_of(label: str) -> type[Model]:
    """Return the model of a label, which may name a part of its rows: `sessions_app.PhotoSession.faces`."""
    return apps.get_model(".".join(label.split(".")[:2]))


def digest_of_subject(label: str, key: str) -> str:
    return hash_chain.digest_of_key(label, key)


def label_of_kind(kind: str) -> str:
    """Return the label of the model that a deletion of that kind begins with."""
    return KINDS[kind].model


def _parse(lines: Iterable[str]) -> Iterator[ErasedSubject]:
    for line in filter(None, lines):
        told = json.loads(line)
        yield ErasedSubject(
            label=told["label"],
            subject=told["subject"],
            receipt=told["receipt"],
            erased_at=datetime.fromisoformat(told["erased_at"]),
            previous=told["previous"],
            digest=told["digest"],
        )
