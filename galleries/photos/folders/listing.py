"""Every file below a folder, and which of them are not even opened, and why."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition.pictures import file_names


class Outcome(StrEnum):
    """What became of a file."""

    IMPORTED = "imported"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    RAW = "raw"
    VIDEO = "video"
    OTHER = "other"
    HIDDEN = "hidden"
    LINK = "link"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of a folder. `name`: its path below the folder, printable, with `/` between the parts.

    `left_out`: why it is not opened, and `message` for people; None for one that is to be imported.
    """

    path: Path
    name: str
    left_out: Outcome | None = None
    message: str = ""
    byte_size: int = 0
    modified_ns: int = 0

    @property
    def stamp(self) -> tuple[int, int]:
        """What changes when somebody writes to the file."""
        return self.byte_size, self.modified_ns


def list_files(folder: Path) -> list[FoundFile]:
    """Return every file below the folder in order of their names, raw files last; also links, and what can't be read.

    Links are not followed: they may lead out of the folder, or in circles. Raises FacePassError `folder_not_found`.
    """
    if not folder.is_dir():
        raise FacePassError("folder_not_found", _("%(folder)s: no such folder") % {"folder": printable(str(folder))})
    return sorted(_walk(folder.resolve(), ""), key=_order)


def _order(file: FoundFile) -> tuple[bool, str, str, str]:
    """Raw files come last, so that those which have a JPEG beside them are known for its pair; then go folders."""
    folder, _slash, name = file.name.rpartition("/")
    is_raw = file_names.RAW.search(name) is not None
    return is_raw, file_names.natural_key(folder), file_names.natural_key(name), file.name


def _walk(folder: Path, above: str) -> Iterator[FoundFile]:
    try:
        with os.scandir(folder) as entries:
            inside = list(entries)
    except OSError as error:
        yield _unreadable(folder, printable(above) or ".", error)
        return
    for entry in inside:
        path, name = Path(entry.path), above + entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(path, f"{name}/")
        else:
            yield _describe(path, name)


def _describe(path: Path, name: str) -> FoundFile:
    shown = printable(name)
    try:
        about = path.lstat()
    except OSError as error:
        return _unreadable(path, shown, error)
    if file_names.is_hidden(name):
        return FoundFile(path, shown, Outcome.HIDDEN, _("kept by a system or a program for itself"))
    if stat.S_ISLNK(about.st_mode):
        return FoundFile(path, shown, Outcome.LINK, _("a link; import the folder that it leads to"))
    if not stat.S_ISREG(about.st_mode):
        return FoundFile(path, shown, Outcome.UNREADABLE, _("not a file that can be read"))
    left_out, message = _kind_by_name(name)
    return FoundFile(path, shown, left_out, message, about.st_size, about.st_mtime_ns)


def _kind_by_name(name: str) -> tuple[Outcome | None, str]:
    if file_names.RAW.search(name) and not settings.RAW_PHOTOS:
        return Outcome.RAW, raw_advice()
    if file_names.VIDEO.search(name):
        return Outcome.VIDEO, video_advice()
    return None, ""


def raw_advice() -> str:
    return _("a raw file: export JPEG, or import the JPEGs beside it")


def video_advice() -> str:
    return _("a video: FacePass looks at photos only")


def _unreadable(path: Path, name: str, error: OSError) -> FoundFile:
    return FoundFile(path, name, Outcome.UNREADABLE, error.strerror or str(error))


def printable(text: str) -> str:
    """Return a path as it can be shown and stored: bytes that are no UTF-8, and what is not printed, as `\\xff`."""
    known = os.fsencode(text).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in known)
