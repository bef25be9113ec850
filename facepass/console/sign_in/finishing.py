"""What every way to sign in ends in: the second step where there is one, else the page that was asked for."""

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from facepass.core.access.sign_in import pending
from facepass.core.access.sign_in.requirement import VERIFIED, has_second_factor
from facepass.models import SignInMethod, User

BACKEND = "django.contrib.auth.backends.ModelBackend"


def continue_sign_in(
    request: HttpRequest, user: User, *, method: SignInMethod, next_path: str, is_verified: bool = False
) -> HttpResponseBase:
    """Sign the user in, or ask for the second factor of who has one. `is_verified`: two were shown already."""
    if is_verified or not has_second_factor(user):
        return finish(request, user, method=method, next_path=next_path, is_verified=is_verified)
    pending.begin(request.session, user, method=method, next_path=next_path)
    return redirect("admin:login_second_step")


def finish(
    request: HttpRequest, user: User, *, method: SignInMethod, next_path: str, is_verified: bool
) -> HttpResponseBase:
    pending.forget(request.session)
    request.sign_in_method = method  # type: ignore[attr-defined]  # `sign_ins.begin` reads it
    login(request, user, backend=BACKEND)
    request.session[VERIFIED] = is_verified
    return redirect(next_path)


def read_next(request: HttpRequest) -> str:
    """Return the page to go to, where it is one of this site; else the admin's first one."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME, request.GET.get(REDIRECT_FIELD_NAME, ""))
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)
