"""The JSON edge of the staff pages: what a script asks, checked as the admin checks it; refusals in the envelope."""

import json
import math
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from facepass.console.base import has_role
from facepass.core import errors
from facepass.core.access.tenancy import Principal, TenantQuerySet
from facepass.core.database.storable_values import json_problem, replace_non_finite
from facepass.core.errors import FacePassError
from facepass.models import Role

M = TypeVar("M", bound=models.Model)
View = Callable[..., HttpResponseBase]


def visible(request: HttpRequest, rows: TenantQuerySet[M], pk: UUID) -> M:
    """That row; a stranger's is not there."""
    found = rows.visible_to(cast(Principal, request.user)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def require(request: HttpRequest, studio_id: UUID, wanted: frozenset[Role]) -> None:
    """Raises PermissionDenied for a member who may look only."""
    if not has_role(request, studio_id, wanted):
        raise PermissionDenied


def asked(request: HttpRequest) -> dict[str, Any]:
    """The request's JSON object, whose values the database can keep. Raises 400 `invalid_request`."""
    try:
        found = json.loads(request.body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or json_problem(found):
        raise invalid()
    return found


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def number(text: Any, *, least: int = 0, most: int) -> int:
    """A whole number, brought within its bounds. Raises 400 `invalid_request`."""
    try:
        return max(least, min(most, int(text)))
    except (TypeError, ValueError, OverflowError):
        raise invalid() from None


def finite_number(value: Any) -> float:
    """Raises 400 `invalid_request` for what is none, such as the text `nan`."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        raise invalid() from None
    if not math.isfinite(found):
        raise invalid()
    return found


def uuid(text: Any) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise invalid() from None


def uuids(values: Any, *, most: int = 5000) -> list[UUID]:
    """A list of ids. Raises 400 `invalid_request`."""
    if not isinstance(values, list) or len(values) > most:
        raise invalid()
    return [uuid(value) for value in values]


def named(text: str) -> UUID:
    """The id in the address of a page; what is none names nothing."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def invalid() -> FacePassError:
    return FacePassError("invalid_request", _("The request is not valid."))


def json_view(view: View) -> View:
    """Refusals as the envelope, 403 and 404 too, which a script can read as well as people can."""

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except FacePassError as refusal:
            return errors.refusal_response(refusal, request=request)
        except PermissionDenied:
            return errors.json_error_response(request, status=403, message=_("Not allowed."))
        except Http404:
            return errors.json_error_response(request, status=404, message=_("Not found."))

    return answer


def page(admin: ModelAdmin[Any], route: str, view: View, *, name: str) -> URLPattern:
    """A page of the admin: `name` is completed with the model's, as Django's own are."""
    return path(route, admin.admin_site.admin_view(require_safe(view)), name=_full(admin, name))


def reads(admin: ModelAdmin[Any], route: str, view: View, *, name: str) -> URLPattern:
    return path(route, admin.admin_site.admin_view(require_safe(json_view(view))), name=_full(admin, name))


def writes(admin: ModelAdmin[Any], route: str, view: View, *, name: str) -> URLPattern:
    return path(route, admin.admin_site.admin_view(require_POST(json_view(view))), name=_full(admin, name))


def _full(admin: ModelAdmin[Any], name: str) -> str:
    return f"{admin.opts.app_label}_{admin.opts.model_name}_{name}"


def said(**values: Any) -> JsonResponse:
    """What is no number is null: a script cannot read JSON that has the word NaN in it."""
    return JsonResponse(replace_non_finite(values))
