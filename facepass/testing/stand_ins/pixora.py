"""A real second database in Pixora's place, on the embedded server of the tests.

`pixora`  configured, with its table and nothing in it; `pixora.add(...)`, `pixora.run(sql)`, `pixora.stopped()`, …
"""

import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from facepass.models import Studio
from facepass.settings import pixora_database
from facepass.testing import home
from sessions_app.models import PhotoSession, PixoraLink
from sessions_app.pixora import demo, gateway
from sessions_app.pixora.router import ALIAS

DATABASE = f"pixora_{home.name()}"  # each process that runs tests has its own
# How long the product waits for an answer, and how long a table that takes its time would take.
PATIENCE, NAP_SECONDS = gateway.TIMEOUT_SECONDS, 600


class Pixora:
    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self._connection = demo.connect(settings.HOME, name=DATABASE)

    def run(self, sql: str, *values: Any) -> Any:
        return self._connection.execute(sql.encode(), values or None)

    def add(self, *, enabled: bool = True, studio_id: uuid.UUID | None = None, name: str = "Wedding") -> uuid.UUID:
        pk = uuid.uuid4()
        owner = studio_id or self.studio.main_app_id
        self.run(
            "INSERT INTO photo_sessions (id, name, studio_id, facepass_enabled) VALUES (%s, %s, %s, %s)",
            pk, name, owner, enabled,
        )  # fmt: skip
        return pk

    def switch(self, pk: uuid.UUID, *, enabled: bool) -> None:
        self.run("UPDATE photo_sessions SET facepass_enabled = %s, updated_at = now() WHERE id = %s", enabled, pk)

    def delete(self, pk: uuid.UUID) -> None:
        self.run("DELETE FROM photo_sessions WHERE id = %s", pk)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Its connections are cut, and nobody listens."""
        self.cut()
        with instead({"HOST": "/nowhere"}):
            yield

    def cut(self) -> None:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")

    @contextmanager
    def slow(self, seconds: float = NAP_SECONDS) -> Iterator[None]:
        """The table is a view that takes its time: longer than anybody waits."""
        self.run("ALTER TABLE photo_sessions RENAME TO kept")
        self.run(f"CREATE VIEW photo_sessions AS SELECT kept.* FROM kept, (SELECT pg_sleep({seconds})) AS nap")
        try:
            with _impatient():
                yield
        finally:
            self.run("DROP VIEW photo_sessions")
            self.run("ALTER TABLE kept RENAME TO photo_sessions")

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Somebody listens there, and never says a word."""
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            with _impatient(), instead({"HOST": "127.0.0.1", "PORT": str(listener.getsockname()[1])}):
                yield

    def cool_down(self) -> None:
        """As if the breaker's time were over."""
        PixoraLink.objects.exclude(open_until=None).update(open_until="2020-01-01T00:00Z")

    def age(self, pk: uuid.UUID, *, seconds: int) -> None:
        """As if Pixora had confirmed it so long ago."""
        from django.utils import timezone

        moment = timezone.now() - timezone.timedelta(seconds=seconds)
        PhotoSession.objects.filter(pk=pk).update(confirmed_at=moment)

    def close(self) -> None:
        self._connection.close()


def configure(**changes: Any) -> None:
    found = {**pixora_database(demo.build_database_url(settings.HOME, name=DATABASE)), **changes}
    if "HOST" in changes:
        found["OPTIONS"] = {
            key: value for key, value in found["OPTIONS"].items() if key not in ("host", "require_auth")
        }
    usual = {"ENGINE": "django.db.backends.dummy"}
    connections.settings[ALIAS] = connections.configure_settings({"default": usual, ALIAS: found})[ALIAS]


def hang_up() -> None:
    """The threads go, and with them their connections."""
    gateway._threads().shutdown(wait=False, cancel_futures=True)
    gateway._threads.cache_clear()


@contextmanager
def instead(changes: dict[str, str]) -> Iterator[None]:
    hang_up()
    configure(**changes)
    try:
        yield
    finally:
        hang_up()
        configure()


@contextmanager
def _impatient() -> Iterator[None]:
    """Waiting as long as the product does."""
    usual, gateway.TIMEOUT_SECONDS = gateway.TIMEOUT_SECONDS, PATIENCE
    try:
        yield
    finally:
        gateway.TIMEOUT_SECONDS = usual


@pytest.fixture
def pixora(studio: Studio, monkeypatch: Any, django_db_blocker: Any) -> Iterator[Pixora]:
    # Django's test cases would refuse a database that was not there when they began.
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", django_db_blocker._real_ensure_connection)
    # Where Pixora is there, a slow machine is no trouble.
    monkeypatch.setattr(gateway, "TIMEOUT_SECONDS", 60)
    studio.main_app_id = uuid.uuid4()
    studio.save()
    demo.create_database(settings.HOME, name=DATABASE)
    there = Pixora(studio)
    configure()
    yield there
    hang_up()
    del connections.settings[ALIAS]
    there.run("DROP TABLE IF EXISTS photo_sessions CASCADE")
    there.run("DROP TYPE IF EXISTS photo_session_status")
    there.close()
