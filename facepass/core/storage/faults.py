"""A storage that cannot be reached is no fault of a file, and is told apart here, once.

Whatever a disk or a bucket refuses, but for a file that is not there, is 503 `storage_unavailable`: an upload is told
to come again, and a photo goes on waiting for its analysis without an attempt being counted.
"""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, cast

from django.core.files import File
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from facepass.core.metrics import STORAGE_FAULTS

log = logging.getLogger(__name__)

UNAVAILABLE = "storage_unavailable"
RETRY_AFTER_SECONDS = 30
# Errors of the system that are about the one file.
_OF_THE_FILE = (FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextmanager
def name_faults(faults: tuple[type[Exception], ...] = (OSError,), *, writing: bool = False) -> Iterator[None]:
    """Raise 503 `storage_unavailable` for what the storage refuses in the block.

    `faults`: what the storage raises when it does not serve. FileNotFoundError stays what it is, but where a file is
    written: then its folder could not be made.
    """
    try:
        yield
    except faults as error:
        if isinstance(error, _OF_THE_FILE) and not writing:
            raise
        raise unavailable(error) from error


def unavailable(error: Exception) -> FacePassError:
    """Return the refusal that stands for an error of the storage, and log the error."""
    log.error("the storage does not serve: %s", error)
    STORAGE_FAULTS.inc()
    is_full = isinstance(error, OSError) and error.errno in _FULL
    message = _("There is no room left for files.") if is_full else _("The storage of the photos does not answer.")
    return FacePassError("storage_unavailable", message, status=503, retry_after=RETRY_AFTER_SECONDS)


class NamesFaults:
    """Mixed into a storage before its class: every operation raises as `name_faults`."""

    faults: ClassVar[tuple[type[Exception], ...]] = (OSError,)

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        with name_faults(self.faults):
            return cast(File[Any], super()._open(name, mode))  # type: ignore[misc]

    def _save(self, name: str, content: File[Any]) -> str:
        with name_faults(self.faults, writing=True):
            return cast(str, super()._save(name, content))  # type: ignore[misc]

    def delete(self, name: str) -> None:
        with name_faults(self.faults):
            super().delete(name)  # type: ignore[misc]

    def exists(self, name: str) -> bool:
        with name_faults(self.faults):
            return cast(bool, super().exists(name))  # type: ignore[misc]

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with name_faults(self.faults):
            return cast(tuple[list[str], list[str]], super().listdir(path))  # type: ignore[misc]

    def size(self, name: str) -> int:
        with name_faults(self.faults):
            return cast(int, super().size(name))  # type: ignore[misc]
