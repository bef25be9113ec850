"""The parts of a request that no serializer or form sees, checked for text that the database cannot keep."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseBase

NUL, QUOTED_NUL = "\0", "%00"


class RejectNulMiddleware:
    """Refuses the character NUL, which PostgreSQL cannot store: 404 in a path, 400 in a query or a cookie.

    Bodies are checked by who reads them: forms, serializers, `facepass.core.api.parsers` and the staff pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if NUL in request.path_info:
            raise Http404
        asked = request.META.get("QUERY_STRING", "")
        if NUL in asked or QUOTED_NUL in asked or any(NUL in value for value in request.COOKIES.values()):
            raise BadRequest("a NUL character")
        return self.get_response(request)
