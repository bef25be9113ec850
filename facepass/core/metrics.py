"""What a process counts for Prometheus while it answers requests; `facepass.ops.metrics` shows it at `/metrics`.

Several web processes of a host count together (PROMETHEUS_MULTIPROC_DIR). Labels hold codes, routes and outcomes:
nothing of people, sessions or pictures. What workers do is counted in the database (`core.work.work_counts`).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from facepass.core.errors import FacePassError

REGISTRY: Final = CollectorRegistry()
SearchStage = Literal["describe", "compare"]

REQUESTS: Final = Counter(
    "facepass_requests_total",
    "Answers by route, method and status.",
    ["route", "method", "status"],
    registry=REGISTRY,
)
REQUEST_SECONDS: Final = Histogram(
    "facepass_request_seconds",
    "Time to the answer's first byte, by route.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
SEARCHES: Final = Counter(
    "facepass_searches_total",
    "Searches in a photo session, by guests and partners, by outcome: hit or miss.",
    ["outcome"],
    registry=REGISTRY,
)
SEARCH_REFUSALS: Final = Counter(
    "facepass_search_refusals_total", "Searches that were refused, by error code.", ["code"], registry=REGISTRY
)
SEARCH_SECONDS: Final = Histogram(
    "facepass_search_seconds",
    "Time of a search by stage: describe (from the picture to its descriptor), compare (with the session's faces).",
    ["stage"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
STORAGE_FAULTS: Final = Counter(
    "facepass_storage_faults_total", "Times that the storage of files did not serve this host.", registry=REGISTRY
)
WEBSOCKETS: Final = Gauge(
    "facepass_websockets", "Open websockets of staff's pages.", registry=REGISTRY, multiprocess_mode="livesum"
)


@contextmanager
def time_search(stage: SearchStage) -> Iterator[None]:
    """Observe how long a stage takes, also where it ends with a refusal."""
    started = time.perf_counter()
    try:
        yield
    finally:
        SEARCH_SECONDS.labels(stage).observe(time.perf_counter() - started)


@contextmanager
def count_refusals() -> Iterator[None]:
    """Count the search in the block where it is refused."""
    try:
        yield
    except FacePassError as refusal:
        SEARCH_REFUSALS.labels(refusal.code).inc()
        raise
