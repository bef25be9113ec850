"""Who changed what: `verify` checks the chain, and that what was written down of it beside the database agrees."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facepass.core.audit import chain


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["verify"])
        parser.add_argument("--file", type=Path, help="the heads, audit.jsonl; of FACEPASS_HOME where it is left out")

    def handle(self, *_args: Any, file: Path | None, **_options: Any) -> None:
        verdict = chain.verify(file)
        if verdict.problem:
            raise CommandError(f"The audit was changed. {verdict.problem}")
        self.stdout.write(
            f"{verdict.entries} entries, the chain holds; {verdict.waiting} not sealed yet;"
            f" {verdict.erased_rows} rows of which only digests are left"
        )
