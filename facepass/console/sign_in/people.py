"""For owners and superusers: who has a second factor, and resetting that of who lost it."""

import logging

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from facepass.console.sign_in.account import require_recent_sign_in
from facepass.core.access.authentication import user_of
from facepass.core.access.sign_in import second_factors
from facepass.core.access.sign_in.resets import list_resettable, may_reset_anybody
from facepass.models import TotpSecret, User

log = logging.getLogger(__name__)

PER_PAGE = 50


def show_people(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    if not may_reset_anybody(user):
        raise PermissionDenied
    apps = TotpSecret.objects.filter(user=OuterRef("pk"))
    rows = list_resettable(user).annotate(has_app=Exists(apps), passkey_count=Count("passkeys"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    context = {**admin.site.each_context(request), "title": _("How people sign in"), "people": page}
    return TemplateResponse(request, "admin/account/people.html", context)


@require_POST
@require_recent_sign_in
def reset(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take somebody's second factors away, and leave a trace of who did it."""
    by = user_of(request)
    user = get_object_or_404(list_resettable(by), pk=pk)
    second_factors.reset(user)
    _leave_trace(user, by=by)
    text = _("%(name)s has no second factor any more, and was signed out everywhere.")
    messages.success(request, text % {"name": user})
    return redirect("admin:account_people")


def _leave_trace(user: User, *, by: User) -> None:
    log.warning("the second factors of user %s were reset by user %s", user.pk, by.pk)
    what = [{"changed": {"fields": ["Second factor"]}}]  # translated where it is shown
    LogEntry.objects.log_actions(by.pk, [user], CHANGE, what, single_object=True)
