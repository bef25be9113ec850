"""What can go wrong, as exceptions of the client's own."""

from typing import Any

import httpx


class FacePassError(Exception):
    """Whatever the client raises itself."""


class ServerUnreachable(FacePassError):
    """No answer came: the server is not there, the connection broke or took too long. httpx's error is the cause."""


class StillRunning(FacePassError, TimeoutError):
    """What was waited for is not over in the time that was given; it goes on."""


class InvalidSignature(FacePassError):
    """A webhook that the server did not send, or sent too long ago."""


class Refused(FacePassError):
    """An answer that is an error. `code` is stable; `message` is for people; `request_id` finds it in the logs.

    `retry_after` is the time in seconds after which it is worth another attempt, where the server says one.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: dict[str, Any],
        request_id: str | None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.request_id = request_id
        self.retry_after = retry_after


class InvalidRequest(Refused):
    """400: `details` names the fields or parameters."""


class NotAuthenticated(Refused):
    """401: no key or token, or one that does not count any more."""


class NotPermitted(Refused):
    """403: the key lacks a scope."""


class NotFound(Refused):
    """404: it is not there, or it is another studio's; `details` says which id of what."""


class TooSlow(Refused):
    """408: the body did not come in time."""


class Conflict(Refused):
    """409: it does not fit what is there."""


class ChangedMeanwhile(Refused):
    """412: somebody else changed it since it was read."""


class TooLarge(Refused):
    """413: the body or the picture."""


class NotReadable(Refused):
    """415: no picture, a damaged one, or a body of a type that the server does not read."""


class CannotBeUsed(Refused):
    """422: the request is well formed and the server cannot do it, such as a selfie without a face."""


class RateLimited(Refused):
    """429: too many requests, longer than the client waits by itself."""


class ServerFailed(Refused):
    """500 and above: the server's fault, or a proxy's before it."""


BY_STATUS: dict[int, type[Refused]] = {
    400: InvalidRequest,
    401: NotAuthenticated,
    403: NotPermitted,
    404: NotFound,
    408: TooSlow,
    409: Conflict,
    412: ChangedMeanwhile,
    413: TooLarge,
    415: NotReadable,
    422: CannotBeUsed,
    429: RateLimited,
}


def build_refusal(answer: httpx.Response, *, retry_after: float | None) -> Refused:
    """Return the exception for an answer that is an error. A proxy may answer with something else than the envelope."""
    kind = BY_STATUS.get(answer.status_code, ServerFailed if answer.status_code >= 500 else Refused)
    try:
        body = answer.json()
        error = body["error"]
        code, message, details = error["code"], error["message"], error.get("details") or {}
        request_id = body.get("request_id") or answer.headers.get("X-Request-ID")
    except (ValueError, KeyError, TypeError):
        code, message, details = "unknown", answer.text[:200], {}
        request_id = answer.headers.get("X-Request-ID")
    return kind(answer.status_code, code, message, details=details, request_id=request_id, retry_after=retry_after)
