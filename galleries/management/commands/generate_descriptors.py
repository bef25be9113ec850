"""manage.py generate_descriptors [--pack NAME] | --back | --discard-old"""

from argparse import ArgumentParser
from typing import Any, Self

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from facepass.core.errors import FacePassError
from galleries.faces import redescription
from recognition.engines import registry
from recognition.installation.packs import discard_previous_packs
from recognition.models import ModelVersion


class ProgressBar:
    """Shows photos per second and the time left; a `redescription.RunMonitor` that never stops the run."""

    def __init__(self) -> None:
        self._bar = tqdm(desc=_("describing"), unit=_("photo"), dynamic_ncols=True, smoothing=0.1)

    def has_time(self) -> bool:
        return True

    def report(self, *, done: int, total: int) -> None:
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.close()


class Command(BaseCommand):
    help = (
        "Describes every face anew for another model or template key, beside what is in use, and switches when done. "
        "People, names and decisions stay. Safe to stop with Ctrl-C: run again, it goes on where it was."
    )
    # What keeps FacePass from starting, such as a pack that is gone, is what this command mends.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pack", metavar="NAME", help="an installed model pack; default: what FACE_PACK asks for")
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--back", action="store_true", help="return to the version that was in use before")
        only.add_argument("--discard-old", action="store_true", help="forget other versions; there is no way back then")

    def handle(self, *, pack: str | None, back: bool, discard_old: bool, **_options: Any) -> None:
        try:
            if discard_old:
                self._discard()
                return
            before, bar = ModelVersion.objects.active(), ProgressBar()
            with bar:
                result = (
                    redescription.switch_back(watch=bar)
                    if back
                    else redescription.describe_and_switch(pack or registry.configured_pack(), watch=bar)
                )
        except FacePassError as refusal:
            raise CommandError(refusal.message) from refusal
        except KeyboardInterrupt:
            raise CommandError(_("Stopped; nothing has changed. Run it again to go on."), returncode=130) from None
        if result is not None:  # a bar never stops it
            self._report(result, switched=before != result.version)

    def _report(self, result: redescription.RedescriptionResult, *, switched: bool) -> None:
        if result.unreadable:
            self._count(
                ngettext(
                    "%(count)d photo cannot be read; its faces cannot be searched.",
                    "%(count)d photos cannot be read; their faces cannot be searched.",
                    result.unreadable,
                ),
                result.unreadable,
            )
        if result.kept:
            self._count(
                ngettext(
                    "%(count)d face with a name or a decision was not found again; it stays as it was.",
                    "%(count)d faces with a name or a decision were not found again; they stay as they were.",
                    result.kept,
                ),
                result.kept,
            )
        self._count(ngettext("%(count)d photo described.", "%(count)d photos described.", result.photos), result.photos)
        self.stdout.write(_("In use: %(model)s") % {"model": result.version})
        if switched:
            self.stdout.write(_("`manage.py up` follows by itself in a few seconds. Other servers and workers must be"))
            self.stdout.write(_("restarted by hand; until then they refuse searches and photos (model_switched)."))
            self.stdout.write(
                _("Back: generate_descriptors --back. Free the space: generate_descriptors --discard-old.")
            )

    def _count(self, message: str, count: int) -> None:
        self.stdout.write(message % {"count": count})

    def _discard(self) -> None:
        gone = redescription.discard_other_versions()
        active = ModelVersion.objects.active()
        folders = discard_previous_packs(besides=active.contract_id) if active else []
        self._count(
            ngettext(
                "%(count)d descriptor of another version is gone.",
                "%(count)d descriptors of other versions are gone.",
                gone,
            ),
            gone,
        )
        for folder in folders:
            self.stdout.write(_("Deleted %(folder)s.") % {"folder": folder})
