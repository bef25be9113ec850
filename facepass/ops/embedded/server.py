"""Starting and stopping the embedded server, as a child of the process that owns it."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import psycopg

from facepass.core import machine
from facepass.ops.embedded import stale_processes
from facepass.ops.embedded.binaries import ensure_runnable_binaries
from facepass.ops.embedded.die_with_parent import die_with_parent
from facepass.ops.embedded.errors import EmbeddedPostgresError
from facepass.ops.embedded.home_lock import FileLock
from facepass.ops.embedded.initdb import ensure_cluster
from facepass.ops.embedded.os_account import Account, account_for
from facepass.ops.embedded.paths import (
    choose_data_folder,
    data_folder,
    database_password,
    database_settings,
    make_socket_folder,
    path_digest,
    socket_folder,
)

START_SECONDS = 60.0  # a recovery after a crash may read a gigabyte of log
STOP_SECONDS = 20.0
LOG_BYTES = 10_000_000

# For a machine of a studio, which also decodes photos: small, and no compiler for queries that take milliseconds.
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "maintenance_work_mem": "256MB",
    "work_mem": "16MB",
    "max_wal_size": "1GB",
    # Its log has rows as they were written, those deleted since too. A segment is begun every hour at least, and those
    # before it are deleted by the next checkpoint, instead of being kept for their place (`facepass.ops.remains`).
    "archive_timeout": "1h",
    "wal_recycle": "off",
    "random_page_cost": "1.1",
    # A comparison of descriptors costs a hundred times what the planner takes it for, so all cores pay early.
    "parallel_setup_cost": "100",
    "parallel_tuple_cost": "0.01",
    # Its table is in /dev/shm, of which a container has 64 MB.
    "enable_parallel_hash": "off",
    "jit": "off",
    "timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    # Whoever sent a statement is told of its error, and logs it where it matters. The cache runs into duplicate keys
    # whenever two processes keep the same value; both go on.
    "log_min_messages": "log",
    # Statements and details of errors carry names, addresses and descriptors.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def _machine_settings() -> dict[str, str]:
    """Return PostgreSQL's settings that depend on the machine's memory and cores.

    Buffers are a sixteenth of the memory, within 128 MB and 1 GB: 50,000 faces are 70 to 130 MB, and workers need the
    rest. A query uses at most as many processes as there are cores, its own included, and all queries together no more
    helpers than that; where many search at once, each makes do with its own process.
    """
    buffers = max(128 << 20, min(1 << 30, machine.available_memory_bytes() // 16))
    helpers = max(0, int(machine.available_cores()) - 1)
    return {
        "shared_buffers": f"{buffers >> 20}MB",
        "max_parallel_workers": str(helpers),
        "max_parallel_workers_per_gather": str(min(2, helpers)),
    }


class EmbeddedPostgres:
    """The server of one FACEPASS_HOME. One process owns it at a time; others connect to it."""

    def __init__(self, home: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.home = home
        self._settings = {**SETTINGS, **_machine_settings(), **(settings or {})}
        self._lock = FileLock(home / "postgres.lock")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return data_folder(self.home)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def returncode(self) -> int | None:
        """The server's exit status as `subprocess` gives it, or None."""
        return self._process.returncode if self._process else None

    def is_running(self) -> bool:
        """Return whether the server that this object started is still running."""
        return self._process is not None and self._process.poll() is None

    def has_socket(self) -> bool:
        """Return whether the socket is still there; programs that tidy /tmp may remove it."""
        return (socket_folder(self.home) / ".s.PGSQL.5432").exists()

    def has_owner(self) -> bool:
        """Return whether some process, this one or another, owns the server of this home."""
        return self._lock.is_held_by_any()

    def read_owner_note(self) -> str:
        """Return what the owner says about itself."""
        return self._lock.read_note().strip()

    def start(self, *, owner: str = "FacePass") -> None:
        """Returns when the server answers; makes the data folder on the first call. Again after a crash: recovers."""
        if not self.start_if_free(owner=owner):
            raise EmbeddedPostgresError(
                f"the database of {self.home} is in use by {self.read_owner_note() or 'another process'}"
            )

    def start_if_free(self, *, owner: str) -> bool:
        """Whether the server is ours now; if not, another process has it."""
        self.home.mkdir(parents=True, exist_ok=True)
        if not self._lock.is_held and not self._lock.acquire(note=owner):
            return False
        if not self.is_running():
            self._launch_or_let_go()
        return True

    def _launch_or_let_go(self) -> None:
        with contextlib.ExitStack() as undo:
            undo.callback(self.stop)
            self._launch()
            self.wait_until_ready()
            undo.pop_all()

    def stop(self) -> None:
        """Fast shutdown: sessions are cut, data are written. Where that takes too long, the next start recovers."""
        self.end()
        self._lock.release()

    def end(self) -> None:
        """Stops the server, but stays its owner; `start` may follow."""
        process, self._process = self._process, None
        if process is not None:
            for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                if process.poll() is None:
                    process.send_signal(sign)
                try:
                    process.wait(STOP_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    continue
            with contextlib.suppress(OSError):  # not empty after a kill; the next start takes it over
                socket_folder(self.home).rmdir()

    def rotate_log(self) -> None:
        """Start the server's log anew where it is longer than LOG_BYTES; one of before is kept."""
        _rotate_log(self._log_path())

    def wait_until_ready(self) -> None:
        """Wait until a connection to the server succeeds, ours or another process's. Raise EmbeddedPostgresError."""
        deadline = time.monotonic() + START_SECONDS
        while (problem := self._problem()) is not None:
            if self._process is not None and self._process.poll() is not None:
                raise EmbeddedPostgresError(
                    f"PostgreSQL ended with status {self._process.returncode}: {self._last_log_line()}"
                )
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"the database of {self.home} does not answer: {problem}")
            time.sleep(0.03)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _launch(self) -> None:
        account = account_for(data_folder(self.home))
        data = choose_data_folder(self.home, owner=account)
        binaries = ensure_runnable_binaries(account)
        title = f"facepass-{path_digest(data)}"
        stale_processes.end_stale_processes(data, title=title)
        ensure_cluster(data, binaries=binaries, account=account, password=database_password(self.home))
        socket = make_socket_folder(self.home, owner=account)
        settings = {**self._settings, "unix_socket_directories": str(socket), "cluster_name": title}
        command = [str(binaries / "bin" / "postgres"), "-D", str(data), *_command_options(settings)]
        self._process = self._spawn(command, account=account)

    def _spawn(self, command: list[str], *, account: Account) -> subprocess.Popen[bytes]:
        _rotate_log(self._log_path())
        with self._log_path().open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                # Away from the terminal: Ctrl-C is for the owner, who stops the server last.
                start_new_session=True,
                # SIGINT is PostgreSQL's fast shutdown.
                preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - one system call, nothing allocated
                **account.subprocess_options(),
            )

    def _problem(self) -> str | None:
        found = database_settings(self.home)
        options: dict[str, Any] = found["OPTIONS"]
        try:
            with psycopg.connect(
                host=found["HOST"], dbname=found["NAME"], user=found["USER"], password=found["PASSWORD"], **options
            ):
                return None
        except psycopg.OperationalError as error:
            return str(error).strip().splitlines()[-1]

    def _log_path(self) -> Path:
        return self.home / "postgresql.log"

    def _last_log_line(self) -> str:
        lines = self._log_path().read_text(errors="replace").strip().splitlines()
        serious = [line for line in lines[-20:] if "FATAL" in line or "PANIC" in line]
        return f"{(serious or lines or ['no message'])[-1]} (see {self._log_path()})"


def _command_options(settings: Mapping[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _rotate_log(log: Path) -> None:
    """Copy a log that has grown too long, and empty it: the server goes on with the file that it has open."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        shutil.copy(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)
