"""Adding an authenticator app by its QR code and a first code, and removing it."""

import base64

import segno
from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from facepass.console.sign_in.account import finish_adding, require_recent_sign_in, try_to_change
from facepass.console.sign_in.second_step import CodeForm
from facepass.core.access import rate_limits
from facepass.core.access.authentication import user_of
from facepass.core.access.sign_in import second_factors, totp
from facepass.core.errors import FacePassError
from facepass.core.keys import sealing
from facepass.core.keys.key_ring import KeyMissing
from facepass.core.keys.sealing import NotReadable, Place
from facepass.models import TotpSecret, User

# In a session: the secret that was shown and is not confirmed yet, sealed.
SHOWN = "totp_shown"


@require_http_methods(["GET", "HEAD", "POST"])
@require_recent_sign_in
def add_app(request: HttpRequest) -> HttpResponseBase:
    """Show a secret; take it for the account's own when a code proves that the app has it."""
    user = user_of(request)
    secret = _load_shown(request, user) or _show_new(request, user)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            step = _find_step(user, secret, form.cleaned_data["code"])
        except FacePassError as refusal:
            form.add_error("code", refusal.message)
        else:
            totp.keep_secret(user, secret, step=step)
            request.session.pop(SHOWN)
            return finish_adding(request, second_factors.begin_using(user, request.session))
    return _page(request, user, secret, form)


@require_POST
@require_recent_sign_in
def remove_app(request: HttpRequest) -> HttpResponseBase:
    user = user_of(request)
    kept = get_object_or_404(TotpSecret, user=user)
    return try_to_change(request, lambda: second_factors.remove(user, kept), done=_("The app was removed."))


def _find_step(user: User, secret: bytes, code: str) -> int:
    """Return the time step of the code. Raise 403 `second_factor_wrong`, and 429 `rate_limited` after too many."""
    bucket = f"second-factor:{user.pk}"
    rate_limits.require_quota("second_factor", bucket)
    step = totp.find_step(secret, "".join(code.split()))
    if step is None:
        text = _("That is not the code that the app shows now. Check the time of your phone.")
        raise FacePassError("second_factor_wrong", text, status=403)
    rate_limits.return_quota("second_factor", bucket)
    return step


def _load_shown(request: HttpRequest, user: User) -> bytes | None:
    try:
        return sealing.unseal(base64.b64decode(request.session.get(SHOWN, "")), place=_place(user))
    except (NotReadable, KeyMissing):
        return None


def _show_new(request: HttpRequest, user: User) -> bytes:
    secret = totp.new_secret()
    request.session[SHOWN] = base64.b64encode(sealing.seal(secret, place=_place(user))).decode()
    return secret


def _place(user: User) -> Place:
    return Place("django_session", SHOWN, (str(user.pk),))


def _page(request: HttpRequest, user: User, secret: bytes, form: CodeForm) -> HttpResponseBase:
    form.fields["code"].label = _("The code that the app shows")
    code = segno.make_qr(totp.build_uri(secret, username=user.username), error="m")
    context = {
        **admin.site.each_context(request),
        "title": _("Add an authenticator app"),
        "form": form,
        "qr": code.svg_data_uri(scale=5, border=3, light="#fff"),
        "secret": totp.spell_secret(secret),
    }
    return TemplateResponse(request, "admin/account/app.html", context)
