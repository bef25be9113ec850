"""Runs all of FacePass on this machine."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from facepass.ops.supervisor.startup import Options, run_installation


class Command(BaseCommand):
    help = "Starts database, web server and workers, restarts what dies, and stops them in order on Ctrl-C."
    requires_system_checks = []  # they ask the database, which is not there yet; `up` runs them itself

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default=str(settings.ENV.host), help="address to listen on")
        parser.add_argument("--port", type=_port, help=f"TCP port (PORT, {settings.ENV.port}, or the next free one)")
        parser.add_argument(
            "--role", choices=("all", "web", "worker"), default="all", help="what runs here: pages, workers or both"
        )
        parser.add_argument(
            "--no-migrate", action="store_true", help="wait for `manage.py migrate` instead of migrating the database"
        )
        parser.add_argument("--demo", action="store_true", help="then import an event and show what FacePass does")
        parser.add_argument("--photos", type=_folder, help="with --demo: a folder of your own photos")

    def handle(self, *_args: Any, **options: Any) -> None:
        raise SystemExit(run_installation(_options(options), report=self._report))

    def _report(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _options(given: dict[str, Any]) -> Options:
    return Options(
        host=given["host"],
        port=given["port"] or settings.ENV.port,
        port_is_exact=given["port"] is not None or "port" in settings.ENV.model_fields_set,
        demo=given["demo"],
        photos=given["photos"],
        role=given["role"],
        migrate=not given["no_migrate"],
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("expected a TCP port from 1 to 65535")
    return int(text)


def _folder(text: str) -> Path:
    folder = Path(text).expanduser().absolute()
    if not folder.is_dir():
        raise argparse.ArgumentTypeError(f"{folder} is not a folder")
    return folder
