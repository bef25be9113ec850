"""Restores a back-up; the database that was there is kept under another name. FacePass must not be running."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from facepass.ops.backup import encryption, restoring
from facepass.ops.backup.store import BackupStore


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []  # the database may be empty yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", help="of the back-up, or `latest`; `manage.py backup --list` lists them")
        parser.add_argument("--from", dest="place", default=settings.ENV.backup_to, help="as BACKUP_TO")
        parser.add_argument(
            "--identity", type=Path, default=settings.ENV.backup_identity, help="file of the secret key"
        )
        parser.add_argument("--erasures", type=Path, help="the latest erasures.jsonl, where it is not in FACEPASS_HOME")
        parser.add_argument("--other-keys", action="store_true", help="go on without the keys of the back-up")

    def handle(self, *_args: Any, id: str, place: str, identity: Path | None, **options: Any) -> None:
        if not place:
            raise CommandError("Say where back-ups are by --from or BACKUP_TO.")
        store, key = BackupStore.at(place), encryption.load_identity(identity)
        pk = (store.list_backups()[-1:] or [""])[0] if id == "latest" else id
        ledger, other_keys = options["erasures"], options["other_keys"]
        restoring.restore_backup(store, pk, key, ledger=ledger, other_keys=other_keys, say=self.stdout.write)
