"""FacePass as real processes, each with a FACEPASS_HOME of its own.

Fixtures for every app's tests:
`live_home`  a folder with a migrated database that does not run; use it with `manage(...)` or `EmbeddedPostgres`.
`live`       the same with `manage.py up` on a free port; `live.url`, `live.query(...)`, `live.wait_for(...)`.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from facepass.env import BASE_DIR, Environment
from facepass.env_names import list_former_names
from facepass.ops.embedded import database_settings, stale_processes
from facepass.ops.embedded.die_with_parent import die_with_parent
from facepass.ops.embedded.paths import SHARED, path_digest, socket_folder
from facepass.testing.home import first_to, run_folder
from facepass.testing.waiting import PATIENCE_SECONDS

# What each start would do anew.
PREPARE = """
from django.core.management import call_command
from facepass.core.requests.hashed_static_files import build_hashed_files

call_command("migrate", verbosity=0)
build_hashed_files()
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    """Of a child: nothing of the developer's own, one worker, any free port."""
    ours = {name.upper() for name in Environment.model_fields} | list_former_names()
    kept = {name: value for name, value in os.environ.items() if name not in {*ours, "DJANGO_SETTINGS_MODULE"}}
    return {**kept, "FACEPASS_HOME": str(home), "FACEPASS_ENV_FILE": os.devnull, "WORKERS": "1", **more}


def manage(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`manage.py ARGUMENTS`, to its end."""
    command = [sys.executable, str(BASE_DIR / "manage.py"), *arguments]
    return subprocess.run(
        command,
        env=environment(home, **variables),
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE_SECONDS,
        check=False,
    )


def connect(home: Path, **replacements: str) -> psycopg.Connection[Any]:
    found = database_settings(home)
    arguments = {"host": found["HOST"], "dbname": found["NAME"], "user": found["USER"], "password": found["PASSWORD"]}
    return psycopg.connect(**{**arguments, **replacements}, autocommit=True)


def processes_of(home: Path) -> list[int]:
    """Everything that runs for that home: Python processes by their environment, PostgreSQL by its name."""
    mark = f"FACEPASS_HOME={home}".encode()
    found = set(
        stale_processes.list_server_processes(home / "pgdata", title=f"facepass-{path_digest(home / 'pgdata')}")
    )
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.add(int(entry.name))
    return sorted(found - {os.getpid()})


def list_descendants(pid: int) -> list[int]:
    """Return the processes that it started, and those that they started."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except FileNotFoundError:  # it has ended
        return []
    return [found for child in children for found in (child, *list_descendants(child))]


@contextlib.contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Stop the process and all below it, which then take connections and say nothing; let them go on at the end."""
    stopped = [pid, *list_descendants(pid)]
    for each in stopped:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in reversed(stopped):
            os.kill(each, signal.SIGCONT)


def remove(home: Path) -> None:
    for folder in (home, *SHARED.glob(f"{path_digest(home)}-*"), socket_folder(home)):
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Live:
    """A running `manage.py up`."""

    home: Path
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text()

    @property
    def url(self) -> str:
        return re.findall(r"ready: (\S+)", self.output)[-1]

    def wait_for(self, text: str) -> None:
        """Until that stands in the output."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text not in self.output:
            assert self.process.poll() is None, f"it ended with {self.process.returncode}: {self.output}"
            assert time.monotonic() < deadline, f"no {text!r} in: {self.output}"
            time.sleep(0.05)

    def children(self, word: str) -> list[int]:
        """Direct children with that word on their command line."""
        found = subprocess.run(["pgrep", "-P", str(self.process.pid), "-f", word], capture_output=True, check=False)
        return [int(pid) for pid in found.stdout.split()]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with connect(self.home) as connection:
            return connection.execute(sql.encode()).fetchall()

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        return self.process.wait(PATIENCE_SECONDS)


def start(home: Path, *arguments: str, **variables: str) -> Live:
    """`up`, when it says that it is ready."""
    log = home / "up.log"
    command = [sys.executable, str(BASE_DIR / "manage.py"), "up", *arguments]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            env=environment(home, **variables),
            stdout=file,
            stderr=file,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - when pytest is killed
        )
    live = Live(home=home, process=process, log=log)
    with contextlib.ExitStack() as undo:
        undo.callback(live.stop, signal.SIGKILL)
        live.wait_for("FacePass is ready")
        undo.pop_all()
    return live


@pytest.fixture(scope="session")
def new_home() -> Iterator[Callable[..., Path]]:
    """`new_home()` is an empty folder, `new_home(other)` a copy; whoever makes one may `remove` it before the end."""
    made = []

    def make(original: Path | None = None) -> Path:
        # Short, because pytest's own folders are long, and open to the database's account, because root's are not.
        made.append(Path(tempfile.mkdtemp(prefix="facepass-live-")))
        made[-1].chmod(0o755)
        if original:
            subprocess.run(["cp", "-a", f"{original}/.", str(made[-1])], check=True)
        return made[-1]

    yield make
    for home in made:
        remove(home)


@pytest.fixture(scope="session")
def migrated_home(new_home: Callable[..., Path]) -> Path:
    """Made once in a run, to be copied: migrating and compressing take seconds, a copy a fraction of one."""
    home = run_folder() / "migrated"
    with first_to("migrate_a_home") as first:
        if first:
            home.mkdir()
            done = manage(home, "shell", "--no-imports", "-c", PREPARE)
            assert done.returncode == 0, done.stderr
            with (home / "pgdata" / "postgresql.conf").open("a") as settings:
                settings.write("fsync = off\n")  # nothing here has to survive a power cut
    return home


@pytest.fixture
def live_home(new_home: Callable[..., Path], migrated_home: Path) -> Iterator[Path]:
    home = new_home(migrated_home)
    yield home
    remove(home)


@pytest.fixture
def live(live_home: Path) -> Iterator[Live]:
    running = start(live_home)
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture
def empty_home(new_home: Callable[..., Path]) -> Iterator[Path]:
    home = new_home()
    yield home
    remove(home)
