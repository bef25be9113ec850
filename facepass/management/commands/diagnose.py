"""Writes a bundle for whoever helps: versions, settings, health and counts, without names, addresses or secrets."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from facepass.ops import diagnosis


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []  # what they find fault with is what it is for

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, help="the ZIP file; by default a new one in the current folder")

    def handle(self, *_args: Any, out: Path | None, **_options: Any) -> None:
        path = out or diagnosis.default_path()
        diagnosis.write_bundle(path)
        self.stdout.write(f"{path} (look into it before you pass it on)")
