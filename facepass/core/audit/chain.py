"""The chain of the audit: entries get their places in it, are checked, and are cut off when their time is over.

An act waits for no other one: entries are stored without a place, and sealed, all that wait at once, by a chore. The
heads that a chore notes in a file beside the database, signed with a key that is not in it, show when entries at the
end were taken away, or all of them written anew.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from facepass.core import hash_chain
from facepass.core.audit.entries import digest_of_row
from facepass.core.database.advisory_locks import LockPurpose, lock_for_transaction
from facepass.models import AuditEntry, AuditHead

FILE = "audit.jsonl"
# Sealed in one transaction.
BATCH = 500
# An act that has not ended by then never will: its process died.
GIVEN_UP = timedelta(minutes=10)
PLACE = """
    UPDATE audit_entries kept SET number = made.number, previous = made.previous, digest = made.digest
    FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::text[]) made (id, number, previous, digest)
    WHERE kept.id = made.id
"""


@dataclass(frozen=True, slots=True)
class Head:
    """An entry's place and digest. Everything before it is covered by the digest."""

    number: int
    digest: str
    signature: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a check. `problem` is empty where the chain holds."""

    entries: int
    waiting: int
    erased_rows: int
    problem: str = ""


def seal_entries() -> None:
    """Give entries that have come to their end a place in the chain. A chore."""
    while seal_batch() == BATCH:
        pass


@transaction.atomic
def seal_batch() -> int:
    """Give the oldest ones that wait their places, BATCH at most, and return how many there were."""
    lock_for_transaction(LockPurpose.AUDIT)
    ended = Q(finished_at__isnull=False) | Q(happened_at__lt=timezone.now() - GIVEN_UP)
    waiting = AuditEntry.objects.filter(ended, number=None).order_by("happened_at", "pk")
    rows = list(waiting.select_for_update().prefetch_related("rows")[:BATCH])
    number, digest = last_place()
    for row in rows:
        row.number = number = number + 1
    hash_chain.extend(rows, digest_of, last=digest)
    columns = zip(*((row.pk, row.number, row.previous, row.digest) for row in rows), strict=True)
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(PLACE, [list(column) for column in columns])
    return len(rows)


def last_place() -> tuple[int, str]:
    """Return the number and the digest that the next entry follows."""
    last = AuditEntry.objects.sealed().last() or AuditHead.objects.order_by("-number").first()
    return (last.number or 0, last.digest) if last else (0, hash_chain.START)


def digest_of(entry: AuditEntry) -> str:
    """Return the digest of the entry, of its rows' digests, and of the entry before."""
    moment = entry.happened_at.astimezone(UTC).isoformat()
    rows = [[row.label, row.digest] for row in entry.rows.all()]
    told = [
        entry.number, str(entry.pk), moment, entry.actor_kind, entry.actor_id, str(entry.studio_id), entry.action,
        entry.counts, entry.status, entry.request_id, entry.address, rows,
    ]  # fmt: skip
    return hash_chain.digest_link(entry.previous, json.dumps(told, sort_keys=True))


def sign(number: int, digest: str) -> str:
    """Return the signature of a head, by the key that lies outside of the database."""
    told, key = f"{number}\n{digest}", settings.TEMPLATE_KEY
    return salted_hmac("facepass.audit", told, secret=key, algorithm="sha256").hexdigest()


def note_head() -> None:
    """Cut off what is old, and write down where the chain ends by now. A chore."""
    cut_off_old()
    (number, digest), heads = last_place(), list_heads()
    if number > (heads[-1].number if heads else 0):
        line = {"number": number, "digest": digest, "at": timezone.now().isoformat(), "signature": sign(number, digest)}
        hash_chain.append_lines(list_path(), [json.dumps(line)])


