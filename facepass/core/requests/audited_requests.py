"""Every request that may change something is an act of the audit: of staff, keys, and guests for their privacy."""

import re
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from rest_framework.permissions import SAFE_METHODS

from facepass.core.access.actors import actor_of
from facepass.core.access.authentication import principal_of
from facepass.core.access.ownership import Owner, owner_of_page
from facepass.core.access.rate_limits import client_address
from facepass.core.audit import entries
from facepass.core.audit.acts import Act, Actor, perform
from facepass.core.audit.watching import watch
from facepass.models import ActorKind

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# What guests do about their privacy; whatever else they do is nobody's to read.
GUEST_ACTS = frozenset(
    {
        "guest-consent", "guest-withdraw", "guest-withdrawn", "guest-forget", "guest-hidden", "guest-data",
        "guest-alerts", "guest-alerts-stop", "guest-alert-confirm", "guest-alert-stop",
        "guest-ready", "guest-ready-confirm", "guest-leave-out",
    }
)  # fmt: skip
LIST_ACTION = re.compile(r"\w{1,60}", re.ASCII)


class AuditMiddleware:
    """Makes an entry of each act that writes something. After the one that knows who is signed in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        act = begin_act(request)
        request.act = act  # type: ignore[attr-defined]
        doing = perform(act) if request.method in SAFE_METHODS else watch(act)
        with doing:
            response = self.get_response(request)
        act.action += _list_action(request)
        entries.finish(act, status=response.status_code)
        return response

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> None:
        request.act.action = name_action(request)  # type: ignore[attr-defined]


def begin_act(request: HttpRequest) -> Act:
    """Return the act, which has no name, and is not told, until it is known which view answers."""
    return Act(
        action="",
        find_actor=_ActorFinder(request),
        request_id=getattr(request, "request_id", ""),
        address=shorten_address(client_address(request)),
    )


def name_action(request: HttpRequest) -> str:
    """Return what the act is called: the method and route, or the name of the page; empty for what is not told."""
    match = request.resolver_match
    if match is None:
        return ""
    route = "/" + re.sub(r"<[^>]+>", "{}", match.route)
    if match.namespace == "admin" or match.app_name == "admin":
        return f"admin:{match.url_name}"
    if owner_of_page(route) == Owner.GUEST and not hasattr(match.func, "cls"):
        return match.url_name or "" if match.url_name in GUEST_ACTS else ""
    return f"{request.method} {route}"


def _list_action(request: HttpRequest) -> str:
    """Return which action of a list of the admin it was; empty for another page. Reads no body that nobody has read."""
    posted = getattr(request, "_post", None)
    name = posted.get("action", "") if posted else ""
    is_list = (getattr(request.resolver_match, "url_name", None) or "").endswith("_changelist")
    return f" {name}" if is_list and LIST_ACTION.fullmatch(name) else ""


class _ActorFinder:
    """Finds who acts: who made the request or, where they have left with it, who was signed in before."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._known: Actor | None = None

    def __call__(self) -> Actor:
        if self._known is None or self._known.kind in (ActorKind.GUEST, ActorKind.NOBODY):
            self._known = self._find()
        return self._known

    def _find(self) -> Actor:
        route = getattr(self._request.resolver_match, "url_name", None)
        unknown = Actor(ActorKind.GUEST if route in GUEST_ACTS else ActorKind.NOBODY)
        return actor_of(principal_of(self._request)) or unknown


def shorten_address(address: str) -> str:
    """Return the network that the address is in: a /24, or of IPv6 a /48; empty for what is no address."""
    try:
        network = ip_network(address, strict=False)
    except ValueError:
        return ""
    return str(network.supernet(new_prefix=24 if network.version == 4 else 48))
