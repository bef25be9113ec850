"""Makes a back-up while FacePass runs, reads it back, and deletes old ones (docs/backup.md)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from facepass.ops.backup import encryption, making, retention, store, verification
from facepass.ops.backup.store import BackupStore


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", default=settings.ENV.backup_to, help="a folder, or s3://BUCKET/PREFIX (BACKUP_TO)")
        parser.add_argument(
            "--new-key", type=Path, metavar="FILE", help="write a new secret key there, and do nothing else"
        )
        parser.add_argument("--without-originals", action="store_true", help="name files and their digests only")
        parser.add_argument("--keep", type=int, default=settings.ENV.backup_keep, help="so many back-ups (BACKUP_KEEP)")
        parser.add_argument("--no-verify", action="store_true", help="do not read it back, though the key is here")
        parser.add_argument("--list", action="store_true", help="list the back-ups, and which are good")

    def handle(self, *_args: Any, new_key: Path | None, to: str, list: bool, **options: Any) -> None:
        if new_key:
            self._create_key(new_key)
            return
        if not to:
            raise CommandError("Say where back-ups go by --to or BACKUP_TO.")
        place = BackupStore.at(to)
        self._list(place) if list else self._make(place, **options)

    def _create_key(self, path: Path) -> None:
        try:
            recipient = encryption.create_identity(path)
        except FileExistsError:
            raise CommandError(f"{path} is there already; the key of former back-ups is not overwritten.") from None
        self.stdout.write(f"BACKUP_RECIPIENT={recipient}")
        self.stderr.write(f"The secret key is in {path}. Keep a copy elsewhere: without it no back-up can be read.")

    def _list(self, place: BackupStore) -> None:
        for pk in place.list_backups():
            is_good = place.exists(store.verdict_name(pk))
            self.stdout.write(f"{pk} {'verified' if is_good else 'not verified'}")

    def _make(
        self, place: BackupStore, *, without_originals: bool, keep: int, no_verify: bool, **_options: Any
    ) -> None:
        recipient = encryption.load_recipient(settings.ENV.backup_recipient)
        made = making.make_backup(place, recipient, with_originals=not without_originals, say=self.stdout.write)
        self.stdout.write(f"made: {made.id}")
        if settings.ENV.backup_identity and not no_verify:
            identity = encryption.load_identity(settings.ENV.backup_identity)
            verdict = verification.verify_backup(place, made.id, identity)
            if not verdict.is_good:
                raise CommandError("\n".join(["It is not good:", *verdict.problems]))
            self.stdout.write(f"verified: {verdict.files_read} files read")
        for pk in retention.delete_old(place, keep=keep):
            self.stdout.write(f"deleted: {pk}")
