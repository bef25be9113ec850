"""Our own scripts, styles and icons under names that change with what they hold, and compressed with Brotli and gzip.

Browsers keep such files for good (WhiteNoise says so in its answers). They are built when a web process starts, which
takes a second after an update and nothing otherwise. Files of libraries, which only staff see, stay where they are.
"""

import fcntl
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from django.contrib.staticfiles.finders import FileSystemFinder
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Changes where other files are to be built of the same sources.
BUILD = b"1"
# Comments with lines of their own, which are a third of what is left of a script when it is compressed.
COMMENT_LINES = re.compile(rb"^[ \t]*(?://.*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)\n", re.MULTILINE)


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, in which a file without a hash keeps its name. Scripts name the hashes of their imports."""

    support_js_module_import_aggregation = True

    def stored_name(self, name: str) -> str:
        known = self.hash_key(self.clean_name(name)) in self.hashed_files
        return str(super().stored_name(name)) if known else name

    def build(self) -> None:
        """Write the files and their compressed copies, unless they are there. Files of earlier versions stay."""
        files = dict(FileSystemFinder().list(None))
        digest, root = _digest_files(files), Path(self.location)
        root.mkdir(parents=True, exist_ok=True)
        with _lock_note(root.with_name(f"{root.name}.built")) as note:
            if note.read() != digest or not self.exists(self.manifest_name):
                self._write(files)
                note.truncate(0)
                note.write(digest)
        self.hashed_files, self.manifest_hash = self.load_manifest()

    def _write(self, files: dict[str, Storage]) -> None:
        for path, source in files.items():
            with source.open(path) as file:
                content = file.read()
            self.delete(path)
            self.save(path, ContentFile(strip_comments(content) if path.endswith((".js", ".css")) else content))
        for _name, _hashed_name, outcome in self.post_process({path: (self, path) for path in files}):
            if isinstance(outcome, Exception):
                raise outcome


def strip_comments(source: bytes) -> bytes:
    """Return a script or style of our own without the comments that have lines of their own."""
    return COMMENT_LINES.sub(b"", source)


def build_hashed_files() -> None:
    """Build the files where the settings use `HashedStaticFilesStorage`."""
    storage: Any = staticfiles_storage
    storage.build()


def _digest_files(files: dict[str, Storage]) -> str:
    digest = hashlib.sha256(BUILD)
    for path, source in sorted(files.items()):
        with source.open(path) as file:
            digest.update(path.encode() + b"\0" + file.read())
    return digest.hexdigest()


@contextmanager
def _lock_note(path: Path) -> Iterator[TextIO]:
    """Yield the file that says what was built, to one process at a time."""
    with path.open("a+") as note:
        fcntl.flock(note, fcntl.LOCK_EX)
        note.seek(0)
        yield note
