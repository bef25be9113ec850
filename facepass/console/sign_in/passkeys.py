"""Adding a passkey to one's account, and removing it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from facepass.console.sign_in.account import finish_adding, require_recent_sign_in, try_to_change
from facepass.core.access.authentication import user_of
from facepass.core.access.sign_in import passkeys, second_factors, sign_ins
from facepass.core.errors import FacePassError, refusal_response


@require_POST
@require_recent_sign_in
def send_request(request: HttpRequest) -> HttpResponseBase:
    """Answer what the browser makes a passkey by, as WebAuthn's JSON."""
    try:
        return JsonResponse(passkeys.ask_to_make(request, user_of(request)))
    except FacePassError as refusal:
        return refusal_response(refusal, request=request)


@require_POST
@require_recent_sign_in
def add_passkey(request: HttpRequest) -> HttpResponseBase:
    user, name = user_of(request), request.POST.get("name", "").replace("\0", "").strip()
    try:
        answer = passkeys.parse_answer(request.POST.get("answer", ""))
        passkeys.keep_made(
            request, user, answer, name=name or sign_ins.name_browser(request.headers.get("User-Agent", ""))
        )
    except FacePassError as refusal:
        messages.error(request, refusal.message)
        return redirect("admin:account")
    return finish_adding(request, second_factors.begin_using(user, request.session))


@require_POST
@require_recent_sign_in
def remove_passkey(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    user = user_of(request)
    kept = get_object_or_404(user.passkeys, pk=pk)
    return try_to_change(request, lambda: second_factors.remove(user, kept), done=_("The passkey was removed."))
