"""One owner per FACEPASS_HOME, by `flock`: the kernel frees it when the owner ends, however it ends."""

import fcntl
import os
from pathlib import Path
from typing import IO


class FileLock:
    """An exclusive lock on a file that also says who holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def acquire(self, *, note: str) -> bool:
        """Take the lock without waiting. Return whether it is ours now."""
        file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        self.write_note(note)
        return True

    def write_note(self, note: str) -> None:
        """Replace what the holder says about itself."""
        assert self._file is not None  # noqa: S101 - only the holder writes
        self._file.seek(0)
        self._file.truncate()
        self._file.write(note)
        self._file.flush()

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None

    def is_held_by_any(self) -> bool:
        """Return whether any process holds the lock."""
        if self.is_held:
            return True
        if not self.path.exists():
            return False
        with self.path.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def read_note(self) -> str:
        """Return what the last holder said about itself; an empty string where there was none."""
        return self.path.read_text() if self.path.exists() else ""
