"""Whose values a request means that exist for the installation and, within its bounds, for each studio.

It may say so by `level`. Otherwise it is the installation for a principal who may set that up and named no studio, and
else the principal's studio.
"""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from facepass.core.access.authentication import principal_of
from facepass.core.access.tenancy import Principal, require_single_studio, scopes_of, studios_of
from facepass.core.errors import FacePassError
from facepass.models import Scope, Studio, User

LEVEL = OpenApiParameter(
    "level", str, enum=["installation", "studio"], description="Whose settings; by default the widest one's may change."
)


def find_studio(request: Request, *, changes: bool = False) -> Studio | None:
    """Return whose values the request means: a studio's, or the installation's (None).

    Raise 400, and 403 to change the installation's without the right to.
    """
    principal, level = principal_of(request), request.query_params.get("level")
    if level not in (None, "installation", "studio"):
        raise FacePassError("invalid_request", _("The level is installation or studio."), details={"level": level[:40]})
    if level == "installation" and changes and Scope.INSTALLATION not in scopes_of(principal):
        raise PermissionDenied
    if level == "installation" or (not level and sets_up_installation(principal)):
        return None
    if not changes and studios_of(principal).count() > 1:
        return None
    return require_single_studio(principal)


def sets_up_installation(principal: Principal) -> bool:
    """Return whether the principal may set up the installation, and asks for no single studio by `X-Studio`."""
    named_one = isinstance(principal, User) and principal.selected_studio is not None
    return Scope.INSTALLATION in scopes_of(principal) and not named_one
