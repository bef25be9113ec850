"""A stand-in for Pixora, on the embedded server."""

import os
import uuid
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from facepass.models import Studio
from sessions_app.pixora import demo


class Command(BaseCommand):
    help = "Makes a database like Pixora's on the embedded server, fills it, and writes its address to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sessions", type=int, default=30, help="how many there should be (30)")
        parser.add_argument("--studio", default="demo", help="short name of the studio that they belong to (demo)")

    def handle(self, *, sessions: int, studio: str, **_options: object) -> None:
        if settings.ENV.database_url:
            raise CommandError("This needs the embedded server, and DATABASE_URL names another one.")
        row, studio_id = _studio(studio)
        demo.create_database(settings.HOME)
        new = demo.add_sessions(settings.HOME, studio_id=studio_id, number=sessions)
        path = _write(settings.HOME / "pixora_demo.url", demo.build_database_url(settings.HOME))
        self.stdout.write(f"{new} new sessions for {row}. To use them:")
        self.stdout.write(f"  MAIN_APP_DATABASE_URL=$(cat {path}) make up")


def _studio(slug: str) -> tuple[Studio, uuid.UUID]:
    """Return the studio, and its id in Pixora, which it is given here if it has none."""
    studio, _created = Studio.objects.get_or_create(slug=slug, defaults={"name": slug.capitalize()})
    id_in_pixora = studio.main_app_id or uuid.uuid4()
    if studio.main_app_id is None:
        studio.main_app_id = id_in_pixora
        studio.save(update_fields=["main_app_id"])
    return studio, id_in_pixora


def _write(path: Path, address: str) -> Path:
    """Write the file for its owner only: it holds the password of the embedded database."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(address + "\n")
    return path
