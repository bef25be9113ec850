"""manage.py models: what is installed, under which licence, and which one is in use."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from facepass.errors import FacePassError
from recognition import devices, registry, verdicts
from recognition.registry import EngineInfo


class Command(BaseCommand):
    help = "List the face models on this machine: engine, digests, licence, and which one is in use."
    requires_system_checks: list[str] = []

    def handle(self, **_options: Any) -> None:
        try:
            for info in registry.installed_models():
                self._show(info)
            registry.engine_in_use()
            self.stdout.write(f"{_('device')}: {devices.device()}")
            self._runtimes()
        except FacePassError as error:
            raise CommandError(error.message) from error

    def _runtimes(self) -> None:
        installed = ", ".join(f"{name} {version}" for name, version in devices.runtimes().items())
        self.stdout.write(f"{_('runtimes')}: {installed} (INFERENCE_RUNTIME={settings.ENV.inference_runtime})")
        for found in verdicts.everything():
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
        use = _("commercial use allowed") if info.license.commercial else _("no commercial use")
        self.stdout.write(f"  {_('licence')}: {info.license.name} ({use})")
        self.stdout.write(f"  {_('contract')}: {info.contract_id}")
        self.stdout.write(
            f"  {_('similarity')}: {_('measured') if info.calibrated else _('not measured, typical values')}"
        )
        for name, digest in info.digests.items():
            self.stdout.write(f"  {name}  sha256:{digest}")
