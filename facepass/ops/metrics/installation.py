"""The figures of the whole installation: counted by one scrape for all, and kept in the cache for the others.

They are counted every METRICS_SECONDS, or less often where it takes long, so that it takes at most a twentieth of the
time. Whoever's turn it is claims it in the database; everybody else shows what was counted last.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import TypedDict

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

import facepass
from facepass.models import Chore
from facepass.ops.metrics.families import Sample, build_families
from facepass.ops.metrics.figures import list_figures

CHORE = "facepass.metrics"
# A release reads only what it has written itself.
KEY = f"facepass.metrics.{facepass.__version__}"
# Older figures are not shown: a graph that stands still says less than one that ends.
KEPT_SECONDS = 3600
# How many times as long as counting takes the pause after it is.
PAUSE = 19


class Figures(TypedDict):
    """What the cache keeps. `at`: when they were counted; `took`: how many seconds that took."""

    at: float
    took: float
    samples: list[Sample]


class InstallationCollector(Collector):
    """Whether the database answers and, where it does, what it holds."""

    def collect(self) -> Iterator[Metric]:
        try:
            samples = load_samples()
        except DatabaseError:
            yield from build_families([Sample("facepass_database_up", 0)])
            return
        yield from build_families([Sample("facepass_database_up", 1), *samples])


def load_samples() -> list[Sample]:
    """Return the figures, counted now or a while ago. Raise DatabaseError where the database is away."""
    kept: Figures | None = cache.get(KEY)
    took = kept["took"] if kept else 0.0
    pause = max(settings.METRICS_SECONDS, PAUSE * took) if settings.METRICS_SECONDS else 0.0
    # Claimed also where nothing is kept, so that the others know that somebody counts.
    is_due = Chore.objects.claim(CHORE, every=timedelta(seconds=pause))
    if is_due or kept is None:
        kept = _count()
    age = Sample("facepass_figures_age_seconds", max(0.0, time.time() - kept["at"]))
    return [age, *kept["samples"]]


def _count() -> Figures:
    started = time.monotonic()
    samples = list(list_figures())
    figures = Figures(at=time.time(), took=time.monotonic() - started, samples=samples)
    cache.set(KEY, figures, KEPT_SECONDS)
    return figures
