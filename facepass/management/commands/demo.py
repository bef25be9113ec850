"""Fills the demo and tells where it is. `manage.py up --demo` runs this once its children are up."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from facepass.models import Studio
from facepass.ops.demo import account, composed_event
from galleries.models import Gallery
from galleries.photos.folders import listing, terminal
from sessions_app.models import PhotoSession

TITLE = "Demo party"


class Command(BaseCommand):
    help = "Makes the demo studio, admin, API key and photo session, indexes its photos, and writes demo.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--photos", type=Path, help="a folder of your own photos, instead of the composed ones")

    def handle(self, *, photos: Path | None, **options: Any) -> None:
        folder = photos.expanduser().absolute() if photos else _composed()
        if all(file.left_out for file in listing.list_files(folder)):
            raise CommandError(f"{folder}: no photos in this folder")
        studio, _made = Studio.objects.get_or_create(slug="demo", defaults={"name": "Demo studio"})
        session = _session(studio, name=folder.name if photos else TITLE)
        self._index(session, folder)
        demo = account.build_demo(session)
        account.write_demo(demo)
        self.stdout.write(_summary(demo, selfies=None if photos else folder.parent / "selfies"))

    def _index(self, session: PhotoSession, folder: Path) -> None:
        gallery, _made = Gallery.objects.get_or_create(
            studio=session.studio,
            session_id=session.pk,
            title=session.name,
            defaults={"shoot_date": session.created_at.date()},
        )
        for file in terminal.import_with_bar(gallery, folder):
            if file.outcome is listing.Outcome.REFUSED:
                self.stderr.write(f"refused {file.name}: {file.code}: {file.message}")
        done = terminal.wait_until_analysed(gallery.pk)
        self.stdout.write(f"{done['processed']} photos, {done['faces']} faces, {done['failed']} failed")


def _composed() -> Path:
    """The folder of the composed photos; made on first use, in one step, so that a broken run leaves no half event."""
    final = settings.HOME / "demo"
    if not final.exists():
        draft = settings.HOME / "demo.new"
        composed_event.compose_event(draft)
        draft.rename(final)
    return final / "photos"


def _session(studio: Studio, *, name: str) -> PhotoSession:
    session, _made = PhotoSession.objects.get_or_create(studio=studio, name=name, defaults={"facepass_enabled": True})
    return session


def _summary(demo: account.Demo, *, selfies: Path | None) -> str:
    lines = [
        "",
        f"  Guests    {demo['guest_url']}",
        *([f"            selfies to try: {selfies}"] if selfies else []),
        f"  Staff     {demo['admin_url']}   {demo['admin_user']} / {demo['admin_password']}",
        f"  API       {demo['base_url']}/docs   Authorization: Bearer {demo['api_key']}",
        f"            all of this is in {account.demo_file()}",
        "",
    ]
    return "\n".join(lines)
