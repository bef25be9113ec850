"""API keys in the `Authorization` header, and the scope that each view needs."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from facepass.models import ApiKey, Scope
from facepass.tenancy import Principal, scopes_of

if TYPE_CHECKING:
    from rest_framework.views import APIView  # DRF's views import this module through the settings

# A key's `last_used_at` is told to the minute, so that a busy key does not write on every request.
LAST_USED_GRAIN = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer fp_…` or `Api-Key fp_…`; the key itself is then `request.user`."""

    def authenticate(self, request: Request) -> tuple[ApiKey, ApiKey] | None:
        scheme, _space, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() not in {"bearer", "api-key"}:
            return None
        key = ApiKey.objects.authenticate(token.strip())
        if key is None:
            raise AuthenticationFailed(_("This API key is unknown, expired or revoked."))
        _note_use(key)
        return key, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > LAST_USED_GRAIN:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def needed_scope(view: Any, method: str) -> str:
    """The view's `scope`, which may be one for each method, or by default `read` for safe methods and else `write`."""
    named = getattr(view, "scope", None)
    scope = named.get(method) if isinstance(named, Mapping) else named
    return str(scope or (Scope.READ if method in SAFE_METHODS else Scope.WRITE))


class HasScope(BasePermission):
    """The principal may do what the view needs."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return needed_scope(view, request.method or "") in scopes_of(principal(request))


def require_scope(request: Request, scope: Scope) -> None:
    """For what needs more than its view does in general. Raises 403."""
    if scope not in scopes_of(principal(request)):
        raise PermissionDenied


def principal(request: Any) -> Principal:
    """Who makes the request. DRF types `request.user` as Django's user model, which an API key is not."""
    found: Principal = request.user
    return found
