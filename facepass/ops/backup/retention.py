"""Deleting old back-ups. The last good one is never deleted, however many newer ones were not verified."""

from facepass.ops.backup import store
from facepass.ops.backup.store import BackupStore


def delete_old(place: BackupStore, *, keep: int) -> list[str]:
    """Delete all but the latest `keep` back-ups and the last good one, and unused files; return the ids of those."""
    backups = place.list_backups()
    good = [pk for pk in backups if place.exists(store.verdict_name(pk))]
    kept = {*backups[-keep:], *good[-1:]}
    gone = [pk for pk in backups if pk not in kept]
    for pk in gone:
        place.delete_backup(pk)
    used = {digest for pk in kept for digest in place.read_json(store.contents_name(pk))}
    for digest in place.list_files() - used if gone else ():
        place.delete_file(digest)
    return gone
