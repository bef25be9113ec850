"""Load balancers and monitors ask whether all is well, by an address of the network, which is in no ALLOWED_HOSTS.

They ask every few seconds. That it is not well, or not yet, is their answer and no fault of the request, so it has no
line in the log; an error while answering has one.
"""

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from facepass.core.public_address import host_of

# What says how FacePass is, and makes no address of the host by which it was asked.
PROBED = frozenset({"/health", "/health/ready", "/health/detailed", "/metrics", "/api/v1/health"})


def is_probe(request: HttpRequest) -> bool:
    return request.path_info.rstrip("/") in PROBED


class WithoutProbesFilter(logging.Filter):
    """Drops what Django logs of an answer to a probe. Before a filter that takes the request from the record."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return bool(record.exc_info) or not (isinstance(request, HttpRequest) and is_probe(request))


class ProbeHostMiddleware:
    """Answers those paths whatever the Host header says, by taking it for our own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_probe(request):
            request.META["HTTP_HOST"] = host_of(settings.PUBLIC_URL)
        return self.get_response(request)
