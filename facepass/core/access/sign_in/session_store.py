"""Django's sessions in the database, under a digest of their keys.

The key is the cookie's value: whoever has a dump of the database would be signed in as anybody with it.
"""

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

# As many characters as the column takes; 160 bits.
DIGITS = 40


def stored_key(session_key: str | None) -> str:
    """Return the key under which a session is stored, of the one that its cookie has."""
    # SHA-256 without salt or stretching suffices: the key has 165 random bits.
    return hashlib.sha256((session_key or "").encode()).hexdigest()[:DIGITS]


class SessionStore(DatabaseSessions):
    """What reads or writes a row does so by the digest; `session_key` is the cookie's value everywhere else."""

    def _get_session_from_db(self) -> Session | None:
        row = self._rows().first()
        if row is None:
            self._session_key = None
        return row

    async def _aget_session_from_db(self) -> Session | None:
        row = await self._rows().afirst()
        if row is None:
            self._session_key = None
        return row

    def _rows(self) -> QuerySet[Session]:
        return Session.objects.filter(session_key=stored_key(self.session_key), expire_date__gt=timezone.now())

    def exists(self, session_key: str) -> bool:
        return super().exists(stored_key(session_key))

    async def aexists(self, session_key: str) -> bool:
        return await super().aexists(stored_key(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    async def acreate_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = await super().acreate_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(stored_key(key))

    async def adelete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            await super().adelete(stored_key(key))
