"""A cache that may be away: then it holds nothing, and whoever asks computes the value anew."""

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
Value = TypeVar("Value")


class RedisHintCache(RedisCache):
    """Django's cache in Redis. A Redis that does not answer is an empty cache, in which nothing can be kept."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return _or(default, lambda: super(RedisHintCache, self).get(key, default, version))

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        return _or({}, lambda: super(RedisHintCache, self).get_many(keys, version))

    def has_key(self, key: str, version: int | None = None) -> bool:
        return _or(False, lambda: super(RedisHintCache, self).has_key(key, version))

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        _or(None, lambda: super(RedisHintCache, self).set(key, value, timeout, version))

    def set_many(self, data: dict[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[str]:
        return _or(list(data), lambda: super(RedisHintCache, self).set_many(data, timeout, version))

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return _or(False, lambda: super(RedisHintCache, self).add(key, value, timeout, version))

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return _or(False, lambda: super(RedisHintCache, self).touch(key, timeout, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        return _or(False, lambda: super(RedisHintCache, self).delete(key, version))

    def clear(self) -> None:
        _or(None, super().clear)


def _or(nothing: Value, ask: Callable[[], Value]) -> Value:
    """Return what the cache says, or `nothing` where it does not answer."""
    try:
        return ask()
    except (RedisError, OSError) as error:
        log.warning("the cache does not answer: %s", error)
        return nothing
