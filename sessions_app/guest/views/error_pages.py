"""Errors on guests' paths, in the guests' design: with the studio's name, logo and contact where the path has a code.

None of these pages leads to pages of staff.
"""

import logging
import re
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from sessions_app.guest.domain import entrance
from sessions_app.guest.domain.branding import Brand
from sessions_app.guest.domain.party import hub
from sessions_app.models import PhotoSession

log = logging.getLogger(__name__)
# The first parts of guests' paths (`sessions_app.urls`), and the code of an event's.
GUEST_PATH = re.compile(r"/(s|e|shared|screen|my|news|forgotten|hidden|found)(/|$)")
CODE = re.compile(r"/s/([0-9A-Za-z]{1,16})(/|$)")
HUB_CODE = re.compile(r"/e/([0-9A-Za-z]{1,16})(/|$)")

# What only scripts ask for, which want to know of an error.
FOR_SCRIPTS = {"guest-look"}
# The pages with the forms that other paths are opened by; of all others it is the event's own.
FORMS = {
    "guest-challenge": "guest-search",
    "guest-zip": "guest-photos",
    "guest-share": "guest-photos",
    "guest-act": "guest-photos",
    "guest-done": "guest-person",
}


def is_guest_path(request: HttpRequest) -> bool:
    return GUEST_PATH.match(request.path_info) is not None


def render_error(request: HttpRequest, *, status: int, title: str, message: str = "") -> HttpResponse:
    """Render the page of an error on a guest's path.

    After an error of ours it is rendered without the request, whose context processors may need what has failed.
    """
    session = _find_session(request)
    brand = Brand.for_session(session) if session else _find_brand_of_hub(request)
    context = {
        "session": session,
        "brand": brand,
        "door": session.code if session else "",
        "status": status,
        "title": title,
        "message": message,
        "request_id": getattr(request, "request_id", None) if status >= 500 else None,
    }
    page = render_to_string("guest/error.html", context, request=request if status < 500 else None)
    response = HttpResponse(page, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _find_session(request: HttpRequest) -> PhotoSession | None:
    """Return the event whose code is in the path; None for no event, and where the database does not answer."""
    code = CODE.match(request.path_info)
    try:
        return entrance.find_session_by_code(code[1]) if code else None
    except DatabaseError as error:
        log.warning("an error page names no studio: %s", type(error).__name__)
        return None


def _redirect_to_form(request: HttpRequest) -> HttpResponse | None:
    """Redirect to the same guest's page whose form opens the path; None where no form of an event does."""
    match = request.resolver_match
    if match is None or "code" not in match.kwargs or match.url_name in FOR_SCRIPTS:
        return None
    response = redirect(FORMS.get(match.url_name or "", "guest-page"), code=match.kwargs["code"])
    response["Cache-Control"] = "no-store"
    return response


def _find_brand_of_hub(request: HttpRequest) -> Brand | None:
    """Return the look of the page for several events whose code is in the path, as `_find_session`."""
    code = HUB_CODE.match(request.path_info)
    try:
        page = hub.find_page(code[1]) if code else None
    except DatabaseError as error:
        log.warning("an error page names no studio: %s", type(error).__name__)
        return None
    return page.brand if page else None


class MethodPageMiddleware:
    """Gives guests a page where a path takes another method.

    Who follows what only a form opens, as after a change of the language or by Back, is led to the page of that form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 405 or not is_guest_path(request):
            return response
        if request.method in ("GET", "HEAD") and (form := _redirect_to_form(request)):
            return form
        title, message = (
            _("This page opens by a button only"),
            _("Go back to the page of the event, and press it there."),
        )
        page = render_error(request, status=405, title=title, message=message)
        page["Allow"] = response["Allow"]
        return page
