"""manage.py models: what is installed, under which licences, which one is in use, and what could be installed."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition.engines import registry
from recognition.engines.engine_info import EngineInfo
from recognition.liveness import model_files
from recognition.packs import catalogue, installed
from recognition.packs.catalogue import CatalogueEntry
from recognition.packs.installed import ModelFile
from recognition.packs.licenses import License
from recognition.runtimes import devices, selftest_results


class Command(BaseCommand):
    help = "List the face models on this machine: licences, digests, which one is in use; and the catalogue."
    requires_system_checks: list[str] = []

    def handle(self, **_options: Any) -> None:
        try:
            for info in registry.list_installed_models():
                self._show(info)
            self._show_liveness()
            self._show_catalogue()
            registry.engine_in_use()
            self._write(_("device"), devices.inference_device(), indent="")
            self._show_runtimes()
        except FacePassError as error:
            raise CommandError(error.message) from error

    def _write(self, label: str, value: str, *, indent: str = "  ") -> None:
        self.stdout.write(f"{indent}{label}: {value}")

    def _show_runtimes(self) -> None:
        versions = ", ".join(f"{name} {version}" for name, version in devices.installed_runtimes().items())
        setting = f"INFERENCE_RUNTIME={settings.ENV.inference_runtime}"
        self._write(_("runtimes"), f"{versions} ({setting})", indent="")
        for verdict in selftest_results.list_verdicts():
            if verdict.problem:
                why = verdict.problem
            else:
                why = _("OpenVINO %(precision)s: %(speedup).2f times as fast, cosine %(cosine).5f") % asdict(verdict)
            self.stdout.write(f"  {verdict.network}: {verdict.runtime} ({why})")

    def _show(self, info: EngineInfo) -> None:
        in_use = _("in use")
        self.stdout.write(f"{info.name} {info.model}" + (f"  [{in_use}]" if info.in_use else ""))
        if info.problem:
            self.stdout.write(f"  {info.problem}")
            return
        self._write(_("licence"), _format_license(info.license))
        self._write(_("contract"), info.contract_id)
        self._write(_("similarity"), _("measured") if info.calibrated else _("not measured, typical values"))
        for part in info.parts:
            self._show_part(part)

    def _show_part(self, part: ModelFile) -> None:
        self.stdout.write(f"  {part.role}: {part.path.name}  {_format_license(part.license)}")
        self.stdout.write(f"    sha256:{part.sha256}")
        pinned = catalogue.find_pinned_file(part.sha256)
        if source := ", ".join(filter(None, [pinned.origin if pinned else "", part.source])):
            self._write(_("from"), source, indent="    ")

    def _show_liveness(self) -> None:
        try:
            model = model_files.find_liveness_model()
        except FacePassError as refusal:
            if refusal.code == "model_corrupt":
                self.stdout.write(refusal.message)
            return  # else it is in the catalogue
        self.stdout.write(f"{model_files.NAME} {model.path.name}")
        self._write(_("licence"), _format_license(model.license))
        self.stdout.write(f"    sha256:{model.sha256}")

    def _show_catalogue(self) -> None:
        """List what is not installed yet."""
        self.stdout.write(_("Can be installed: manage.py install_models NAME"))
        for entry in catalogue.CATALOGUE.values():
            if not installed.is_installed(entry.name):
                self._show_offer(entry)
        if not model_files.is_liveness_model_installed():
            self._show_offer(catalogue.LIVENESS)

    def _show_offer(self, entry: CatalogueEntry) -> None:
        size = _("%(size)d MB") % {"size": round(entry.size / 1e6)}
        self.stdout.write(f"  {entry.name}: {entry.networks}, {size}, {_format_license(entry.license)}")
        if entry.figures:
            figures = _("recall %(recall).3f, precision %(precision).3f, LFW pairs %(lfw).4f")
            self.stdout.write(f"    {figures % asdict(entry.figures)}")


def _format_license(license_: License) -> str:
    use = _("commercial use allowed") if license_.commercial else _("no commercial use")
    return f"{license_.name} ({use})"
