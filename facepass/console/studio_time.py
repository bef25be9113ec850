"""In which time zone staff read and type dates: that of their studio; of a row, that of the studio it belongs to."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from facepass.console.base import common_zone

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class StudioTimeMiddleware:
    """Answers the console's requests in the zone of the studio, where all studios of the member of staff have one.

    Where they differ, the page of a row activates that of its studio (`read_in_time_of`), until the request ends.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(reverse("admin:index")):
            return self.get_response(request)
        with timezone.override(common_zone(request)):
            return self.get_response(request)