def begin_file_anew(*, kept_as: str) -> Path | None:
    """Put the file of heads aside, and begin one with the chain as it is now; return where the former one is.

    For a database that was restored: its chain ends before the last heads, and goes on from there with other entries.
    """
    path, aside = list_path(), list_path().with_name(kept_as)
    was_there = path.exists()
    if was_there:
        path.replace(aside)
    seal_entries()
    note_head()
    return aside if was_there else None


@transaction.atomic
def cut_off_old() -> None:
    """Delete what is older than AUDIT_DAYS, from the beginning of the chain on, and keep the head of what was cut."""
    lock_for_transaction(LockPurpose.AUDIT)
    young = AuditEntry.objects.sealed().filter(happened_at__gte=_oldest()).first()
    old = AuditEntry.objects.sealed().filter(**({"number__lt": young.number} if young else {}))
    last = old.last()
    if last is None or last.number is None:
        return
    AuditHead.objects.create(number=last.number, digest=last.digest, signature=sign(last.number, last.digest))
    old.delete()


def _oldest() -> datetime:
    return timezone.now() - timedelta(days=settings.AUDIT_DAYS)


def list_path() -> Path:
    """Return the file of this installation's heads."""
    return Path(settings.HOME) / FILE


def list_heads(path: Path | None = None) -> list[Head]:
    """Return the heads that were written down, the oldest first."""
    path = path or list_path()
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    told = [json.loads(line) for line in lines if line]
    return [Head(one["number"], one["digest"], one["signature"]) for one in told]


def verify(path: Path | None = None) -> Verdict:
    """Check every entry that is there, the rows that they tell of, what was cut off, and the heads in the file."""
    cut = AuditHead.objects.order_by("-number").first()
    heads = list_heads(path)
    walk = _Walk(cut.number if cut else 0, cut.digest if cut else hash_chain.START, noted={one.number for one in heads})
    problem = ""
    if cut and not _is_signed(Head(cut.number, cut.digest, cut.signature)):
        problem = f"The head of what was cut off, number {cut.number}, has a wrong signature."
    problem = problem or walk.find_problem() or _find_missing_head(heads, walk)
    waiting = AuditEntry.objects.filter(number=None).count()
    return Verdict(walk.entries, waiting, walk.erased_rows, problem)


class _Walk:
    """A walk along the chain, from what was cut off to its end."""

    def __init__(self, number: int, digest: str, *, noted: set[int]) -> None:
        self.number, self.digest = number, digest
        self.entries = self.erased_rows = 0
        # Digests of the entries that somebody wrote down, and of the one that was cut off last.
        self._noted, self.digests = noted, {number: digest}

    def find_problem(self) -> str:
        """Return what is wrong with the first entry that does not fit; empty where all do."""
        for entry in _iterate():
            if entry.number != self.number + 1:
                return f"Entry {self.number + 1} is missing."
            if entry.previous != self.digest or entry.digest != digest_of(entry):
                return f"Entry {entry.number} was changed."
            for row in entry.rows.all():
                self.erased_rows += row.erased_at is not None
                if row.erased_at is None and row.digest != digest_of_row(row):
                    return f"What entry {entry.number} tells of a row was changed."
            self.number, self.digest = entry.number, entry.digest
            if entry.number in self._noted:
                self.digests[entry.number] = entry.digest
            self.entries += 1
        return ""


def _iterate() -> Iterator[AuditEntry]:
    return AuditEntry.objects.sealed().prefetch_related("rows").iterator(chunk_size=BATCH)


def _find_missing_head(heads: Sequence[Head], walk: _Walk) -> str:
    """Return what the file of heads knows better; empty where it agrees. What was cut off nobody can check."""
    for head in heads:
        if not _is_signed(head):
            return f"The head of entry {head.number} in the file has a wrong signature."
        if head.number > walk.number:
            return f"Entries up to {head.number} were written down, and the last one there is {walk.number}."
        if walk.digests.get(head.number, head.digest) != head.digest:
            return f"Entry {head.number} is not the one that was written down."
    return ""


def _is_signed(head: Head) -> bool:
    return constant_time_compare(head.signature, sign(head.number, head.digest))
