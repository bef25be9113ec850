"""Seals anew by the newest key of the ring what former keys sealed; run again, it goes on where it was."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from facepass.core.keys import key_ring
from facepass.core.keys.sources import SecretUnavailable
from facepass.ops import key_rotation
from facepass.ops.key_rotation import Progress


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new", action="store_true", help="first put a new key into the ring's file")
        parser.add_argument("--status", action="store_true", help="only say how many values each key has sealed")
        parser.add_argument(
            "--retire", action="store_true", help="then take keys out of the ring's file that have sealed nothing"
        )

    def handle(self, *_args: Any, new: bool, status: bool, retire: bool, **_options: Any) -> None:
        try:
            if status:
                return self._say_status()
            if new:
                self.stdout.write(f"new key {key_ring.add_key(self._ring_file()).id.hex()}")
            self._rotate()
            if retire:
                self._retire()
            return self._say_status()
        except SecretUnavailable as error:
            raise CommandError(str(error)) from None

    def _rotate(self) -> None:
        end = key_rotation.rotate(self._report)
        self.stdout.write(f"{end.done} values sealed anew by {key_ring.current_ring().newest.id.hex()}")
        if end.unreadable:
            raise CommandError(
                f"{end.unreadable} values cannot be read: their key is not in the ring, or they were changed."
            )

    def _report(self, progress: Progress) -> None:
        self.stdout.write(f"{progress.where}: {progress.done} of {progress.total}")
        self.stdout.flush()

    def _say_status(self) -> None:
        counts = _total_by_key()
        for key in key_ring.current_ring().keys:
            self.stdout.write(f"key {key.id.hex()}: {counts.pop(key.id.hex(), 0)} values")
        if former := counts.pop(key_rotation.BEFORE, 0):
            self.stdout.write(f"sealed before there was a ring: {former} values")
        for name, number in sorted(counts.items()):
            self.stdout.write(f"key {name}, which is not in the ring: {number} values")

    def _retire(self) -> None:
        """The newest key stays, whether it has sealed anything or not."""
        path, used = self._ring_file(), _total_by_key()
        texts = key_ring.list_texts(path.read_text()) if path.exists() else []
        kept = [text for n, text in enumerate(texts) if n == 0 or used[_id_of(text)]]
        if kept != texts:
            key_ring.write_keys(path, kept)
        self.stdout.write(f"{len(texts) - len(kept)} keys taken out of {path}; back-ups of before need them")

    def _ring_file(self) -> Path:
        source = settings.DATA_KEYS.source
        if source.file is None or source.given:
            raise CommandError(
                f"The keys come from {source.variable}. Put a new one there, before the others, and on every machine; "
                "then run this without --new and --retire."
            )
        return Path(source.file)


def _total_by_key() -> Counter[str]:
    return sum(key_rotation.count_by_key().values(), Counter[str]())


def _id_of(text: str) -> str:
    return key_ring.DataKey(bytes.fromhex(text)).id.hex()
