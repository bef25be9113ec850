"""The connections of this process, so that threads which wait for a silent server can be freed.

Nothing that a server enforces (`statement_timeout`) ends a wait for one that is frozen, and nothing in TCP where its
machine still acknowledges. What ends it is the socket: who waits on it is told that the connection is lost.
"""

import contextlib
import os
import socket
import threading
from typing import Any
from weakref import WeakSet

import psycopg

_lock = threading.Lock()
_open: WeakSet[psycopg.Connection[Any]] = WeakSet()


def add(connection: psycopg.Connection[Any]) -> None:
    """Note a connection; it is forgotten when nobody uses it any more."""
    with _lock:
        _open.add(connection)


def cut_all() -> int:
    """End every connection, and with it every wait for an answer (`OperationalError`). Return how many there were."""
    with _lock:
        known = list(_open)
    return sum(_cut(connection) for connection in known)


def _cut(connection: psycopg.Connection[Any]) -> bool:
    """Shut down the socket, which its owner closes. Return whether it was open.

    The number of a closed socket may belong to another by now. So it is duplicated first: where the connection is
    still open after that, the duplicate is its own.
    """
    with contextlib.suppress(psycopg.Error, OSError):
        with socket.socket(fileno=os.dup(connection.fileno())) as duplicate:
            if connection.closed:
                return False
            duplicate.shutdown(socket.SHUT_RDWR)
        return True
    return False
