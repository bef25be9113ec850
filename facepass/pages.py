"""The front door, the error pages, and the Content-Security-Policy of pages that are not ours."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponseBase, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from facepass.core.access import rate_limits
from facepass.core.errors import json_error_response
from facepass.models import User

View = Callable[..., HttpResponseBase]


def landing(request: HttpRequest) -> HttpResponseBase:
    """Show what this is and where to go, with a link to the demo's guest page where there is one."""
    return render(request, "landing.html", {"demo_path": _demo_path()})


def _demo_path() -> str | None:
    """Return the path of the demo's guest page; None without a demo, or while its file is being written."""
    try:
        demo = json.loads((settings.HOME / "demo.json").read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    address = demo.get("guest_url")
    return urlsplit(address).path if address else None


def set_site_language(request: HttpRequest) -> HttpResponseBase:
    """Set the language, as Django's own view does. A member's choice also holds for e-mail."""
    answer: HttpResponseBase = set_language(request)
    chosen = answer.cookies.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen and isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(language=chosen.value)
    return answer


@require_POST
@staff_member_required
def set_mail_preference(request: HttpRequest) -> HttpResponseBase:
    """Set whether the member gets notices by e-mail, from the form on the admin's first page."""
    User.objects.filter(username=request.user.get_username()).update(wants_mail="wanted" in request.POST)
    return redirect("admin:index")


def allow_inline_code(view: View) -> View:
    """Loosen the page's policy: Swagger UI and ReDoc start themselves by an inline script and style."""
    inline = ["'unsafe-inline'"]
    decorated: View = csp_update({"script-src": inline, "style-src": inline, "worker-src": ["blob:"]})(view)
    return decorated


def limit_login(login: View) -> View:
    """Limit attempts on the admin's login page, as many for each address as at the API."""

    @wraps(login)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wait = rate_limits.consume_login_quota(request) if request.method == "POST" else None
        if wait is None:
            return login(request, *args, **kwargs)
        response = _error(request, status=429, message=_("Too many attempts. Wait a minute, then try again."))
        response["Retry-After"] = str(wait)
        return response

    return limited


def _error(request: HttpRequest, *, status: int, message: str) -> HttpResponseBase:
    if _is_api(request):
        return json_error_response(request, status=status, message=message)
    return render(request, "error.html", {"status": status, "message": message}, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponseBase:
    return _error(request, status=400, message=_("The request is not valid."))


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponseBase:
    """Return the page of a refusal; in the console, for who has signed in, with its menu."""
    if request.path.startswith("/admin/") and admin.site.has_permission(request):
        context = {**admin.site.each_context(request), "title": _("Not allowed.")}
        return render(request, "admin/forbidden.html", context, status=403)
    return _error(request, status=403, message=_("Not allowed."))


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponseBase:
    return _error(request, status=404, message=_("There is nothing here."))


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Render the page without the request: context processors may need the very database that does not answer."""
    message = _("Something went wrong on our side.")
    if _is_api(request):
        return json_error_response(request, status=500, message=message)
    known = {"status": 500, "message": message, "request_id": getattr(request, "request_id", None)}
    return HttpResponseServerError(render_to_string("error.html", known))


def _is_api(request: HttpRequest) -> bool:
    """Return whether the path is of the API; also those of recognition, which have no prefix."""
    found = request.resolver_match
    return request.path.startswith("/api/") or (found is not None and hasattr(found.func, "cls"))
