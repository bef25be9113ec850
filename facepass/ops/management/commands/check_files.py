"""Compares rows with files: missing, damaged, without a row; and groups and counts with faces. Exits with 1 while
something is wrong (docs/backup.md).
"""

import json
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facepass.core.errors import FacePassError
from facepass.ops.file_check.checking import check_files
from facepass.ops.file_check.findings import Extent, Report


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="make previews, groups and counts anew, fetch originals from the back-up, delete files without a row",
        )
        parser.add_argument("--quick", action="store_true", help="compare lengths, and read no file")
        parser.add_argument("--json", action="store_true", help="what was found as one object")

    def handle(self, *_args: Any, repair: bool, quick: bool, json: bool, **_options: Any) -> None:
        extent = Extent(rebuilds=repair, restores=repair, reads=lambda _pk: not quick, say=self.stderr.write)
        try:
            report = check_files(extent)
        except FacePassError as refusal:
            raise CommandError(f"{refusal.code}: {refusal.message}") from refusal
        self._write_json(report) if json else self._write(report)
        if report.remaining:
            raise SystemExit(1)

    def _write_json(self, report: Report) -> None:
        self.stdout.write(json.dumps(report.to_json(), indent=2))

    def _write(self, report: Report) -> None:
        for problem in report.problems:
            self.stdout.write(problem.line)
        kinds = Counter(str(problem.kind) for problem in report.problems)
        looked_at = ", ".join(f"{number} {name}" for name, number in sorted(report.looked_at.items()))
        found = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())) or "nothing wrong"
        self.stdout.write(f"looked at: {looked_at}")
        self.stdout.write(f"found: {found}; {len(report.remaining)} remain")
