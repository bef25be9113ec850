"""`/metrics` for Prometheus: requests of this web process, and the state of the queue and the photos.

What the workers do is in the database, which every process sees; it is counted when it is asked for. Who may ask:
whoever holds METRICS_TOKEN, or, without one, this machine itself, and then no request that came through a proxy.
"""

import hmac
import ipaddress
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_q.models import OrmQ
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from galleries.models import GalleryImage, PhotoFace
from galleries.models.photo import PhotoState
from sessions_app.pixora import gateway
from sessions_app.pixora.connection_state import collect_gauges as pixora_gauges

REQUEST_REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "facepass_requests_total",
    "Answers by route, method and status.",
    ["route", "method", "status"],
    registry=REQUEST_REGISTRY,
)
SECONDS = Histogram(
    "facepass_request_seconds",
    "Time to the answer's first byte, by route.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REQUEST_REGISTRY,
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# What a proxy adds to a request.
FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


class DatabaseCollector(Collector):
    """Counts of the queue, photos and faces, read from the database at each scrape."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        states = dict.fromkeys(PhotoState.values, 0)
        states.update(GalleryImage.objects.order_by().values_list("state").annotate(number=Count("pk")))
        photos = GaugeMetricFamily("facepass_photos", "Photos by state.", labels=["state"])
        for state, number in states.items():
            photos.add_metric([state], number)
        yield photos
        yield GaugeMetricFamily("facepass_faces", "Faces.", value=PhotoFace.objects.count())
        yield GaugeMetricFamily("facepass_queue_depth", "Tasks that wait or run.", value=OrmQ.objects.count())
        for name, (meaning, value) in (pixora_gauges() if gateway.is_configured() else {}).items():
            yield GaugeMetricFamily(name, meaning, value=value)


DATABASE_REGISTRY = CollectorRegistry()
DATABASE_REGISTRY.register(DatabaseCollector())


class MetricsMiddleware:
    """Counts every answer. A route is the pattern that matched, never the path, which may hold ids and secrets."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response = self.get_response(request)
        route = request.resolver_match.route if request.resolver_match else "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(route, method, response.status_code).inc()
        SECONDS.labels(route).observe(time.perf_counter() - started)
        return response


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics in Prometheus' text format. Raise 404 for who may not see them."""
    if not may_read_metrics(request):
        raise Http404
    body = generate_latest(REQUEST_REGISTRY) + generate_latest(DATABASE_REGISTRY)
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


def may_read_metrics(request: HttpRequest) -> bool:
    """Return whether the request holds METRICS_TOKEN or, where none is set, comes from this machine without a proxy."""
    token = settings.ENV.metrics_token
    if token:
        sent = request.headers.get("Authorization", "")
        return hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())
    return _is_local(request.META.get("REMOTE_ADDR", "")) and not any(name in request.headers for name in FORWARDED)


def _is_local(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
