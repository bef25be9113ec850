"""manage.py models: what is installed, under which licences, which one is in use, and what could be installed."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition import packs
from recognition.engines import registry
from recognition.engines.base import License
from recognition.liveness import model_files
from recognition.packs import ModelFile, catalogue
from recognition.packs.catalogue import Entry
from recognition.packs.engine_info import EngineInfo
from recognition.runtimes import devices, selftest_results


class Command(BaseCommand):
    help = "List the face models on this machine: licences, digests, which one is in use; and the catalogue."
    requires_system_checks: list[str] = []

    def handle(self, **_options: Any) -> None:
        try:
            for info in registry.installed_models():
                self._show(info)
            self._liveness()
            self._catalogue()
            registry.engine_in_use()
            self.stdout.write(f"{_('device')}: {devices.device()}")
            self._runtimes()
        except FacePassError as error:
            raise CommandError(error.message) from error

    def _runtimes(self) -> None:
        installed = ", ".join(f"{name} {version}" for name, version in devices.runtimes().items())
        self.stdout.write(f"{_('runtimes')}: {installed} (INFERENCE_RUNTIME={settings.ENV.inference_runtime})")
        for found in selftest_results.everything():
            if found.problem:
                why = found.problem
            else:
                why = _("OpenVINO %(precision)s: %(speedup).2f times as fast, cosine %(cosine).5f") % asdict(found)
            self.stdout.write(f"  {found.network}: {found.runtime} ({why})")

    def _show(self, info: EngineInfo) -> None:
        self.stdout.write(f"{info.name} {info.model}" + (f"  [{_('in use')}]" if info.in_use else ""))
        if info.problem:
            self.stdout.write(f"  {info.problem}")
            return
        self.stdout.write(f"  {_('licence')}: {_stated(info.license)}")
        self.stdout.write(f"  {_('contract')}: {info.contract_id}")
        self.stdout.write(
            f"  {_('similarity')}: {_('measured') if info.calibrated else _('not measured, typical values')}"
        )
        for part in info.parts:
            self._show_part(part)

    def _show_part(self, part: ModelFile) -> None:
        self.stdout.write(f"  {part.role}: {part.path.name}  {_stated(part.license)}")
        self.stdout.write(f"    sha256:{part.sha256}")
        pinned = catalogue.known(part.sha256)
        if source := ", ".join(filter(None, [pinned.origin if pinned else "", part.source])):
            self.stdout.write(f"    {_('from')}: {source}")

    def _liveness(self) -> None:
        try:
            installed = model_files.find()
        except FacePassError as refusal:
            if refusal.code == "model_corrupt":
                self.stdout.write(refusal.message)
            return  # else it is in the catalogue
        self.stdout.write(f"{model_files.NAME} {installed.path.name}")
        self.stdout.write(f"  {_('licence')}: {_stated(installed.license)}")
        self.stdout.write(f"    sha256:{installed.sha256}")

    def _catalogue(self) -> None:
        """What is not installed yet."""
        self.stdout.write(_("Can be installed: manage.py install_models NAME"))
        for entry in catalogue.CATALOGUE.values():
            if not packs.is_installed(entry.name):
                self._offer(entry)
        if not model_files.is_installed():
            self._offer(catalogue.LIVENESS)

    def _offer(self, entry: Entry) -> None:
        size = _("%(size)d MB") % {"size": round(entry.size / 1e6)}
        self.stdout.write(f"  {entry.name}: {entry.networks}, {size}, {_stated(entry.license)}")
        if entry.figures:
            figures = _("recall %(recall).3f, precision %(precision).3f, LFW pairs %(lfw).4f")
            self.stdout.write(f"    {figures % asdict(entry.figures)}")


def _stated(license_: License) -> str:
    use = _("commercial use allowed") if license_.commercial else _("no commercial use")
    return f"{license_.name} ({use})"
