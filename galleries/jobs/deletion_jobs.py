"""Deleting and restoring what takes longer than a page should wait: a large event, thousands of photos."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from facepass.core.trash import entries
from facepass.core.trash.registry import KINDS
from facepass.models import Studio, TrashEntry, User
from galleries.jobs import runner

DELETE, RESTORE = "move_to_trash", "restore_from_trash"


def start_deletion(kind: str, keys: Sequence[Any], *, studio_id: UUID, by: User) -> None:
    """Have a worker move the rows to the trash, in one transaction: until then everything stays as it is."""
    studio = Studio.objects.get(pk=studio_id)
    runner.start_job(DELETE, studio=studio, deletion=kind, ids=sorted(map(str, keys)), by=by.pk)


def start_restoration(entry: TrashEntry, *, by: User) -> None:
    """Have a worker restore the entry."""
    runner.start_job(RESTORE, studio=entry.studio, entry=str(entry.pk), by=by.pk)


def run_deletion_job(turn: runner.JobTurn) -> runner.JobResult:
    """Delete, unless whoever asked for it may no longer. Done twice, it finds nothing left to delete."""
    asked = turn.job.arguments
    roots = list(KINDS[asked["deletion"]].root._base_manager.filter(pk__in=asked["ids"]))
    turn.report(done=0, total=len(asked["ids"]))
    try:
        made = entries.move_to_trash(asked["deletion"], roots, by=_member(asked["by"]))
    except PermissionDenied as denied:
        raise _role_refusal() from denied
    return {"entries": [str(entry.pk) for entry in made]}


def run_restoration_job(turn: runner.JobTurn) -> runner.JobResult:
    """Restore, unless whoever asked for it may no longer."""
    asked = turn.job.arguments
    turn.report(done=0, total=1)
    try:
        entries.restore(UUID(asked["entry"]), by=_member(asked["by"]))
    except PermissionDenied as denied:
        raise _role_refusal() from denied
    return {"restored": asked["entry"]}


def _member(pk: int) -> User:
    member = User.objects.filter(pk=pk, is_active=True).first()
    if member is None:
        raise _role_refusal()
    return member


def _role_refusal() -> FacePassError:
    return FacePassError("permission_denied", _("Not allowed."), status=403)
