"""Mirrors Pixora's photo sessions by hand."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from facepass.core.work.each_row import RowsFailed
from sessions_app.pixora import gateway, sync
from sessions_app.pixora.mirror import Changes


class Command(BaseCommand):
    help = "Mirrors the photo sessions of Pixora that changed, as the workers do every minute."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="look at every session, not only at what changed")

    def handle(self, **options: object) -> None:
        if not gateway.is_configured():
            raise CommandError("Photo sessions are FacePass's own: MAIN_APP_DATABASE_URL is not set.")
        try:
            done = sync.mirror_changes(everything=bool(options["all"]), report=self._report)
        except RowsFailed as failure:
            raise CommandError(f"{failure.failed} sessions could not be mirrored; see the log.") from failure
        self.stdout.write(f"Done: {_describe(done)}")
        if done.skipped:
            self.stderr.write("Skipped sessions belong to studios that FacePass does not know: set their id in Pixora.")

    def _report(self, looked: int, changes: Changes) -> None:
        self.stdout.write(f"{looked} sessions: {_describe(changes)}")
        self.stdout.flush()


def _describe(changes: Changes) -> str:
    return ", ".join(f"{getattr(changes, name)} {name}" for name in Changes.__slots__)
