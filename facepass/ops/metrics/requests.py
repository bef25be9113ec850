"""The middleware that counts answers, and logs the slow ones."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from facepass.core.logs.log_lines import log_line
from facepass.core.metrics import REQUEST_SECONDS, REQUESTS
from facepass.core.requests.probe_hosts import is_probe
from facepass.ops.metrics import processes

log = logging.getLogger("facepass.ops.metrics")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


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
        seconds = time.perf_counter() - started
        REQUEST_SECONDS.labels(route).observe(seconds)
        processes.observe_now_and_then()
        if 0 < settings.SLOW_REQUEST_SECONDS < seconds and not is_probe(request):
            self._log_slow(request, response, route=route, seconds=seconds)
        return response

    def _log_slow(self, request: HttpRequest, response: HttpResponseBase, *, route: str, seconds: float) -> None:
        log_line(
            log,
            "slow request",
            level=logging.WARNING,
            request_id=getattr(request, "request_id", ""),
            route=route,
            method=request.method if request.method in METHODS else "other",
            status=response.status_code,
            ms=round(1000 * seconds),
        )
