"""How one signs in oneself: second factors, and where one is signed in."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from facepass.core.access.authentication import user_of
from facepass.core.access.sign_in import passkeys, recovery_codes, second_factors, sign_ins
from facepass.core.access.sign_in.requirement import lacks_second_factor, must_have_second_factor
from facepass.core.access.sign_in.resets import may_reset_anybody
from facepass.core.access.sign_in.session_store import stored_key
from facepass.core.errors import FacePassError

View = Callable[..., HttpResponseBase]


def show_account(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    context = {
        **admin.site.each_context(request),
        "title": _("How you sign in"),
        "factors": second_factors.list_second_factors(user),
        "must_have": must_have_second_factor(user),
        "is_held_back": lacks_second_factor(user, request.session),
        "is_recent": sign_ins.is_recent(request.session),
        "has_passkeys": bool(passkeys.host_of(request)),
        "sign_ins": sign_ins.list_sign_ins(user),
        "current_key": stored_key(request.session.session_key),
        "has_people": may_reset_anybody(user),
    }
    return TemplateResponse(request, "admin/account/page.html", context)


def require_recent_sign_in(view: View) -> View:
    """Let nobody change how somebody signs in who found the screen open: they have to sign in again first."""

    @wraps(view)
    def careful(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if sign_ins.is_recent(request.session):
            return view(request, *args, **kwargs)
        messages.warning(request, _("It is some time ago that you signed in. Sign in again to change this."))
        return redirect("admin:account")

    return careful


@require_POST
@require_recent_sign_in
def make_codes(request: HttpRequest) -> HttpResponseBase:
    """Show new recovery codes, once; those of before work no more."""
    user = user_of(request)
    if not second_factors.list_second_factors(user):
        return redirect("admin:account")
    return show_codes(request, recovery_codes.replace_codes(user))


def show_codes(request: HttpRequest, codes: list[str]) -> HttpResponseBase:
    context = {**admin.site.each_context(request), "title": _("Your recovery codes"), "codes": codes}
    return TemplateResponse(request, "admin/account/codes.html", context)


def finish_adding(request: HttpRequest, codes: list[str]) -> HttpResponseBase:
    """Answer who has added a second factor: with recovery codes, where it is the first one."""
    messages.success(request, _("Saved. From now on you sign in with it; you were signed out everywhere else."))
    return show_codes(request, codes) if codes else redirect("admin:account")


def try_to_change(request: HttpRequest, change: Callable[[], object], *, done: str) -> HttpResponseBase:
    """Do it and say so, or say why not."""
    try:
        change()
    except FacePassError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("admin:account")


@require_POST
def end_sign_in(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    sign_in = get_object_or_404(user_of(request).sign_ins, pk=pk)
    if sign_in.session_key == stored_key(request.session.session_key):
        logout(request)
        return redirect("admin:login")
    return try_to_change(request, lambda: sign_ins.sign_out(sign_in), done=_("Signed out there."))


@require_POST
def end_others(request: HttpRequest) -> HttpResponseBase:
    """Sign out everywhere else, and end the tokens of the API."""
    user = user_of(request)
    return try_to_change(
        request,
        lambda: sign_ins.sign_out_elsewhere(user, request.session),
        done=_("Signed out everywhere else."),
    )


@require_POST
def sign_in_again(request: HttpRequest) -> HttpResponseBase:
    logout(request)
    return redirect(f"{reverse('admin:login')}?{urlencode({'next': reverse('admin:account')})}")
