"""Middleware that every request passes."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

Handler = Callable[[HttpRequest], HttpResponseBase]
REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class RequestIdMiddleware:
    """Gives every request an id, the caller's own where it sent a sane one, and returns it as `X-Request-ID`."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sent = request.headers.get("X-Request-ID", "")
        request.request_id = sent if REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


class OptionalSlashMiddleware:
    """Every path answers with and without its trailing slash, without a redirect (which would lose a POST's body)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if not _known(path):
            other = path.rstrip("/") if path.endswith("/") else f"{path}/"
            if _known(other):
                request.path_info = other
        return self.get_response(request)


def _known(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
