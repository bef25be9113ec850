"""API keys that this process has read only just now, so that a partner's hundred reads a second look theirs up once."""

import copy
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from facepass.models.accounts import ApiKey

# A key that another process revokes works here for at most this long.
LIFETIME_SECONDS = 0.8
# Where more are in use at a time, they are looked up as if none were known.
MOST_KEYS = 1000


class KnownKeys:
    """Keys by the digests of their tokens. Each reader has a copy of its own."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[float, ApiKey]] = {}

    def find(self, digest: str) -> "ApiKey | None":
        read_at, key = self._keys.get(digest, (0.0, None))
        return copy.copy(key) if key and time.monotonic() - read_at < LIFETIME_SECONDS else None

    def add(self, digest: str, key: "ApiKey", *, read_at: float) -> None:
        """Keep a key. `read_at`: `time.monotonic()` before it was read, so that no change after that is missed."""
        if len(self._keys) >= MOST_KEYS:
            self._keys.clear()
        self._keys[digest] = read_at, copy.copy(key)

    def forget(self, **_signal: Any) -> None:
        """Have all keys looked up again. Also a receiver of Django's signals: a key was saved or deleted here."""
        self._keys.clear()


known_keys = KnownKeys()
