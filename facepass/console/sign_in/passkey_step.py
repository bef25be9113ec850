"""Signing in with a passkey: instead of a password, or as the second step after one."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from facepass.console.sign_in.finishing import finish, read_next
from facepass.core.access.sign_in import passkeys, pending
from facepass.core.errors import FacePassError, refusal_response
from facepass.models import SignInMethod, User


@never_cache
@require_POST
def send_challenge(request: HttpRequest) -> HttpResponseBase:
    """Answer what the browser is to sign, as WebAuthn's JSON."""
    try:
        return JsonResponse(passkeys.ask_to_use(request, _known_user(request)))
    except FacePassError as refusal:
        return refusal_response(refusal, request=request)


@never_cache
@require_POST
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Take what the browser signed. A passkey is two factors: the device, and what it asks its owner for."""
    waiting, known = pending.load(request.session), _known_user(request)
    try:
        user = passkeys.use(request, passkeys.parse_answer(request.POST.get("answer", "")), user=known)
    except FacePassError as refusal:
        messages.error(request, refusal.message)
        return redirect("admin:login_second_step" if waiting else "admin:login")
    next_path = waiting[1].next_path if waiting else read_next(request)
    is_provider = waiting is not None and waiting[1].method == SignInMethod.PROVIDER
    method = SignInMethod.PROVIDER if is_provider else SignInMethod.PASSKEY
    return finish(request, user, method=method, next_path=next_path, is_verified=True)


def _known_user(request: HttpRequest) -> User | None:
    """Return who has done the first step. Raise Http404 where nobody has and a passkey alone does not let in."""
    waiting = pending.load(request.session)
    if waiting is None and not settings.PASSWORD_LOGIN:
        raise Http404
    return waiting[0] if waiting else None
