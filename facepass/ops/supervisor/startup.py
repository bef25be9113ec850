"""Starts an installation: the lock on its home, its address, the database, the checks, the tables, the supervisor."""

import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from facepass.core.database.advisory_locks import LockPurpose, hold_lock
from facepass.core.errors import FacePassError
from facepass.ops import checks
from facepass.ops.embedded import EmbeddedPostgres
from facepass.ops.embedded.home_lock import FileLock
from facepass.ops.supervisor import web_process
from facepass.ops.supervisor.child import Child
from facepass.ops.supervisor.listener import Listener, open_listener
from facepass.ops.supervisor.supervisor import Supervisor

WORKER_GRACE = 15.0


@dataclass(frozen=True)
class Options:
    """Options of `manage.py up`. `photos` is the folder for the demo, or None for the pictures that come with it."""

    host: str
    port: int
    port_is_exact: bool
    demo: bool
    photos: Path | None


def run_installation(options: Options, *, report: Callable[[str], None]) -> int:
    """Run FacePass until it is asked to stop. Return the exit code."""
    # As Ctrl-C, so that what has been started already is stopped in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with _exclusive_home() as lock:
        listener = open_listener(options.host, port=options.port, exact=options.port_is_exact)
        if listener.port != options.port:
            report(f"Port {options.port} is taken; using {listener.port}.")
        lock.write_note(listener.url)
        with _database(report) as database:
            _prepare(report)
            return _supervisor(options, listener=listener, database=database, report=report).run()


@contextmanager
def _exclusive_home() -> Iterator[FileLock]:
    settings.HOME.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.HOME / "up.lock")
    if not lock.acquire(note="(starting)"):
        message = f"FacePass already runs with FACEPASS_HOME={settings.HOME}: {lock.read_note().strip()}"
        raise FacePassError("already_running", message)
    try:
        yield lock
    finally:
        lock.release()


@contextmanager
def _database(report: Callable[[str], None]) -> Iterator[EmbeddedPostgres | None]:
    if settings.ENV.database_url:
        yield None
        return
    with EmbeddedPostgres(settings.HOME) as server:
        report(f"Database: PostgreSQL, data in {server.data}")
        yield server


def _prepare(report: Callable[[str], None]) -> None:
    errors, warnings = checks.list_problems()
    for line in (*errors, *warnings):
        report(line)
    if errors:
        raise SystemExit(1)
    _migrate()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise looks there, though finders serve
    report(f"Faces: {_describe_engine()}")
    report(f"Files: {settings.HOME}")
    connections.close_all()


def _migrate() -> None:
    # Two hosts that start at once migrate one after the other.
    with hold_lock(LockPurpose.MIGRATION):
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)


def _describe_engine() -> str:
    from recognition.engines.registry import engine_in_use  # noqa: PLC0415 - imports heavy libraries

    try:
        engine = engine_in_use()
    except FacePassError as refusal:
        if refusal.code != "model_gone":
            raise
        return refusal.message
    return f"{engine.model} ({engine.license.name})"


def _supervisor(
    options: Options, *, listener: Listener, database: EmbeddedPostgres | None, report: Callable[[str], None]
) -> Supervisor:
    environment = {"HOST": listener.host, "PORT": str(listener.port)}
    return Supervisor(
        web=_web(listener, environment=environment),
        workers=[
            *(_worker(number, environment=environment) for number in range(1, settings.WORKERS + 1)),
            _courier(environment=environment),
        ],
        healthy=lambda: is_answering(listener.url),
        report=report,
        ready=f"FacePass is ready: {settings.ENV.public_url or listener.url} (Ctrl-C stops it)",
        database=database,
        demo=_demo(options.photos, environment=environment) if options.demo else None,
    )


def _web(listener: Listener, *, environment: dict[str, str]) -> Child:
    fd = listener.socket.fileno()
    return Child(
        name="The web server",
        command=[sys.executable, "-m", "facepass.ops.supervisor.web_process", str(fd)],
        environment={**environment, **_python_path(), "FACEPASS_ROLE": "web"},
        grace=web_process.GRACE_SECONDS + 5.0,
        pass_fds=[fd],
    )


def _worker(number: int, *, environment: dict[str, str]) -> Child:
    return Child(
        name=f"Worker {number}",
        command=_manage_command("qcluster"),
        environment={**environment, "FACEPASS_ROLE": "worker"},
        grace=WORKER_GRACE,
    )


def _courier(*, environment: dict[str, str]) -> Child:
    """Return the process that delivers webhooks, apart from the workers, so that slow receivers hold up no photo."""
    return Child(
        name="The courier",
        command=_manage_command("deliver_webhooks"),
        environment={**environment, "FACEPASS_ROLE": "courier"},
        grace=WORKER_GRACE,
    )


def _demo(photos: Path | None, *, environment: dict[str, str]) -> Child:
    arguments = ["--photos", str(photos)] if photos else []
    return Child(
        name="The demo",
        command=_manage_command("demo", *arguments),
        environment={**environment, "FACEPASS_ROLE": "demo"},
        grace=5.0,
    )


def _manage_command(*arguments: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


def _python_path() -> dict[str, str]:
    """Return a PYTHONPATH with which `-m` finds FacePass from any working directory."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(settings.BASE_DIR), os.environ.get("PYTHONPATH")]))}


def is_answering(url: str) -> bool:
    """Return whether the web server answers. A refusal, such as of the host's name, is an answer too."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=1):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
