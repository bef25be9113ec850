"""Expected refusals, and the one envelope in which every error leaves the API.

    {"error": {"code": "face_not_found", "message": "...", "details": {...}}, "request_id": "..."}

`code` is stable; `message` is for people and translated.
"""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5


class FacePassError(Exception):
    """A refusal that the caller can act on.

    `status` is the HTTP status that an API answers with; `retry_after` (seconds) goes out as a header where it is set.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 400,
        details: Mapping[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.details = dict(details or {})
        self.retry_after = retry_after


def build_envelope(
    code: str, message: str, *, details: Mapping[str, Any] | None, request: HttpRequest | None
) -> dict[str, Any]:
    """Return the body of an error response, as the module's docstring shows it."""
    return {
        "error": {"code": code, "message": str(message), "details": dict(details or {})},
        "request_id": getattr(request, "request_id", None),
    }


# DRF's exceptions and ours, by status.
CODE_BY_STATUS = {
    400: "invalid_request",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
    500: "internal_error",
    503: "unavailable",
}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return any expected error as a response with the envelope. DRF's hook (EXCEPTION_HANDLER).

    Return None for an unexpected error, which then ends in a 500 and a line at ERROR with the request's id. A value
    that the database cannot hold is unexpected, since whoever took it in should have refused it: the client is not to
    blame.
    """
    request = getattr(context.get("request"), "_request", None)
    refusal = as_refusal(error)
    if refusal is None:
        return None
    return Response(_body(refusal, request), status=refusal.status, headers=_headers(refusal))


def refusal_response(refusal: FacePassError, *, request: HttpRequest) -> JsonResponse:
    """Return the refusal as a response with the envelope, for middleware, which DRF's hook does not reach."""
    return JsonResponse(_body(refusal, request), status=refusal.status, headers=_headers(refusal))


def _body(refusal: FacePassError, request: HttpRequest | None) -> dict[str, Any]:
    return build_envelope(refusal.code, refusal.message, details=refusal.details, request=request)


def _headers(refusal: FacePassError) -> dict[str, str]:
    headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after is not None else {}
    return {**headers, "WWW-Authenticate": "Bearer"} if refusal.status == 401 else headers


def as_refusal(error: Exception) -> FacePassError | None:
    """Return an expected error as our refusal, whoever raised it; None for any other, which should be raised again."""
    match error:
        case FacePassError():
            return error
        case Http404():
            return FacePassError("not_found", _("Not found."), status=404)
        case PermissionDenied():
            return FacePassError("permission_denied", _("Not allowed."), status=403)
        case exceptions.APIException():
            return refusal_from_drf(error)
        case OperationalError() | InterfaceError():
            log.error("the database did not answer: %s", error)
            message = _("The database does not answer.")
            return FacePassError("unavailable", message, status=503, retry_after=RETRY_AFTER_SECONDS)
    return None


def refusal_from_drf(error: exceptions.APIException) -> FacePassError:
    """Return a DRF exception as one of our refusals, with the code that belongs to its status."""
    if isinstance(error, exceptions.ValidationError):
        return FacePassError("invalid_request", _("The request is not valid."), details=_by_field(error.detail))
    wait = getattr(error, "wait", None)
    code = CODE_BY_STATUS.get(error.status_code, "invalid_request")
    retry_after = None if wait is None else int(wait) + 1
    detail = error.detail.get("detail", "") if isinstance(error.detail, dict) else error.detail  # simplejwt sends more
    return FacePassError(code, str(detail), status=error.status_code, retry_after=retry_after)


def _by_field(detail: Any) -> dict[str, Any]:
    return detail if isinstance(detail, dict) else {"non_field_errors": detail}


def json_error_response(request: HttpRequest, *, status: int, message: str) -> JsonResponse:
    """Return the envelope as a response, for requests that never reached a DRF view (unknown path, crash)."""
    return JsonResponse(build_envelope(CODE_BY_STATUS[status], message, details=None, request=request), status=status)
