"""The second step of signing in: a code, a recovery code, or a passkey."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from unfold.widgets import BASE_INPUT_CLASSES

from facepass.console.sign_in.finishing import finish
from facepass.core.access.sign_in import passkeys, pending, second_factors
from facepass.core.access.sign_in.second_factors import MAX_CODE_LENGTH
from facepass.core.errors import FacePassError
from facepass.models import SignInMethod, User


class CodeForm(forms.Form):
    """Takes a code of `user`, by whom `spend` has it checked."""

    code = forms.CharField(
        max_length=MAX_CODE_LENGTH,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "class": " ".join(BASE_INPUT_CLASSES)}
        ),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_second_step(request: HttpRequest) -> HttpResponseBase:
    waiting = pending.load(request.session)
    if waiting is None:
        return redirect("admin:login")
    user, first = waiting
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            used = second_factors.use_code(user, form.cleaned_data["code"])
        except FacePassError as refusal:
            form.add_error("code", refusal.message)
        else:
            method = SignInMethod(first.method)
            how = used if method == SignInMethod.PASSWORD else method
            return finish(request, user, method=how, next_path=first.next_path, is_verified=True)
    return _page(request, user, form)


def _page(request: HttpRequest, user: User, form: CodeForm) -> HttpResponseBase:
    factors = second_factors.list_second_factors(user)
    form.fields["code"].label = _("Code of your app, or a recovery code") if factors.has_app else _("Recovery code")
    context = {
        **admin.site.each_context(request),
        "title": _("Second step"),
        "form": form,
        "has_app": factors.has_app,
        "is_passkey_offered": any(one.host == passkeys.host_of(request) for one in factors.passkeys),
    }
    return TemplateResponse(request, "registration/second_step.html", context)
