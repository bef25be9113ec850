"""The path `/metrics`."""

import os
from pathlib import Path

import psutil
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess

from facepass.core.metrics import REGISTRY
from facepass.ops.metrics import host, installation, processes
from facepass.ops.metrics.access import may_read_metrics

LOOKED_UP = CollectorRegistry()
LOOKED_UP.register(host.HostCollector())
LOOKED_UP.register(installation.InstallationCollector())


@never_cache
@csrf_exempt
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics in Prometheus' text format. Raise 404 for who may not see them."""
    if not may_read_metrics(request):
        raise Http404
    processes.observe()
    body = generate_latest(_counted()) + generate_latest(LOOKED_UP)
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


def _counted() -> CollectorRegistry:
    """Return what this process has counted or, where several answer requests, what all of them have."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder is None:
        return REGISTRY
    _forget_ended_processes(Path(folder))
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


def _forget_ended_processes(folder: Path) -> None:
    """Drop what processes held that have ended, such as their memory. What they counted stays."""
    for pid in {int(file.stem.rpartition("_")[2]) for file in folder.glob("gauge_live*_*.db")}:
        if not psutil.pid_exists(pid):
            multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]
