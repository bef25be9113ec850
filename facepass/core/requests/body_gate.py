"""Who may send how large a body, and where: decided from a request's head, before anything of its body is stored.

A path takes files where its view says so: an API view by the parser for forms with files, a page of guests by what
`sessions_app.guest.views.guest_view` adds to it, the admin's pages for staff who are signed in. Other bodies are small.
"""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.settings import api_settings

from facepass.core.access.authentication import SessionAuthentication, required_scope
from facepass.core.access.tenancy import Principal, scopes_of
from facepass.core.errors import FacePassError, as_refusal

# What anybody may send anywhere: forms, and JSON that is no list of thousands.
SMALL_BYTES = 262_144
# Whoever searches with a selfie is promised that it is not stored, so it may not lie in a temporary file either. Photos
# that guests give to the event are no selfies.
SELFIE_PATHS = re.compile(
    r"/s/(?!(?:[^/]+/){1,2}give/?$)|/api/v1/(sessions/[^/]+/interface|faces/search|reference|verify|compare|liveness)"
    r"|/(detect-faces|recognize-face|batch-recognize|api/v2/recognize)"
)
# At most this much is kept of a body with a selfie.
SELFIE_BYTES = 26_000_000
# What a form adds to its file: boundaries, headers, other fields.
SELFIE_FORM_OVERHEAD = 100_000
# Of a guest's form the rest is read and dropped up to here, so that the page can say that the picture is too large.
DROPPED_BYTES = 100_000_000
# An upload may carry many photos, each of which is limited on its own as it is read.
PHOTOS_PER_REQUEST = 40
GIVEN_PHOTOS_PER_REQUEST = 10

# Set on a view: whether the request may send it files. It gets the request and the parts of its URL.
BodyGate = Callable[..., bool]


@dataclass(frozen=True, slots=True)
class Allowance:
    """Bytes of a body that are received, and those that are read behind them and dropped."""

    kept: int = SMALL_BYTES
    dropped: int = 0


def decide_allowance(scope: Any) -> Allowance:
    """Return what may be received of a request's body. Asks the database.

    Raise 401 `not_authenticated` and 403 `permission_denied` for files, and what refuses credentials.
    """
    try:
        return _decide(ASGIRequest(scope, io.BytesIO()))
    except AuthenticationFailed as failure:
        raise as_refusal(failure) or failure from failure
    finally:
        close_old_connections()


def _decide(request: ASGIRequest) -> Allowance:
    match = _find_view(request.path_info)
    if match is None:
        return Allowance()
    gate: BodyGate | None = getattr(match.func, "body_gate", None)
    if gate is not None:
        known = gate(request, *match.args, **match.kwargs)
        most = given_photos_limit() if getattr(match.func, "takes_photos", False) else SELFIE_BYTES
        return Allowance(most if known else SMALL_BYTES, DROPPED_BYTES)
    who = _authenticate(request)
    if who is None:
        if takes_files(match, request.method or "") and not match.namespaces:
            raise FacePassError("not_authenticated", _("Sign in or send a key, then the file."), status=401)
        return Allowance()
    return _allow_principal(request, match, who)


def _allow_principal(request: ASGIRequest, match: ResolverMatch, who: Principal) -> Allowance:
    if not takes_files(match, request.method or ""):
        return Allowance(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if match.namespaces:
        return Allowance(photos_limit() if getattr(who, "is_staff", False) else SMALL_BYTES)
    if _scope_of(match, request.method or "") not in scopes_of(who):
        raise FacePassError("permission_denied", _("Not allowed."), status=403)
    return Allowance(selfie_limit() if SELFIE_PATHS.match(request.path_info) else photos_limit())


def photos_limit() -> int:
    return PHOTOS_PER_REQUEST * int(settings.MAX_UPLOAD_BYTES)


def given_photos_limit() -> int:
    """Return the bytes of a form in which a guest gives photos."""
    return GIVEN_PHOTOS_PER_REQUEST * int(settings.MAX_UPLOAD_BYTES)


def selfie_limit() -> int:
    return min(SELFIE_BYTES, int(settings.MAX_UPLOAD_BYTES) + SELFIE_FORM_OVERHEAD)


def takes_files(match: ResolverMatch, method: str) -> bool:
    """Return whether the view takes forms with files. Those of the admin are told apart by its pages."""
    if match.namespaces:
        return match.namespaces == ["admin"]
    # A view set of routers names its methods; any other class has one of that name.
    methods = getattr(match.func, "actions", None) or dir(getattr(match.func, "cls", None))
    return MultiPartParser in _setting(match, "parser_classes", ()) and method.lower() in methods


def _setting(match: ResolverMatch, name: str, default: Any) -> Any:
    """Return an API view's setting: that of the action, else of the class."""
    view: Any = match.func
    return getattr(view, "initkwargs", {}).get(name, getattr(getattr(view, "cls", None), name, default))


def _scope_of(match: ResolverMatch, method: str) -> str:
    return required_scope(SimpleNamespace(scope=_setting(match, "scope", None)), method)


def _find_view(path: str) -> ResolverMatch | None:
    """Return the view of a path, with its trailing slash or without; see `middleware.OptionalSlashMiddleware`."""
    for known in (path, path.rstrip("/") if path.endswith("/") else f"{path}/"):
        try:
            return resolve(known)
        except Resolver404:
            continue
    return None


def _authenticate(request: ASGIRequest) -> Principal | None:
    """Return who asks, by the Authorization header or the admin's sign-in; None for nobody who is known.

    Raise AuthenticationFailed for credentials that do not hold.
    """
    if request.headers.get("Authorization"):
        kinds: list[Any] = list(api_settings.DEFAULT_AUTHENTICATION_CLASSES)
        who = Request(request, authenticators=[kind() for kind in kinds if kind is not SessionAuthentication]).user
    else:
        sessions = import_module(settings.SESSION_ENGINE)
        request.session = sessions.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
        who = get_user(request)
    return who if who.is_authenticated else None
