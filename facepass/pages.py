"""The front door, the error pages, and the Content-Security-Policy of pages that are not ours."""

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from facepass.core.access import rate_limits
from facepass.core.errors import (
    RETRY_AFTER_SECONDS,
    FacePassError,
    as_refusal,
    json_error_response,
    refusal_response,
)
from facepass.core.public_address import host_of, normalise_origin
from facepass.models import User
from sessions_app.guest.views import error_pages

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
    if error_pages.is_guest_path(request):
        return error_pages.render_error(request, status=status, title=message)
    return render(request, "error.html", {"status": status, "message": message}, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponseBase:
    advice = _advise_on_host(request) if isinstance(exception, DisallowedHost) else ""
    return _error(request, status=400, message=advice or _("The request is not valid."))


def _advise_on_host(request: HttpRequest) -> str:
    """Return what to set so that the server answers to the host by which it was called; empty where that is none."""
    try:
        origin = normalise_origin(f"{request.scheme}://{request.META.get('HTTP_HOST', '')}")
    except ValueError:
        return ""
    message = _(
        "This server does not answer to %(host)s. Whoever runs it sets PUBLIC_URL=%(origin)s, or adds %(host)s to "
        "ALLOWED_HOSTS, and starts it again."
    )
    return message % {"host": host_of(origin), "origin": origin}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Return the page of a form without its token; its reason is for the log, where Django has put it."""
    if not error_pages.is_guest_path(request):
        return render(request, "403_csrf.html", status=403)
    title = _("This page is out of date")
    message = _("Go back, reload the page and try again. If that does not help, allow cookies for this site.")
    return error_pages.render_error(request, status=403, title=title, message=message)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponseBase:
    """Return the page of a refusal; in the console, for who has signed in, with its menu."""
    if request.path.startswith("/admin/") and admin.site.has_permission(request):
        context = {**admin.site.each_context(request), "title": _("Not allowed.")}
        return render(request, "admin/forbidden.html", context, status=403)
    return _error(request, status=403, message=_("Not allowed."))


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponseBase:
    return _error(request, status=404, message=_("There is nothing here."))


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer after an exception that nobody caught: 503 where a part that we need is away, else 500.

    The page is rendered without the request: context processors may need the very database that does not answer.
    """
    if (refusal := _unavailability(sys.exception())) is not None:  # of a middleware
        return _unavailable(request, refusal)
    message = _("Something went wrong on our side.")
    if _is_api(request):
        return json_error_response(request, status=500, message=message)
    return _page_of_our_error(request, status=500, title=message)


class UnavailableMiddleware:
    """Answers 503 where a view needed a part that is away, which is no defect of the view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        refusal = _unavailability(exception)
        return _unavailable(request, refusal) if refusal else None


def _unavailability(error: BaseException | None) -> FacePassError | None:
    """Return the refusal that the error stands for, where it passes by itself; None for any other error."""
    refusal = as_refusal(error) if isinstance(error, Exception) else None
    return refusal if refusal is not None and refusal.status == 503 else None


def _unavailable(request: HttpRequest, refusal: FacePassError) -> HttpResponseBase:
    if _is_api(request):
        return refusal_response(refusal, request=request)
    advice = _("Nothing is lost. Try again in a minute.")
    page = _page_of_our_error(request, status=refusal.status, title=refusal.message, message=advice)
    page["Retry-After"] = str(refusal.retry_after or RETRY_AFTER_SECONDS)
    return page


def _page_of_our_error(request: HttpRequest, *, status: int, title: str, message: str = "") -> HttpResponse:
    if error_pages.is_guest_path(request):
        return error_pages.render_error(request, status=status, title=title, message=message)
    text = " ".join(filter(None, [title, message]))
    known = {"status": status, "message": text, "request_id": getattr(request, "request_id", None)}
    return HttpResponse(render_to_string("error.html", known), status=status)


def _is_api(request: HttpRequest) -> bool:
    """Return whether the path is of the API; also those of recognition, which have no prefix."""
    found = request.resolver_match
    return request.path.startswith("/api/") or (found is not None and hasattr(found.func, "cls"))
