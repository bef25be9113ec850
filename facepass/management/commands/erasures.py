"""What was erased: `verify` checks the list's chain, `apply` erases it again after a back-up was restored.

`rewrite` writes all tables anew, now and not at night, so that the database's files have nothing of deleted rows.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facepass.core.trash import erased_subjects
from facepass.models import ErasedSubject
from facepass.ops import remains


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["verify", "apply", "rewrite"])
        parser.add_argument("--file", type=Path, help="the list, erasures.jsonl; of FACEPASS_HOME where it is left out")

    def handle(self, *_args: Any, what: str, file: Path | None, **_options: Any) -> None:
        if what == "rewrite":
            self._rewrite()
        else:
            self._verify(file, apply=what == "apply")

    def _rewrite(self) -> None:
        if left := remains.rewrite_all():
            raise CommandError(f"In use or without room on the disk, and not written anew: {', '.join(left)}.")
        self.stdout.write("all tables are written anew")
        if not remains.may_cut_off_log():
            self.stdout.write("the write-ahead log is not: docs/security.md says when it is, and what the role needs")

    def _verify(self, file: Path | None, *, apply: bool) -> None:
        """Check the chains, and erase again what is on the lists."""
        path = file or erased_subjects.list_path()
        listed = erased_subjects.read_file(path) if path.exists() else []
        stored = list(ErasedSubject.objects.order_by("pk"))
        for name, rows in ((str(path), listed), ("the database", stored)):
            if broken := erased_subjects.find_break(rows):
                raise CommandError(f"The list of erasures in {name} was changed: line {broken.number}.")
            self.stdout.write(f"{name}: {len(rows)} erasures, the chain holds")
        if apply:
            counts = erased_subjects.erase_again([*listed, *stored])
            for label, count in sorted(counts.items()):
                self.stdout.write(f"{label}: {count} erased again")
