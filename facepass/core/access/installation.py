"""Nobody but superusers changes at the admin what belongs to the whole installation, whatever its pages say."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from rest_framework.permissions import SAFE_METHODS

from facepass.core.access.ownership import Owner, owner_of_admin


class InstallationMiddleware:
    """Answers 403 to whoever is no superuser and sends a form of an address that the installation owns."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, _view: object, _args: object, _kwargs: object) -> None:
        """Raise PermissionDenied before the view is called; whom nobody knows it sends to sign in by itself."""
        match = request.resolver_match
        if request.method in SAFE_METHODS or match is None or match.app_name != "admin":
            return
        is_known = request.user.is_authenticated and not request.user.is_superuser
        if is_known and owner_of_admin(match.url_name or "") == Owner.INSTALLATION:
            raise PermissionDenied
