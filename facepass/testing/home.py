"""The FACEPASS_HOME of a test run, and within it one for each worker of `pytest -n`. Used before Django is set up."""

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from facepass.env import Environment
from facepass.env_names import list_former_names
from facepass.ops.embedded.paths import database_password, socket_folder

# By these the process that hands out the tests tells its workers where the run's folder is.
RUN, WORKER = "FACEPASS_TEST_RUN", "PYTEST_XDIST_WORKER"
# A file system in memory, and how much has to be free there, and of memory.
MEMORY, ROOM_BYTES = Path("/dev/shm"), 8 * 2**30


def is_worker() -> bool:
    """Return whether another process hands out the tests to this one."""
    return WORKER in os.environ and RUN in os.environ


def run_folder() -> Path:
    """Return the folder that all processes of this run share: the home of the one that hands out the tests."""
    return Path(os.environ[RUN])


def name() -> str:
    """Return a word that names this process within the run."""
    return os.environ[WORKER] if is_worker() else "main"


def set_up() -> Path:
    """Make this process's home and point the environment at it; nothing that a developer has set reaches the tests."""
    home = _home_of_worker() if is_worker() else _home_of_run()
    (home / "static").mkdir()
    # Dozens of processes start, and each would compile the project anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    for name in (*Environment.model_fields, *list_former_names(), "facepass_role"):
        os.environ.pop(name.upper(), None)
    os.environ.update(
        FACEPASS_ENV_FILE=os.devnull,
        FACEPASS_HOME=str(home),
        DJANGO_SETTINGS_MODULE="facepass.testing.settings",
        # Nor may what happens to be faster at the moment decide what a test runs.
        INFERENCE_RUNTIME="onnxruntime",
    )
    return home


def tear_down(home: Path) -> None:
    """Remove the home."""
    if is_worker():
        socket_folder(home).unlink(missing_ok=True)
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def first_to(make: str) -> Iterator[bool]:
    """Yield whether this process is the first of the run to make that; hold the others back until it is made."""
    made = run_folder() / f"{make}.made"
    with (run_folder() / f"{make}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not made.exists()
        made.touch()


def _home_of_run() -> Path:
    _use_memory()
    home = Path(tempfile.mkdtemp(prefix="facepass-test-"))
    home.chmod(0o755)  # as root, the database runs as another user, which must get through
    os.environ[RUN] = str(home)
    return home


def _use_memory() -> None:
    """Have temporary files made in memory, unless somebody says where: each test makes and removes some.

    Not where memory is short, nor where no program may be run from there, as in most containers.
    """
    if "TMPDIR" in os.environ or not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK)):
        return
    room = os.statvfs(MEMORY)
    free = min(room.f_bavail * room.f_frsize, psutil.virtual_memory().available)
    if free >= ROOM_BYTES and not room.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


def _home_of_worker() -> Path:
    """Make a home with media and secrets of its own, in which the run's database server answers."""
    home = run_folder() / os.environ[WORKER]
    (home / "secrets").mkdir(mode=0o700, parents=True)
    (home / "secrets" / "postgres_password").write_text(database_password(run_folder()))
    socket_folder(home).symlink_to(socket_folder(run_folder()))
    return home
