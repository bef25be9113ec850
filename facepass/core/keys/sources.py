"""Where a secret comes from: a variable of the environment, a file that it names, or a command (a KMS, a vault)."""

import re
import shlex
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

COMMAND_SECONDS = 20
# What a command printed is taken for this long; sooner it is run again only for a key that is missing.
COMMAND_KEPT_SECONDS, RETRY_SECONDS = 300.0, 10.0


class SecretUnavailable(Exception):
    """A file or a command that is to give a secret does not. The message names the variable, and no secret."""


@dataclass(frozen=True, slots=True)
class SecretSource:
    """A secret's variables: `NAME` holds it, else `NAME_FILE` names a file, else `NAME_COMMAND` prints it."""

    name: str
    given: str = ""
    file: Path | None = None
    command: str = ""
    may_be_missing: bool = False
    """A file that is not there is an empty secret."""

    @property
    def is_set(self) -> bool:
        return bool(self.given or self.file or self.command)

    def read(self, *, pattern: str) -> str:
        """Return the secret without white space around it. Raise SecretUnavailable where it is not of that pattern."""
        text = (self.given or self._read_file() or self._run_command()).strip()
        if text and not re.fullmatch(pattern, text):
            raise SecretUnavailable(f"{self.variable}: what it gives does not look like {self.name}")
        return text

    @property
    def variable(self) -> str:
        """The variable that gives the secret."""
        return self.name if self.given else f"{self.name}_FILE" if self.file else f"{self.name}_COMMAND"

    def _read_file(self) -> str:
        if self.file is None or (self.may_be_missing and not self.file.exists()):
            return ""
        try:
            return self.file.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise SecretUnavailable(f"{self.variable}: {self.file} cannot be read ({type(error).__name__})") from None

    def _run_command(self) -> str:
        """Return what the command prints. No shell reads it."""
        if not self.command:
            return ""
        try:
            done = subprocess.run(
                shlex.split(self.command), capture_output=True, text=True, timeout=COMMAND_SECONDS, check=True
            )
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise SecretUnavailable(f"{self.variable}: the command failed ({type(error).__name__})") from None
        return done.stdout


@dataclass(slots=True)
class RereadSource:
    """A source that is read again while the process runs, so that a new key needs no restart.

    A file is, when it changes; a command every few minutes, and sooner where a key is missing. The environment is not.
    """

    source: SecretSource
    pattern: str
    _text: str = ""
    _state: object = None
    _read_at: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, *, again: bool = False) -> str:
        """Return the secret. `again`: what is known lacks something. Raise SecretUnavailable."""
        with self._lock:
            if self._is_old(again=again):
                # A file that is replaced meanwhile has another state the next time.
                state, self._text = self._file_state(), self.source.read(pattern=self.pattern)
                self._state, self._read_at = state, time.monotonic()
            return self._text

    def _is_old(self, *, again: bool) -> bool:
        if self._read_at == float("-inf"):
            return True
        if self.source.given or self.source.file:
            return self._state != self._file_state()
        age = time.monotonic() - self._read_at
        return bool(self.source.command) and age > (RETRY_SECONDS if again else COMMAND_KEPT_SECONDS)

    def _file_state(self) -> object:
        file = None if self.source.given else self.source.file
        try:
            found = file.stat() if file else None
        except OSError:
            return None
        return found and (found.st_mtime_ns, found.st_size, found.st_ino)
