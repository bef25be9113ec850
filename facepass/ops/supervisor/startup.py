"""Starts an installation: the lock on its home, its address, the database, the checks, the tables, the supervisor."""

import json
import signal
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.db import connections

from facepass.core.errors import FacePassError
from facepass.core.private_files import close_home
from facepass.ops import checks
from facepass.ops.embedded import EmbeddedPostgres
from facepass.ops.embedded.home_lock import FileLock
from facepass.ops.supervisor import processes, schema
from facepass.ops.supervisor.listener import Listener, open_listener
from facepass.ops.supervisor.supervisor import Supervisor


@dataclass(frozen=True)
class Options:
    """Options of `manage.py up`.

    `photos`: the folder for the demo, or None for the pictures that come with it. `role`: what runs on this host.
    `migrate`: False where something else migrates the database, for which the start then waits.
    """

    host: str
    port: int
    port_is_exact: bool
    demo: bool
    photos: Path | None
    role: Literal["all", "web", "worker"] = "all"
    migrate: bool = True


def run_installation(options: Options, *, report: Callable[[str], None]) -> int:
    """Run FacePass until it is asked to stop. Return the exit code."""
    # As Ctrl-C, so that what has been started already is stopped in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _require_shared_database(options)
    with _exclusive_home() as lock:
        listener = None if options.role == "worker" else _listen(options, report)
        lock.write_note(listener.url if listener else "workers only")
        with _database(report) as database:
            _prepare(report, migrate=options.migrate)
            return _supervisor(options, listener=listener, database=database, report=report).run()


def _require_shared_database(options: Options) -> None:
    if options.role != "all" and not settings.ENV.database_url:
        message = "--role web and --role worker share a database: set DATABASE_URL. The embedded one is for one host."
        raise FacePassError("database_not_shared", message)


def _listen(options: Options, report: Callable[[str], None]) -> Listener:
    listener = open_listener(options.host, port=options.port, exact=options.port_is_exact)
    if listener.port != options.port:
        report(f"Port {options.port} is taken; using {listener.port}.")
    return listener


@contextmanager
def _exclusive_home() -> Iterator[FileLock]:
    close_home(settings.HOME, has_database=not settings.ENV.database_url)
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


def _prepare(report: Callable[[str], None], *, migrate: bool) -> None:
    schema.wait_for_database(report)
    errors, warnings = checks.list_problems()
    for line in (*errors, *warnings):
        report(line)
    if errors:
        raise SystemExit(1)
    if migrate:
        schema.migrate()
    else:
        schema.wait_for_migration(report)
    report(f"Faces: {_describe_engine()}")
    report(f"Files: {settings.HOME}")
    connections.close_all()


def _describe_engine() -> str:
    from recognition.engines import registry  # noqa: PLC0415 - imports heavy libraries

    try:
        engine = registry.engine_in_use()
    except FacePassError as refusal:
        if refusal.code not in registry.NOTHING_COMPARABLE:
            raise
        return refusal.message
    return f"{engine.model} ({engine.license.name})"


def _supervisor(
    options: Options, *, listener: Listener | None, database: EmbeddedPostgres | None, report: Callable[[str], None]
) -> Supervisor:
    """Return the supervisor of the processes that the role has. `listener`: None where it answers no requests."""
    if listener is None:
        workers = [*processes.worker_processes(environment={}), *processes.ftp_processes(environment={})]
        ready = "FacePass's workers are ready (Ctrl-C stops them)"
        return Supervisor(webs=[], workers=workers, healthy=lambda: True, report=report, ready=ready)
    environment = {"HOST": listener.host, "PORT": str(listener.port), **_quiet_for(options)}
    return Supervisor(
        webs=processes.web_processes(listener, environment=environment),
        workers=[
            *([] if options.role == "web" else processes.worker_processes(environment=environment)),
            *processes.ftp_processes(environment=environment),
        ],
        healthy=lambda: is_ready(listener.url),
        close_listener=listener.socket.close,
        report=report,
        ready=f"FacePass is ready: {settings.ENV.public_url or listener.url} (Ctrl-C stops it)",
        database=database,
        demo=processes.demo_process(options.photos, environment=environment) if options.demo else None,
    )


def _quiet_for(options: Options) -> dict[str, str]:
    """Return the environment in which a line for each photo does not run through the demo's bar of progress."""
    return {"LOG_LEVEL": "WARNING"} if options.demo and "log_level" not in settings.ENV.model_fields_set else {}


def is_ready(url: str) -> bool:
    """Return whether the web server answers and has its models in memory.

    What else it lacks (a model that is not installed) it says itself; a refusal of the host's name is an answer too.
    """
    try:
        with urllib.request.urlopen(f"{url}/health/ready", timeout=5):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500 or (error.code == 503 and not _is_loading(error.read()))
    except OSError:
        return False


def _is_loading(answer: bytes) -> bool:
    """Return whether the models are on their way, or nobody can say: no answer of ours is without its checks."""
    try:
        return bool(json.loads(answer)["checks"]["engine"].get("code") == "loading")
    except (ValueError, KeyError, TypeError, AttributeError):
        return True
