"""What each web process takes and holds: memory, processor, files, connections, the model. Those of a host add up.

A process observes itself while it answers; only it can. One that answers nothing changes little.
"""

import threading
import time
from typing import Final

import psutil
from django.db import connections
from prometheus_client import Gauge

from facepass.core.metrics import REGISTRY
from recognition.engines import registry

EVERY_SECONDS = 5.0


def _gauge(name: str, meaning: str) -> Gauge:
    return Gauge(name, meaning, registry=REGISTRY, multiprocess_mode="livesum")


MEMORY: Final = _gauge("facepass_web_resident_bytes", "Memory of the host's web processes.")
PROCESSOR: Final = _gauge("facepass_web_cpu_seconds", "Processor time of the host's web processes.")
FILES: Final = _gauge("facepass_web_open_files", "Open files and sockets of the host's web processes.")
THREADS: Final = _gauge("facepass_web_threads", "Threads of the host's web processes.")
RUNNING: Final = _gauge("facepass_web_processes", "Web processes of the host that have answered something.")
LOADED: Final = _gauge("facepass_engines_loaded", "Web processes of the host that hold the model in memory.")
POOL_SIZE: Final = _gauge("facepass_pool_connections", "Database connections that the host's web processes hold.")
POOL_FREE: Final = _gauge("facepass_pool_available", "Of these, how many nobody uses at the moment.")
POOL_WAITING: Final = _gauge("facepass_pool_waiting", "Requests that wait for a database connection.")

_lock = threading.Lock()
_next_time = 0.0


def observe_now_and_then() -> None:
    """Observe this process, at most every few seconds."""
    global _next_time  # noqa: PLW0603 - of the process, as what it observes
    with _lock:
        if time.monotonic() < _next_time:
            return
        _next_time = time.monotonic() + EVERY_SECONDS
    observe()


def observe() -> None:
    """Write down what this process takes and holds."""
    process = psutil.Process()
    with process.oneshot():
        spent = process.cpu_times()
        MEMORY.set(process.memory_info().rss)
        PROCESSOR.set(spent.user + spent.system)
        THREADS.set(process.num_threads())
    FILES.set(process.num_fds())
    RUNNING.set(1)
    LOADED.set(registry.is_loaded())
    _observe_pool()


def _observe_pool() -> None:
    pool = getattr(connections["default"], "pool", None)
    found = pool.get_stats() if pool else {}
    POOL_SIZE.set(found.get("pool_size", 0))
    POOL_FREE.set(found.get("pool_available", 0))
    POOL_WAITING.set(found.get("requests_waiting", 0))
