"""Copies of Pixora's sessions in `photo_sessions`.

The rest of FacePass reads them, and for a few minutes they stand in for Pixora while it is down. Whatever Pixora
answers is written here, whoever queried it, so a switched `facepass_enabled` is noticed in one place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from facepass.core.database.storable_values import DESCRIPTION_LENGTH, storable_json, storable_moment
from facepass.models import Studio
from sessions_app.models import Origin, PhotoSession, PixoraSession

# A copy that Pixora confirmed so recently may stand in for it.
STAND_IN_FOR = timedelta(minutes=5)
# `confirmed_at` is as exact as this, so that a session that is opened all the time is not written all the time.
CONFIRMED_PRECISION = timedelta(seconds=30)
# Settings that are larger are left empty in the copy.
SETTINGS_BYTES = 100_000

Copies = dict[UUID, PhotoSession]


class CopiedFields(TypedDict):
    """What a copy takes over, as its columns hold it."""

    studio_id: UUID
    name: str
    description: str
    status: str
    scheduled_at: datetime | None
    completed_at: datetime | None
    photographer_id: UUID | None
    service_package_id: UUID | None
    settings: object
    facepass_enabled: bool
    origin: Origin
    gone_at: None


@dataclass(frozen=True, slots=True)
class Changes:
    """How many copies were changed, and how. `switched` ones are among those `updated`."""

    created: int = 0
    updated: int = 0
    switched: int = 0
    deleted: int = 0
    # Their studio is not one of FacePass's.
    skipped: int = 0

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(*(getattr(self, name) + getattr(other, name) for name in Changes.__slots__))


def is_recent(copy: PhotoSession) -> bool:
    return copy.confirmed_at is not None and timezone.now() - copy.confirmed_at <= STAND_IN_FOR


def update_copies(
    found: Iterable[PixoraSession], *, queried: Iterable[UUID] = (), copies: Copies | None = None
) -> tuple[Copies, Changes]:
    """Write what Pixora answered, and return the copies of `found` as they are now.

    `queried`: the ids that were queried; those of them that are not among `found` were deleted there. `copies`: their
    rows, where the caller has read them already.
    """
    answers = {row.pk: row for row in found}
    known = copies if copies is not None else _load_copies({*answers, *queried})
    studios = _studios(answers.values())
    wanted = {pk: _fields(row, studios) for pk, row in answers.items() if row.studio_id in studios}
    new = {pk for pk, fields in wanted.items() if pk not in known or _differs(known[pk], fields)}
    gone = {pk for pk in set(queried) - set(answers) if pk in known and known[pk].gone_at is None}
    changes = Changes(skipped=len(answers) - len(wanted))
    if new or gone:
        known, written = _write({pk: wanted[pk] for pk in new}, gone, known)
        changes += written
    _confirm([known[pk] for pk in wanted if pk in known])
    return {pk: known[pk] for pk in wanted if pk in known and known[pk].origin == Origin.PIXORA}, changes


@transaction.atomic
def _write(wanted: Mapping[UUID, CopiedFields], gone: set[UUID], known: Copies) -> tuple[Copies, Changes]:
    """Lock the rows and compare again: another process may have written the same meanwhile."""
    created = PhotoSession.objects.bulk_create(
        [PhotoSession(pk=pk, **fields) for pk, fields in wanted.items() if pk not in known], ignore_conflicts=True
    )
    locked = _load_copies({*wanted, *gone}, lock=True)
    changed = [copy for pk, copy in locked.items() if pk in wanted and _differs(copy, wanted[pk])]
    switched = 0
    for copy in changed:
        fields = wanted[copy.pk]
        switched += copy.facepass_enabled != fields["facepass_enabled"]
        for name, value in fields.items():
            setattr(copy, name, value)
        copy.save(update_fields=[*fields, "updated_at"])
    deleted = 0
    for pk in gone & set(locked):
        locked[pk].mark_gone()
        deleted += 1
    changes = Changes(created=len(created), updated=len(changed), switched=switched, deleted=deleted)
    return {**known, **locked}, changes


def _load_copies(ids: set[UUID], *, lock: bool = False) -> Copies:
    """Return the rows by id. They are locked in the order of ids, so that two writers do not wait for each other."""
    rows = PhotoSession.objects.filter(pk__in=ids).select_related("studio").order_by("pk")
    return {row.pk: row for row in (rows.select_for_update(of=("self",)) if lock else rows)}


def _studios(rows: Iterable[PixoraSession]) -> dict[UUID | None, UUID]:
    """Return the ids of our studios by the ids that they have in Pixora."""
    named = {row.studio_id for row in rows if row.studio_id is not None}
    found = Studio.objects.filter(main_app_id__in=named) if named else Studio.objects.none()
    return dict(found.values_list("main_app_id", "pk"))


def _fields(row: PixoraSession, studios: Mapping[UUID | None, UUID]) -> CopiedFields:
    return {
        "studio_id": studios[row.studio_id],
        "name": row.name[:200],
        "description": (row.description or "")[:DESCRIPTION_LENGTH],
        "status": row.status[:20],
        "scheduled_at": storable_moment(row.scheduled_at),
        "completed_at": storable_moment(row.completed_at),
        "photographer_id": row.photographer_id,
        "service_package_id": row.service_package_id,
        "settings": storable_json(row.settings or {}, max_bytes=SETTINGS_BYTES, default={}),
        "facepass_enabled": bool(row.facepass_enabled),
        "origin": Origin.PIXORA,
        "gone_at": None,
    }


def _differs(copy: PhotoSession, fields: CopiedFields) -> bool:
    """Return whether Pixora says something else. A session of our own is not Pixora's to change."""
    return copy.origin == Origin.PIXORA and any(getattr(copy, name) != value for name, value in fields.items())


def _confirm(copies: Iterable[PhotoSession]) -> None:
    now = timezone.now()
    due = [copy for copy in copies if copy.confirmed_at is None or now - copy.confirmed_at > CONFIRMED_PRECISION]
    if due:
        PhotoSession.objects.filter(pk__in=[copy.pk for copy in due], origin=Origin.PIXORA).update(confirmed_at=Now())
