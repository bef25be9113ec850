"""manage.py generate_descriptors [--engine NAME] [--pack NAME] | --back | --discard-old"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facepass.errors import FacePassError
from galleries import redescription
from recognition import dlib_files, pack_install, registry
from recognition.models import ModelVersion
from recognition.registry import Choice


class Command(BaseCommand):
    help = (
        "Describes every face anew for another model or template key, beside what is in use, and switches when done. "
        "People, names and decisions stay. Safe to stop with Ctrl-C: run again, it goes on where it was."
    )
    # What keeps FacePass from starting, such as a pack that is gone, is what this command mends.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--engine", choices=["insightface", "dlib"], help="default: what the environment asks for")
        parser.add_argument("--pack", metavar="NAME", help="the InsightFace pack; default: INSIGHTFACE_PACK")
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--back", action="store_true", help="return to the version that was in use before")
        only.add_argument("--discard-old", action="store_true", help="forget other versions; there is no way back then")

    def handle(self, *, engine: str | None, pack: str | None, back: bool, discard_old: bool, **_options: Any) -> None:
        try:
            if discard_old:
                self._discard()
                return
            before = ModelVersion.objects.active()
            result = redescription.go_back() if back else redescription.regenerate(_choice(engine, pack))
        except FacePassError as refusal:
            raise CommandError(refusal.message) from refusal
        except KeyboardInterrupt:
            raise CommandError("Stopped; nothing has changed. Run it again to go on.", returncode=130) from None
        self._report(result, switched=before != result.version)

    def _report(self, result: redescription.Result, *, switched: bool) -> None:
        if result.unreadable:
            self.stdout.write(f"{result.unreadable} photos cannot be read; their faces cannot be searched.")
        if result.kept:
            self.stdout.write(
                f"{result.kept} faces with a name or a decision were not found again; they stay as they were."
            )
        self.stdout.write(f"{result.photos} photos described. In use: {result.version}")
        if switched:
            self.stdout.write("`manage.py up` follows by itself in a few seconds. Other servers and workers must be")
            self.stdout.write("restarted by hand; until then they refuse searches and photos (model_switched).")
            self.stdout.write("Back: generate_descriptors --back. Free the space: generate_descriptors --discard-old.")

    def _discard(self) -> None:
        gone = redescription.discard_old()
        active = ModelVersion.objects.active()
        folders = pack_install.discard_previous(besides=active.contract_id) if active else []
        self.stdout.write(
            f"{gone} descriptors of other versions are gone." + "".join(f" Deleted {f}." for f in folders)
        )


def _choice(engine: str | None, pack: str | None) -> Choice:
    if engine is None and pack is None:
        return registry.configured()
    if engine == "dlib":
        if pack is not None:
            raise CommandError("--pack is for the engine insightface.")
        return Choice("dlib", dlib_files.MODEL)
    return Choice("insightface", pack or registry.configured_pack())
