"""Whoever must have a second factor and has none sees nothing but the pages to set one up, and is nobody to all others.

Where members are signed in is kept up to date here too.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from facepass.core.access.sign_in import requirement, sign_ins
from facepass.models import User

# The names of the addresses, in the admin, to which a member comes without the second factor that is asked of them.
OPEN = frozenset({"login", "logout", "jsi18n", "account", "account_again", "account_app", "account_passkeys",
                  "account_passkeys_request"})  # fmt: skip


class SignInGateMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.REQUIRE_TWO_FACTOR:
            request.signed_in, request.is_held_back = request.user, False  # type: ignore[attr-defined]
            request.user = SimpleLazyObject(lambda: admitted_user(request))  # type: ignore[assignment]
        response = self._get_response(request)
        sign_ins.keep_current(request)
        return response

    def process_view(self, request: HttpRequest, _view: object, _args: object, _kw: object) -> HttpResponseBase | None:
        match = request.resolver_match
        if not settings.REQUIRE_TWO_FACTOR or match is None or match.app_name != "admin":
            return None
        if match.url_name in OPEN:
            request.user = request.signed_in  # type: ignore[attr-defined]
            return None
        return None if request.user.is_authenticated or not is_held_back(request) else redirect("admin:account")


def is_held_back(request: HttpRequest) -> bool:
    """Return whether somebody is signed in who has to set up a second factor first."""
    user: Any = request.signed_in  # type: ignore[attr-defined]
    return bool(user.is_authenticated) and requirement.lacks_second_factor(user, request.session)


def admitted_user(request: HttpRequest) -> User | AnonymousUser:
    """Return who is signed in; nobody where they are held back, with a mark by which the API tells why."""
    request.is_held_back = is_held_back(request)  # type: ignore[attr-defined]
    return AnonymousUser() if request.is_held_back else request.signed_in  # type: ignore[attr-defined]
