"""Middleware that every request passes."""

import logging
import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, ResolverMatch, resolve

from facepass.core.logs.request_ids import current_request_id, on_behalf_of

GetResponse = Callable[[HttpRequest], HttpResponseBase]
REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class RequestIdMiddleware:
    """Gives every request an id, the caller's own where it sent a sane one, and returns it as `X-Request-ID`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        known = choose_request_id(request.headers.get("X-Request-ID", ""))
        request.request_id = known  # type: ignore[attr-defined]
        with on_behalf_of(known):
            response = self.get_response(request)
        response["X-Request-ID"] = known
        return response


def choose_request_id(sent: str) -> str:
    """Return the id that the client sent where it is well-formed, else a new one."""
    return sent if REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to log records: that of the current request, or `-`."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)  # Django's own lines come after the middleware is done
        known = getattr(request, "request_id", None) or getattr(record, "request_id", None)
        record.request_id = known or current_request_id()
        return True


class OptionalSlashMiddleware:
    """Every path answers with and without its trailing slash, without a redirect (which would lose a POST's body)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for path in _spellings(request.path_info):
            if match := _resolve(path):
                request.path_info = path
                request.found_view = path, match  # type: ignore[attr-defined]
                break
        return self.get_response(request)


def _spellings(path: str) -> tuple[str, str]:
    """Return the path, and the same with or without its slash. Those of the API all end in one, so that comes first."""
    other = path.rstrip("/") if path.endswith("/") else f"{path}/"
    return (other, path) if path.startswith("/api/") and not path.endswith("/") else (path, other)


def _resolve(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def find_view(request: HttpRequest) -> ResolverMatch | None:
    """Return the view that the middleware has found for the request's path, so that it is not looked for again."""
    path, match = getattr(request, "found_view", ("", None))
    return match if path == request.path_info else None
