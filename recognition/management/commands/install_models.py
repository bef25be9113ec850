"""manage.py install_models NAME [--accept-license] [--from FILE.zip] [--update]

NAME is a model pack, or `liveness`: then FILE is the .onnx file, and --sha256 names one that is not InsightFace's.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from facepass.errors import FacePassError
from recognition import pack_install, packs
from recognition.liveness import addon


class Command(BaseCommand):
    help = "Install an InsightFace model pack, such as buffalo_l, from InsightFace's releases or from a file."
    # A missing model or database must not keep the command from mending that.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="such as buffalo_l, buffalo_s or antelopev2; or liveness")
        parser.add_argument("--accept-license", action="store_true", help="do not ask")
        parser.add_argument("--from", dest="from_zip", type=Path, metavar="FILE.zip", help="install without network")
        parser.add_argument("--sha256", default="", help="of a liveness model of your own")
        parser.add_argument(
            "--update", action="store_true", help="replace an installed pack where there is a newer one"
        )

    def handle(
        self, *, name: str, accept_license: bool, from_zip: Path | None, update: bool = False, **_options: Any
    ) -> None:
        if name == addon.NAME:
            self._install_liveness(accept_license, from_zip, update=update, sha256=_options.get("sha256", ""))
            return
        before = packs.installed()
        if packs.is_installed(name) and not update:
            self.stdout.write(_("%(name)s is already installed.") % {"name": name})
            return
        self._ask(name, accepted=accept_license)
        try:
            pack = pack_install.install(name, from_zip=from_zip, progress=self._progress, update=update)
        except FacePassError as error:
            raise CommandError(error.message) from error
        if update and name in before and packs.installed() == before:
            self.stdout.write(_("%(name)s is up to date.") % {"name": name})
            return
        for file in pack.files:
            self.stdout.write(f"  {file.path.name}  {file.role}  sha256:{file.sha256}")
        self.stdout.write(_("%(name)s is installed. Restart FacePass to use it.") % {"name": name})
        self.stdout.write(_("Where photos were analysed before, it is used after: manage.py generate_descriptors"))

    def _install_liveness(self, accepted: bool, file: Path | None, *, update: bool, sha256: str) -> None:
        if (addon.folder() / f"{addon.NAME}.onnx").exists() and not update:
            self.stdout.write(_("%(name)s is already installed.") % {"name": addon.NAME})
            return
        if not sha256:
            self._ask(addon.NAME, accepted=accepted)
        try:
            installed = addon.install(from_file=file, sha256=sha256)
        except (FacePassError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"  {installed.path.name}  sha256:{installed.sha256}")

    def _ask(self, name: str, *, accepted: bool) -> None:
        self.stdout.write(
            _("Licence of %(name)s: %(license)s") % {"name": name, "license": packs.INSIGHTFACE_LICENSE.name}
        )
        self.stdout.write("https://github.com/deepinsight/insightface#license")
        if accepted:
            return
        if not sys.stdin.isatty():
            raise CommandError(_("Not installed: run again with --accept-license if you accept this licence."))
        if input(_("Do you accept it? [y/N] ")).strip().lower() not in ("y", "yes", "д", "да"):
            raise CommandError(_("Not installed: the licence was not accepted."))

    def _progress(self, done: int, total: int | None) -> None:
        if sys.stdout.isatty():
            share = f"{100 * done // total} %" if total else f"{done // 1_000_000} MB"
            self.stdout.write(f"\r{share} ", ending="")
