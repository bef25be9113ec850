"""`RateLimit` and `RateLimit-Policy`: how much a client may still ask (draft-ietf-httpapi-ratelimit-headers-10)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from facepass.core.access.rate_limits import Quota


class RateLimitMiddleware:
    """Says on every answer to a request that was counted what is left of its bucket."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        quota: Quota | None = getattr(request, "quota", None)
        if quota is not None:
            response["RateLimit-Policy"] = f'"{quota.kind}";q={quota.burst};w={quota.window}'
            response["RateLimit"] = f'"{quota.kind}";r={quota.remaining};t={quota.reset}'
        return response
