"""Deleting, restoring and erasing what takes longer than a request should wait: a large event, thousands of photos."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import Principal
from facepass.core.errors import FacePassError
from facepass.core.trash import entries, purge
from facepass.core.trash.registry import KINDS
from facepass.models import ApiKey, Studio, TrashEntry, User
from galleries.jobs import runner

DELETE, RESTORE, ERASE = "move_to_trash", "restore_from_trash", "erase_from_trash"


def start_deletion(kind: str, keys: Sequence[Any], *, studio_id: UUID, by: Principal) -> UUID:
    """Have a worker move the rows to the trash, in one transaction: until then everything stays as it is."""
    studio = Studio.objects.get(pk=studio_id)
    return runner.start_job(DELETE, studio=studio, deletion=kind, ids=sorted(map(str, keys)), **_asker(by)).pk


def start_restoration(entry: TrashEntry, *, by: Principal) -> UUID:
    """Have a worker restore the entry."""
    return runner.start_job(RESTORE, studio=entry.studio, entry=str(entry.pk), **_asker(by)).pk


def start_erasure(entry: TrashEntry, *, by: Principal | None) -> UUID:
    """Have a worker delete the entry for good, which from now on cannot be restored."""
    return runner.start_job(ERASE, studio=entry.studio, entry=str(entry.pk), **(_asker(by) if by else {})).pk


def run_deletion_job(turn: runner.JobTurn) -> runner.JobResult:
    """Delete, unless whoever asked for it may no longer. Done twice, it finds nothing left to delete."""
    asked = turn.job.arguments
    roots = list(KINDS[asked["deletion"]].root._base_manager.filter(pk__in=asked["ids"]))
    turn.report(done=0, total=len(asked["ids"]))
    try:
        made = entries.move_to_trash(asked["deletion"], roots, by=_require_asker(asked))
    except PermissionDenied as denied:
        raise _role_refusal() from denied
    return {"entries": [str(entry.pk) for entry in made]}


def run_restoration_job(turn: runner.JobTurn) -> runner.JobResult:
    """Restore, unless whoever asked for it may no longer."""
    asked = turn.job.arguments
    turn.report(done=0, total=1)
    try:
        entries.restore(UUID(asked["entry"]), by=_require_asker(asked))
    except PermissionDenied as denied:
        raise _role_refusal() from denied
    return {"restored": asked["entry"]}


def run_erasure_job(turn: runner.JobTurn) -> runner.JobResult:
    """Delete for good. Interrupted, it goes on, or the chore does; then there is no receipt left to name."""
    asked = turn.job.arguments
    turn.report(done=0, total=1)
    receipt = purge.purge(UUID(asked["entry"]), by=_find_asker(asked))
    return {"receipt": str(receipt.pk) if receipt else None}


def _asker(by: Principal) -> dict[str, Any]:
    """Return the argument of a job that says who asked for it: a member of staff, or an app by its key."""
    return {"key": str(by.pk)} if isinstance(by, ApiKey) else {"by": by.pk}


def _find_asker(asked: Mapping[str, Any]) -> User | ApiKey | None:
    """Return who asked, unless they may do nothing any more."""
    if "key" in asked:
        return ApiKey.objects.usable().filter(pk=asked["key"]).first()
    return User.objects.filter(pk=asked["by"], is_active=True).first() if "by" in asked else None


def _require_asker(asked: Mapping[str, Any]) -> User | ApiKey:
    asker = _find_asker(asked)
    if asker is None:
        raise _role_refusal()
    return asker


def _role_refusal() -> FacePassError:
    return FacePassError("permission_denied", _("Not allowed."), status=403)
