"""The edge of the staff pages: where they are mounted, what a script sent, and how it is answered or refused."""

import json
import math
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facepass.console.base import has_role, read_in_time_of
from facepass.core import errors
from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.storable_values import json_problem, replace_non_finite
from facepass.core.errors import FacePassError
from facepass.models import Role

M = TypeVar("M", bound=models.Model)
View = Callable[..., HttpResponseBase]
# A script's JSON object; what a value is, whoever reads it checks.
Body = dict[str, Any]
Context = dict[str, object]


class ModelPages:
    """Paths of staff pages below the admin's own pages of a model.

    They stand in the admin's namespace and are open to whoever may enter the admin: what somebody may see or change,
    each view checks itself. A page's name is completed with the model's, as Django does it:
    `admin:galleries_gallery_photos`.
    """

    def __init__(self, model: type[models.Model]) -> None:
        self._route = f"{model._meta.app_label}/{model._meta.model_name}/"
        self._name = f"{model._meta.app_label}_{model._meta.model_name}_"

    def page(self, route: str, view: View, *, name: str) -> URLPattern:
        """Return the path of a page, or of a part of one, that a browser shows."""
        return self._path(route, require_safe(view), name)

    def form(self, route: str, view: View, *, name: str) -> URLPattern:
        """Return the path of a page that shows a form and takes it."""
        return self._path(route, require_http_methods(["GET", "HEAD", "POST"])(view), name)

    def file(self, route: str, view: View, *, name: str) -> URLPattern:
        """Return the path of a file that a form asks for and a browser saves."""
        return self._path(route, require_POST(view), name)

    def read(self, route: str, view: View, *, name: str) -> URLPattern:
        """Return the path of what a script asks for and gets as JSON."""
        return self._path(route, require_safe(json_view(view)), name)

    def write(self, route: str, view: View, *, name: str) -> URLPattern:
        """Return the path of what a script does, answered as JSON."""
        return self._path(route, require_POST(json_view(view)), name)

    def _path(self, route: str, view: View, name: str) -> URLPattern:
        return path(self._route + route, admin.site.admin_view(view), name=self._name + name)


def json_view(view: View) -> View:
    """Return the view with its refusals in the API's envelope, 403 and 404 too, which a script can read and show."""

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except FacePassError as refusal:
            return errors.refusal_response(refusal, request=request)
        except PermissionDenied:
            return errors.json_error_response(request, status=403, message=_("Not allowed."))
        except Http404:
            return errors.json_error_response(request, status=404, message=_("Not found."))

    return answer


def render_page(request: HttpRequest, template: str, context: Context) -> TemplateResponse:
    """Return a page in the admin's frame."""
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})


def answer_json(**values: object) -> JsonResponse:
    """Return an object as JSON. Numbers that are not finite become null, which a script can read; NaN it can not."""
    return JsonResponse(replace_non_finite(values))


def find_visible(request: HttpRequest, rows: TenantQuerySet[M], pk: UUID) -> M:
    """Return that row. Raise Http404 for a stranger's as for one that is not there."""
    row = rows.visible_to(user_of(request)).filter(pk=pk).first()
    if row is None:
        raise Http404
    read_in_time_of(request, row, rows.studio_path)
    return row


def require_role(request: HttpRequest, studio_id: UUID, roles: frozenset[Role]) -> None:
    """Raise PermissionDenied for whoever has none of these roles in the studio, such as a member who may look only."""
    if not has_role(request, studio_id, roles):
        raise PermissionDenied


def log_change(request: HttpRequest, row: models.Model, message: str | list[dict[str, object]]) -> None:
    """Write the change to the row's history in the admin."""
    _log(request, row, CHANGE, message)


def log_addition(request: HttpRequest, row: models.Model, message: str) -> None:
    """Write that the row was added to its history in the admin."""
    _log(request, row, ADDITION, message)


def _log(request: HttpRequest, row: models.Model, flag: int, message: str | list[dict[str, object]]) -> None:
    LogEntry.objects.log_actions(user_of(request).pk, [row], flag, change_message=message, single_object=True)


def parse_body(request: HttpRequest) -> Body:
    """Return the request's JSON object, whose values the database can keep. Raise 400 `invalid_request`."""
    try:
        body = json.loads(request.body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict) or json_problem(body):
        raise invalid_request()
    return body


def _refuse_constant(constant: str) -> NoReturn:
    """Raise ValueError for NaN and infinity, which Python reads and JSON does not have."""
    raise ValueError(constant)


def parse_number(value: Any, *, least: int = 0, most: int) -> int:  # of a body or a query string
    """Return a whole number, brought within its bounds. Raise 400 `invalid_request`."""
    try:
        return max(least, min(most, int(value)))
    except (TypeError, ValueError, OverflowError):
        raise invalid_request() from None


def parse_finite(value: Any) -> float:
    """Return a finite number. Raise 400 `invalid_request` for anything else, such as the text `nan`."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise invalid_request() from None
    if not math.isfinite(number):
        raise invalid_request()
    return number


def parse_uuid(value: object) -> UUID:
    """Return the id. Raise 400 `invalid_request` for what is none."""
    try:
        return UUID(str(value))
    except ValueError:
        raise invalid_request() from None


def parse_uuids(values: object, *, most: int = 5000) -> list[UUID]:
    """Return a list of ids. Raise 400 `invalid_request`, also for more than `most`."""
    if not isinstance(values, list) or len(values) > most:
        raise invalid_request()
    return [parse_uuid(value) for value in values]


def parse_page_uuid(text: str) -> UUID:
    """Return an id out of a page's address. Raise Http404 for what is none, since it names nothing."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def invalid_request() -> FacePassError:
    """Return the refusal of a request that no page of ours makes."""
    return FacePassError("invalid_request", _("The request is not valid."))
