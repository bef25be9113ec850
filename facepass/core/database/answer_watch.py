"""Whether the database answers, for a process that many wait for: a web process.

A server that is frozen, or behind a network that drops packets, says nothing, and each request would wait with a
thread of its own for as long as that lasts. For one that is gone it would wait at the pool, each time that it asks. So
one thread asks `SELECT 1` over a connection of its own, and another one counts how long no answer comes. After
SILENT_SECONDS every connection is cut, which answers all that wait by 503, and new requests are refused at once, until
the server answers again.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import OperationalError, connection

from facepass.core.database import open_connections

log = logging.getLogger(__name__)

ASK_EVERY_SECONDS = 0.5
SILENT_SECONDS = 1.5
LOOK_EVERY_SECONDS = 0.1
GONE = ("Connection refused", "No such file or directory", "server closed the connection unexpectedly")
# psycopg takes no less.
CONNECT_SECONDS = 2


class AnswerWatch:
    """`ask` is run in a thread of its own and `look` in another: `look` must not wait for anything.

    Silence is counted in looks, not by the clock: a process that was stopped itself, or got no processor, has not
    looked, and blames nobody.
    """

    def __init__(self, cut: Callable[[], int] = open_connections.cut_all) -> None:
        self._cut = cut
        self._answers = 0
        self._is_asking = False
        self._seen = 0
        self._looks = 0
        self.is_silent = False

    def ask(self, send: Callable[[], object]) -> None:
        """Ask once. An error while asking is no answer, and raised."""
        self._is_asking = True
        send()
        self.note_answer()

    def note_answer(self) -> None:
        self._answers += 1
        self._is_asking = False

    def look(self) -> None:
        """Count how long an answer has been waited for, and cut all connections where that is too long."""
        if self._answers != self._seen or not self._is_asking:
            self._seen, self._looks = self._answers, 0
            if self.is_silent:
                self.is_silent = False
                log.warning("the database answers again")
            return
        self._looks += 1
        if self._looks % round(SILENT_SECONDS / LOOK_EVERY_SECONDS):
            return
        if not self.is_silent:
            log.error("the database has not answered for %s s: requests that need it get 503", SILENT_SECONDS)
        self.is_silent = True
        self._cut()


_watch = AnswerWatch()


def begin() -> None:
    """Watch from now on, in threads of this process."""
    threading.Thread(target=_ask_for_ever, name="database-asks", daemon=True).start()
    threading.Thread(target=_look_for_ever, name="database-looks", daemon=True).start()


def refuse_while_silent() -> None:
    """Raise OperationalError where the database is known not to answer. Nobody knows in a process without a watch."""
    if _watch.is_silent:
        raise OperationalError("the database is silent")


def _look_for_ever() -> None:
    while True:
        time.sleep(LOOK_EVERY_SECONDS)
        _watch.look()


def _ask_for_ever() -> None:
    while True:
        try:
            with _connect() as probe:
                open_connections.add(probe)
                while True:
                    _watch.ask(lambda: probe.execute("SELECT 1"))
                    time.sleep(ASK_EVERY_SECONDS)
        except psycopg.Error as error:
            log.debug("the probe of the database ended: %s", error)
        time.sleep(ASK_EVERY_SECONDS)


def _connect() -> psycopg.Connection[Any]:
    """Connect past the pool, which may be in full use.

    A server that refuses by a word of its own, such as that it has too many clients, has answered.
    """
    wanted = connection.get_connection_params()
    for djangos_own in ("cursor_factory", "context"):
        wanted.pop(djangos_own, None)
    _watch._is_asking = True
    try:
        return psycopg.connect(**{**wanted, "connect_timeout": CONNECT_SECONDS, "autocommit": True})
    except psycopg.OperationalError as error:
        if not is_gone(error):
            _watch.note_answer()
        raise


def is_gone(error: psycopg.OperationalError) -> bool:
    """Return whether there was no server to connect to, by libpq's texts: it tells no code of these errors."""
    return isinstance(error, psycopg.errors.ConnectionTimeout) or any(text in str(error) for text in GONE)
