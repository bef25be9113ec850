"""The list of what was erased: digests of ids in a chain, applied again to a back-up that was restored.

A line has the digest of an id, so that the list itself is no trace: only who has the id again finds it there.

Each line covers the one before, so that none can be changed, left out or put between others without a trace. The list
is a table, and on each host a file (`erasures.jsonl` in FACEPASS_HOME), because a restored database has an older list.
"""

import fcntl
import json
import os
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
    transaction.on_commit(partial(bring_file_up_to_date, rows))


def bring_file_up_to_date(just_erased: Sequence[ErasedSubject] = ()) -> None:
    """Add to this host's file what the table has since: also what other hosts have erased, so that the chain holds.

    A file whose last line the table does not know (the database was put back by other means than `restore`) keeps all
    of its lines, and only what was just erased is added.
    """
    handle = os.open(list_path(), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = list(_parse(file.read().splitlines()))[-1:]
        rows = ErasedSubject.objects.order_by("pk")
        last = rows.filter(digest=known[0].digest).first() if known else None
        added = just_erased if known and last is None else rows.filter(pk__gt=last.pk if last else 0)
        file.write("".join(f"{as_line(row)}\n" for row in added))


def go_on_from(ledgers: Iterable[Sequence[ErasedSubject]]) -> None:
    """Add to the table, which a back-up has brought, what the longest of the lists has after the table's last line.

    The chain then goes on where it was before, and the hosts' files with it. A list of another chain is left out.
    """
    present = [row.digest for row in ErasedSubject.objects.order_by("pk")]
    fitting = [list(ledger) for ledger in ledgers]
    fitting = [ledger for ledger in fitting if [row.digest for row in ledger[: len(present)]] == present]
    later = max(fitting, key=len, default=[])[len(present) :]
    for row in later:
        row.pk = None
        row._state.adding = True
    ErasedSubject.objects.bulk_create(later)


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
