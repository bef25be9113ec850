"""Reads a back-up back into a database of its own and compares: it counts as good when nothing differs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from facepass.ops.backup import encryption, verification
from facepass.ops.backup.store import BackupStore


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", nargs="?", help="by default the latest")
        parser.add_argument("--from", dest="place", default=settings.ENV.backup_to, help="as BACKUP_TO")
        parser.add_argument(
            "--identity", type=Path, default=settings.ENV.backup_identity, help="file of the secret key"
        )
        parser.add_argument("--all-files", action="store_true", help="read every file, not two hundred of them")

    def handle(self, *_args: Any, id: str | None, place: str, identity: Path | None, all_files: bool, **_: Any) -> None:
        store = BackupStore.at(place) if place else None
        pk = id or (store.list_backups()[-1:] or [""])[0] if store else ""
        if store is None or not pk:
            raise CommandError("There is no back-up. Say where they are by --from or BACKUP_TO.")
        key = encryption.load_identity(identity)
        verdict = verification.verify_backup(store, pk, key, sample=None if all_files else verification.SAMPLE)
        if not verdict.is_good:
            raise CommandError("\n".join([f"{pk} is not good:", *verdict.problems]))
        self.stdout.write(f"{pk} is good: database, searches, and {verdict.files_read} files")
