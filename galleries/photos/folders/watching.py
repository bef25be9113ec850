"""A folder that files keep coming into: of a tethered camera, of an FTP server, of an editor's export.

The folder is looked at every so often. That works on network disks too, where no system tells of new files.
"""

from collections.abc import Iterator
from pathlib import Path

from galleries.models import Gallery
from galleries.photos.folders.importing import FileOutcome, import_files
from galleries.photos.folders.listing import FoundFile, list_files

Stamp = tuple[int, int]


class FolderWatch:
    """What was seen of a folder, so that each file is dealt with once, and again when it was changed."""

    def __init__(self, gallery: Gallery, folder: Path) -> None:
        self._gallery = gallery
        self._folder = folder
        self._seen: dict[str, Stamp] = {}
        self._dealt_with: dict[str, Stamp] = {}

    def poll(self) -> Iterator[FileOutcome]:
        """Yield what becomes of the files that have not changed since the last poll; raise as `import_folder` does.

        A file that is empty, or that somebody still writes to, waits for the next poll.
        """
        files = list_files(self._folder)
        ready = [file for file in files if self._is_ready(file)]
        self._seen = {file.name: file.stamp for file in files}
        return self._import(ready)

    def _import(self, ready: list[FoundFile]) -> Iterator[FileOutcome]:
        stamps = {file.name: file.stamp for file in ready}
        for outcome in import_files(self._gallery, ready) if ready else ():
            self._dealt_with[outcome.name] = stamps[outcome.name]
            yield outcome

    def _is_ready(self, file: FoundFile) -> bool:
        if self._dealt_with.get(file.name) == file.stamp:
            return False
        return file.left_out is not None or (file.byte_size > 0 and self._seen.get(file.name) == file.stamp)
