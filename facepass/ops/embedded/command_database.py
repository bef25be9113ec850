"""The database for one management command: the running server where there is one, else a server of its own."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from facepass.ops.embedded.server import EmbeddedPostgres

# `up` starts the server itself; the others never ask for it.
WITHOUT_DATABASE = {
    *("up", "help", "version", "check", "diffsettings", "spectacular", "install_models"),
    *("collectstatic", "findstatic", "compilemessages", "makemessages", "startapp", "startproject"),
}


def needs_database(arguments: list[str]) -> bool:
    """Return whether `manage.py ARGUMENTS` may use the database."""
    command = arguments[0] if arguments else "help"
    asks_for_help = not {"-h", "--help", "--version"}.isdisjoint(arguments)
    checks_database = command == "check" and "--database" in arguments
    return checks_database or not (command in WITHOUT_DATABASE or asks_for_help)


@contextmanager
def database_for_command(home: Path, *, name: str) -> Iterator[None]:
    """Provide the database while the block runs: join a running server, or start one and stop it at the end.

    A command that started the server waits for commands that joined it later, and then stops it.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "postgres.users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        server = EmbeddedPostgres(home)
        usual = server.data
        ours = not server.has_owner() and server.start_if_free(owner=f"`manage.py {name}` (process {os.getpid()})")
        if not ours:
            server.wait_until_ready()
        if server.data != usual:  # a first start, and the server's account may not enter FACEPASS_HOME
            sys.stderr.write(f"The data of the database are in {server.data}\n")
        try:
            yield
        finally:
            if ours:
                _wait_for_others(users)
                server.stop()


def _wait_for_others(users: IO[str]) -> None:
    """Wait until no other command uses the server, and keep newcomers out until it has stopped."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.stderr.write("Waiting for other commands that use this database; Ctrl-C ends it now.\n")
        fcntl.flock(users, fcntl.LOCK_EX)
