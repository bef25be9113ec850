"""What the host has that is scraped: its versions, its model, its disk, its way to Redis."""

import platform
import shutil
import time
from collections.abc import Iterator

import django
from django.conf import settings
from django.db import DatabaseError
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from redis import Redis
from redis.exceptions import RedisError

import facepass
from facepass.core.errors import FacePassError
from facepass.ops.metrics.families import Sample, build_families
from recognition.engines import registry
from recognition.runtimes import devices

# Redis is asked at most so often, and waited for so long: a scrape has to end in time.
REDIS_EVERY_SECONDS, REDIS_PATIENCE = 10.0, 0.5


class HostCollector(Collector):
    """Looks it up at each scrape; none of it takes long."""

    def __init__(self) -> None:
        self._redis_at, self._redis_up = -REDIS_EVERY_SECONDS, False

    def collect(self) -> Iterator[Metric]:
        yield from build_families(self._list_samples())

    def _list_samples(self) -> Iterator[Sample]:
        versions = {"version": facepass.__version__, "python": platform.python_version(), "django": django.__version__}
        yield Sample("facepass_build_info", 1, versions)
        yield from _describe_engine()
        if settings.ENV.redis_url:
            yield Sample("facepass_redis_up", self._is_redis_up())
        disk = shutil.disk_usage(settings.HOME)
        yield Sample("facepass_disk_free_bytes", disk.free)
        yield Sample("facepass_disk_total_bytes", disk.total)

    def _is_redis_up(self) -> bool:
        if time.monotonic() - self._redis_at >= REDIS_EVERY_SECONDS:
            self._redis_at, self._redis_up = time.monotonic(), _ping_redis(settings.ENV.redis_url)
        return self._redis_up


def _describe_engine() -> Iterator[Sample]:
    try:
        engine = registry.engine_in_use()
        device = devices.inference_device()
    except (FacePassError, DatabaseError):
        return
    labels = {"engine": engine.name, "model": engine.model, "license": engine.license.name, "device": device}
    yield Sample("facepass_engine_info", 1, labels)


def _ping_redis(address: str) -> bool:
    limits = {"socket_timeout": REDIS_PATIENCE, "socket_connect_timeout": REDIS_PATIENCE}
    try:
        with Redis.from_url(address, **limits) as server:
            return bool(server.ping())
    except (RedisError, OSError):
        return False
