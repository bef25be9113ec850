"""The parts of a request that no serializer or form sees, checked for text that the database cannot keep."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseBase

NUL, QUOTED_NUL = "\0", "%00"


class RejectNulMiddleware:
    """PostgreSQL has no character NUL: what its name holds is not there (404), and what asks for it asks wrongly (400).

    Bodies are left to whoever reads them: forms, serializers, `facepass.core.api.parsers` and the staff pages each
    refuse it.
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
