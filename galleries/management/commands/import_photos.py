from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from facepass.models import Studio
from galleries.models import Gallery
from galleries.photos import folder_import


class Command(BaseCommand):
    help = "Imports a folder of photos into a gallery and waits until they are analysed. Safe to run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--title", required=True, help="title of the gallery; made if there is none of that title")
        parser.add_argument("--session", type=UUID, help="id of the photo session that the gallery belongs to")
        parser.add_argument("--studio", help="short name of the studio, where there are several")
        parser.add_argument("--no-wait", action="store_true", help="do not wait for the analysis")

    def handle(self, *, folder: Path, title: str, session: UUID | None, studio: str | None, **options: Any) -> None:
        gallery, _made = Gallery.objects.get_or_create(
            studio=_studio(studio),
            title=title,
            session_id=session,
            defaults={"shoot_date": date.today()},
        )
        report = folder_import.import_folder(gallery, folder.expanduser())
        for refusal in report.rejected:
            self.stderr.write(f"refused {refusal.filename}: {refusal.code}: {refusal.message}")
        self.stdout.write(
            f"{len(report.accepted)} new, {len(report.duplicates)} there already, {len(report.rejected)} refused; "
            f"gallery {gallery.pk}"
        )
        if not options["no_wait"]:
            done = folder_import.wait_until_analysed(gallery.pk)
            self.stdout.write(f"{done['processed']} photos analysed, {done['failed']} failed, {done['faces']} faces")


def _studio(slug: str | None) -> Studio:
    studios = list(Studio.objects.filter(slug=slug) if slug else Studio.objects.all()[:2])
    if len(studios) != 1:
        known = ", ".join(Studio.objects.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"Name the studio with --studio. There are: {known}")
    return studios[0]
