"""manage.py import_photos FOLDER --title TITLE [--session ID] [--studio NAME] [--watch] [--report FILE]"""

import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from facepass.core.errors import FacePassError
from facepass.models import Studio
from galleries.exports.import_report import summarize, write_import_csv
from galleries.models import Gallery
from galleries.photos.folders import terminal
from galleries.photos.folders.importing import FileOutcome
from galleries.photos.folders.listing import Outcome
from galleries.photos.folders.watching import FolderWatch

# What is told of each file at once; the others are counted, and all are in the report.
NAMED = (Outcome.REFUSED, Outcome.UNREADABLE, Outcome.LINK)


class Command(BaseCommand):
    help = (
        "Imports a folder of photos into a gallery and waits until they are analysed. Run again, it imports only what "
        "is new. What became of each file is written to a CSV."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--title", required=True, help="title of the gallery; made if there is none of that title")
        parser.add_argument("--session", type=UUID, help="id of the photo session that the gallery belongs to")
        parser.add_argument("--studio", help="short name of the studio, where there are several")
        parser.add_argument("--report", type=Path, help="the CSV's file; default: one in FACEPASS_HOME/imports")
        parser.add_argument("--watch", action="store_true", help="go on importing what comes in, until Ctrl-C")
        parser.add_argument("--every", type=float, default=2.0, metavar="SECONDS", help="how often --watch looks")
        parser.add_argument("--no-wait", action="store_true", help="do not wait for the analysis")

    def handle(
        self, *, folder: Path, title: str, session: UUID | None, studio: str | None, report: Path | None, **options: Any
    ) -> None:
        folder = folder.expanduser()
        gallery, _made = Gallery.objects.get_or_create(
            studio=_studio(studio), title=title, session_id=session, defaults={"shoot_date": date.today()}
        )
        run = _Run(report or _default_report(gallery), tell=self.stderr.write)
        try:
            if options["watch"]:
                self._watch(FolderWatch(gallery, folder), run, every=options["every"])
            else:
                run.take(terminal.import_with_bar(gallery, folder))
        except FacePassError as refusal:
            raise CommandError(refusal.message) from refusal
        finally:
            self._summarize(run, gallery)
        if not options["no_wait"] and not options["watch"]:
            done = terminal.wait_until_analysed(gallery.pk)
            self.stdout.write(f"{done['processed']} photos analysed, {done['failed']} failed, {done['faces']} faces")

    def _watch(self, watch: FolderWatch, run: "_Run", *, every: float) -> None:
        self.stdout.write("Watching; Ctrl-C ends it.")
        try:
            while True:
                run.take(self._poll(watch))
                time.sleep(every)
        except KeyboardInterrupt:
            return

    def _poll(self, watch: FolderWatch) -> Iterator[FileOutcome]:
        close_old_connections()
        try:
            for file in watch.poll():
                if file.outcome is Outcome.IMPORTED:
                    self.stdout.write(f"imported {file.name}")
                yield file
        except FacePassError as refusal:
            # A network disk that is away for a moment comes back; a gallery that was deleted does not.
            if refusal.code != "folder_not_found":
                raise
            self.stderr.write(refusal.message)
        except (InterfaceError, OperationalError) as error:  # the database is being restarted
            self.stderr.write(str(error))

    def _summarize(self, run: "_Run", gallery: Gallery) -> None:
        counts = run.counts
        self.stdout.write(
            f"{counts[Outcome.IMPORTED]} new, {counts[Outcome.DUPLICATE]} there already, "
            f"{counts[Outcome.REFUSED]} refused; gallery {gallery.pk}"
        )
        for line in summarize(counts):
            self.stdout.write(f"  {line}")
        if run.files:
            self.stdout.write(f"What became of each file: {run.report}")


class _Run:
    """What became of the files so far, and the CSV that says so, which is written even where the import breaks off."""

    def __init__(self, report: Path, *, tell: Callable[[str], object]) -> None:
        self.report = report
        self.files: list[FileOutcome] = []
        self._tell = tell

    @property
    def counts(self) -> Counter[Outcome]:
        return Counter(file.outcome for file in self.files)

    def take(self, outcomes: Iterable[FileOutcome]) -> None:
        before = len(self.files)
        try:
            for file in outcomes:
                self.files.append(file)
                if file.outcome in NAMED:
                    self._tell(f"{file.outcome} {file.name}: " + ": ".join(filter(None, [file.code, file.message])))
        finally:
            if len(self.files) > before:
                self.report.parent.mkdir(parents=True, exist_ok=True)
                self.report.write_text(write_import_csv(self.files), encoding="utf-8", newline="")


def _default_report(gallery: Gallery) -> Path:
    return Path(settings.HOME) / "imports" / f"{gallery.pk}-{timezone.localtime():%Y%m%d-%H%M%S}.csv"


def _studio(slug: str | None) -> Studio:
    studios = list(Studio.objects.filter(slug=slug) if slug else Studio.objects.all()[:2])
    if len(studios) != 1:
        known = ", ".join(Studio.objects.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"Name the studio with --studio. There are: {known}")
    return studios[0]
