"""Erasing a studio: everything of it by way of the trash, with the files, and then what is told of it."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from facepass.core.access.tenancy import Principal
from facepass.core.trash import entries, erased_subjects, purge, traces
from facepass.core.trash.registry import KINDS
from facepass.models import Studio, TrashEntry

STUDIO = "facepass.Studio"


def erase_studio(studio: Studio, *, by: Principal | None) -> None:
    """Delete the studio and all that it has for good, at once. Interrupted, it goes on when it is called again."""
    for kind in KINDS.values():
        roots = list(kind.root._base_manager.filter(**{kind.studio_path: studio.pk}).only("pk"))
        entries.move_to_trash(kind.name, roots, by=by)
    for entry_id in list(TrashEntry.objects.filter(studio=studio).values_list("pk", flat=True)):
        purge.purge(entry_id, by=by)
    _delete(studio)


@transaction.atomic
def _delete(studio: Studio) -> None:
    """Delete the studio's own rows, its logo, and what is told of it."""
    logo, key = studio.logo.name, studio.pk
    traces.delete_answers_of_studio(key)
    Studio.objects.filter(pk=key).delete()
    erased_subjects.record(STUDIO, [str(key)])
    traces.forget_studio(key)
    if logo:
        transaction.on_commit(lambda: purge.delete_files([logo]))


def erase_studios_again(keys: Sequence[str]) -> int:
    """Erase studios that were erased before, and came back with a back-up; return how many there were."""
    studios = list(Studio.objects.filter(pk__in=list(map(UUID, keys))))
    for studio in studios:
        erase_studio(studio, by=None)
    return len(studios)
