"""Ends what an earlier server left behind: processes that have not ended yet, and its pid file."""

import os
import signal
import time
from pathlib import Path

from facepass.ops.embedded.errors import EmbeddedPostgresError

PROC = Path("/proc")


def end_stale_processes(data: Path, *, title: str) -> None:
    """End every process of an earlier server on this folder. Raise EmbeddedPostgresError where one does not end.

    The caller must hold the home's lock: then no server of this folder may be alive, whatever its pid file says.
    """
    pids = list_server_processes(data, title=title)
    for sign, patience in ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        if not pids:
            break
        _signal(pids, sign)
        pids = _wait_for_end(data, title=title, seconds=patience)
    if pids:
        raise EmbeddedPostgresError(f"an earlier PostgreSQL of {data} does not end: process {pids[0]}")
    if PROC.is_dir():  # elsewhere we know less than PostgreSQL's own check
        (data / "postmaster.pid").unlink(missing_ok=True)


def list_server_processes(data: Path, *, title: str) -> list[int]:
    """Return the pids of a server on this folder: of the server, whose command line names the folder, and of its
    workers, which show the title they were given.
    """
    found = []
    for entry in PROC.iterdir() if PROC.is_dir() else ():
        if entry.name.isdigit() and (command := _command_line(entry)):
            ours = command[0].startswith(f"postgres: {title}: ") or (
                os.path.basename(command[0]) == "postgres" and str(data) in command
            )
            if ours:
                found.append(int(entry.name))
    return sorted(found)


def _command_line(entry: Path) -> list[str]:
    try:
        return os.fsdecode((entry / "cmdline").read_bytes()).split("\0")
    except OSError:  # it ended, or it is none of our business
        return []


def _signal(pids: list[int], sign: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            continue


def _wait_for_end(data: Path, *, title: str, seconds: float) -> list[int]:
    deadline = time.monotonic() + seconds
    while (pids := list_server_processes(data, title=title)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return pids
