"""Authentication by API key, token or the admin's sign-in, and the scope that each view requires."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework_simplejwt.authentication import JWTAuthentication

from facepass.core.access import rate_limits, token_families
from facepass.core.access.ownership import Owner, owner_of_operation
from facepass.core.access.sign_in import requirement
from facepass.core.access.tenancy import Principal, scopes_of, select_studio
from facepass.core.audit.acts import unrecorded
from facepass.core.errors import FacePassError
from facepass.models import ApiKey, Scope, User

if TYPE_CHECKING:
    from rest_framework.views import APIView  # DRF's views import this module through the settings

# A key's `last_used_at` is told to the minute, so that a busy key does not write on every request.
LAST_USED_PRECISION = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer fp_…` or `Api-Key fp_…`; the key itself is then `request.user`."""

    def authenticate(self, request: Request) -> tuple[ApiKey, ApiKey] | None:
        scheme, token = parse_credentials(request)
        if scheme != "api-key" and not (scheme == "bearer" and token.startswith("fp_")):
            return None
        key = ApiKey.objects.authenticate(token)
        if key is None:
            raise authentication_failure(request, _("This API key is unknown, expired or revoked."))
        record_key_use(key)
        return key, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class JwtAuthentication(JWTAuthentication):
    """`Authorization: Bearer` with a token of `/api/v1/auth/token`, for a member of staff."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, token = parse_credentials(request)
        if scheme != "bearer":
            return None
        try:
            valid = self.get_validated_token(token.encode("latin-1"))
            user = cast(User, self.get_user(valid))
        except AuthenticationFailed:
            raise authentication_failure(request, _("This token is not valid or has expired.")) from None
        is_over = token_families.has_ended(valid.payload) or not token_families.is_of_generation(valid.payload, user)
        if is_over:
            raise authentication_failure(request, _("This token is not valid or has expired."))
        if requirement.must_have_second_factor(user) and not requirement.has_second_factor(user):
            raise second_factor_missing()
        return _in_studio(user, request), valid


class SessionAuthentication(authentication.SessionAuthentication):
    """The admin's sign-in, so that staff can try the API on its documentation page."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        found = super().authenticate(request)
        if found is None and getattr(request._request, "is_held_back", False):
            raise second_factor_missing()
        return found and (_in_studio(found[0], request), None)


def second_factor_missing() -> FacePassError:
    text = _("Set up a second factor in the admin first.")
    return FacePassError("second_factor_required", str(text), status=403)


def parse_credentials(request: Request) -> tuple[str, str]:
    """Return the scheme, in lower case, and the token of the Authorization header; empty strings without one."""
    scheme, _space, token = get_authorization_header(request).decode("latin-1").partition(" ")
    return scheme.lower(), token.strip()


def _in_studio(user: Any, request: Request) -> Any:
    if named := request.headers.get("X-Studio"):
        select_studio(user, named)
    return user


def authentication_failure(request: Request, message: Any) -> AuthenticationFailed:
    """Return the 401 for credentials that are not valid, and count the attempt against the client's address.

    Raise 429 `rate_limited` instead where the address has tried too often.
    """
    _count_address(request)
    return AuthenticationFailed(message)


def _count_address(request: Request) -> None:
    """Take one request out of the bucket of the client's address. Raise 429 `rate_limited`."""
    rate_limits.require_counted(request._request, "guest", rate_limits.address_bucket(request._request))


def record_key_use(key: ApiKey) -> None:
    """Update the key's `last_used_at`, at most once a minute."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > LAST_USED_PRECISION:
        with unrecorded():
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def required_scope(view: Any, method: str) -> str:
    """Return the scope that the view requires for the method.

    A view's `scope` is one scope, or one for each method. The default is `read` for safe methods and `write` for
    others.
    """
    named = getattr(view, "scope", None)
    scope = named.get(method) if isinstance(named, Mapping) else named
    return str(scope or (Scope.READ if method in SAFE_METHODS else Scope.WRITE))


class HasScope(BasePermission):
    """Allows principals that hold the scope which the view requires, and for what the installation owns also that."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        who = principal_of(request)
        if not who.is_authenticated:
            _count_address(request)
        held = scopes_of(who)
        is_of_installation = _owner_of(request) == Owner.INSTALLATION
        return required_scope(view, request.method or "") in held and (
            Scope.INSTALLATION in held or not is_of_installation
        )


def _owner_of(request: Request) -> Owner | None:
    match = request._request.resolver_match
    return owner_of_operation(request.method or "", match.route) if match else None


def require_scope(request: Request, scope: Scope) -> None:
    """Raise 403 unless the principal holds the scope. For what requires more than the rest of its view."""
    if scope not in scopes_of(principal_of(request)):
        raise PermissionDenied


class PrincipalThrottle(BaseThrottle):
    """Limits the requests of each key, member or, where a view is open to all, address. The default of every view."""

    def allow_request(self, request: Request, view: Any) -> bool:
        require_principal_quota(request)
        return True


def require_principal_quota(request: Request) -> None:
    """Take one request out of the principal's bucket. Raise 429 `rate_limited`.

    Called again for the same request it takes no second one, because `facepass.core.requests.idempotency` calls it
    before the view does.
    """
    bucket = rate_bucket(principal_of(request), request)
    if getattr(request._request, "_quota_of", None) != bucket:
        rate_limits.require_counted(request._request, *bucket)
        request._request._quota_of = bucket  # type: ignore[attr-defined]


def rate_bucket(who: Principal, request: Request) -> tuple[str, str]:
    """Return the kind of the principal's limit (a key of RATE_LIMITS) and the name of its bucket."""
    if isinstance(who, ApiKey):
        return "key", f"key:{who.pk}"
    if isinstance(who, User):
        return "key", f"user:{who.pk}"
    return "guest", rate_limits.address_bucket(request._request)


def principal_of(request: Request | HttpRequest) -> Principal:
    """Return who makes the request: a member of staff, an API key, or nobody who is known."""
    return cast(Principal, request.user)  # both types name Django's user model only, which an API key is not


def user_of(request: HttpRequest) -> User:
    """Return the signed-in member of staff. For views of the admin site, which lets nobody else in."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user
