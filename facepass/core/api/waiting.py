"""`?wait=20` or `Prefer: wait=20`: an answer of 202 is held back until the work is over, at most for so many seconds.

The view answers as always and says how it is found out whether the work is over (`hold`). The middleware, the outermost
of all, then looks from time to time. Under ASGI it sleeps between the looks without holding a thread.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.api.renderers import JSONRenderer

MOST_SECONDS = 30
PREFERENCE = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,6})\"?\s*(?:$|[,;])", re.IGNORECASE)
# The first looks come soon: a picture takes about a second.
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 0.5
WAIT = OpenApiParameter(
    "wait",
    {"type": "integer", "minimum": 0, "maximum": MOST_SECONDS},
    description="Seconds to wait until the work is over; then the answer is 200 and says what came of it. "
    "As `Prefer: wait=20`, of which more than the most is taken for the most.",
)
# Returns what to answer, or None while the work is not over.
Look = Callable[[], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Hold:
    """What a response waits for."""

    look: Look
    seconds: int
    preferred: bool


def parse_wait(request: Request) -> int:
    """Return the seconds that the request wants to wait. Raise 400 for a `wait` that is none or too long."""
    text = request.query_params.get("wait")
    if text is None:
        preferred = PREFERENCE.search(request.headers.get("Prefer", ""))
        return min(int(preferred[1]), MOST_SECONDS) if preferred else 0
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) > MOST_SECONDS:
        message = _("Enter a whole number from 0 to %(most)d.") % {"most": MOST_SECONDS}
        raise ValidationError({"wait": [message]})
    return int(text)


def hold(response: Response, *, look: Look, seconds: int, request: Request) -> Response:
    """Return the response, which is held back until `look` says what came of the work, at most for so long."""
    if seconds:
        response.hold = Hold(look, seconds, preferred="wait" not in request.query_params)  # type: ignore[attr-defined]
    return response


class WaitMiddleware:
    """Holds back what `hold` has marked. The outermost middleware, so that no thread is held while it sleeps."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self._is_async:
            return self._answer_later(request)
        response = cast(HttpResponseBase, self.get_response(request))
        if held := getattr(response, "hold", None):
            for pause in _pauses(held.seconds):
                if _finish(response, held):
                    break
                time.sleep(pause)
        return response

    async def _answer_later(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await self.get_response(request)
        if held := getattr(response, "hold", None):
            for pause in _pauses(held.seconds):
                if await sync_to_async(_finish)(response, held):
                    break
                await asyncio.sleep(pause)
        return response


def _pauses(seconds: int) -> Any:
    """Yield how long to sleep between looks, until so many seconds are over; the last look comes at the end."""
    until, pause = time.monotonic() + seconds, FIRST_PAUSE
    while (left := until - time.monotonic()) > 0:
        yield min(pause, left)
        pause = min(LONGEST_PAUSE, pause * 1.5)
    yield 0


def _finish(response: HttpResponseBase, held: Hold) -> bool:
    """Make the response that of the work's end, where it has come."""
    found = held.look()
    if found is None or not isinstance(response, HttpResponse):
        return False
    response.status_code = 200
    response.content = JSONRenderer().render(found)
    for name in ("Content-Encoding", "Retry-After"):
        response.headers.pop(name, None)
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))
    if held.preferred:
        response["Preference-Applied"] = f"wait={held.seconds}"
    return True
