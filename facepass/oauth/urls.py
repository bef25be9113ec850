"""The two paths of RFC 6749 and RFC 7009 that the client-credentials grant needs, and none of the library's pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.views import RevokeTokenView, TokenView

from facepass.core.access import rate_limits

View = Callable[..., HttpResponseBase]


def limit_rate(view: View) -> View:
    """Limit requests of each address, as attempts to sign in are limited; a token lasts for an hour."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wait = rate_limits.consume_login_quota(request)
        if wait is None:
            return view(request, *args, **kwargs)
        return JsonResponse({"error": "temporarily_unavailable"}, status=429, headers={"Retry-After": wait})

    return answer


urlpatterns = [
    path("oauth/token/", limit_rate(TokenView.as_view()), name="oauth-token"),
    path("oauth/revoke/", limit_rate(RevokeTokenView.as_view()), name="oauth-revoke"),
]
