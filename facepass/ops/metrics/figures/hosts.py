"""The hosts on which FacePass runs, and their workers."""

from collections.abc import Iterator

from facepass.models import Host, WorkLease
from facepass.ops.metrics.families import Sample
from facepass.ops.metrics.figures.photos import seconds_since


def list_hosts() -> Iterator[Sample]:
    """Yield, of every host, whether it gives signs of life, its workers, and its processes that end again and again."""
    live = set(Host.objects.live().values_list("pk", flat=True))
    alive = 0
    for host in Host.objects.order_by("name"):
        labels = {"host": host.name}
        yield Sample("facepass_host_up", host.name in live, labels)
        yield Sample("facepass_host_workers", host.workers, labels)
        yield Sample("facepass_host_down", len(host.down), labels)
        if host.workers:
            yield Sample("facepass_host_idle_seconds", seconds_since(host.worked_at or host.started_at), labels)
        if host.name in live:
            alive += host.workers - sum(name.startswith("Worker ") for name in host.down)
    yield Sample("facepass_workers_alive", max(0, alive))
    yield Sample("facepass_workers_busy", WorkLease.objects.live().count())
