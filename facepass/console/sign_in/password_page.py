"""The page to sign in: by a password, a passkey, or at the provider, whichever the installation offers."""

from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.forms import AuthenticationForm as DjangoForm
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from unfold.forms import AuthenticationForm

from facepass.console import password_reset
from facepass.console.sign_in.finishing import continue_sign_in, read_next
from facepass.core.access.openid import provider
from facepass.core.access.sign_in import passkeys
from facepass.models import SignInMethod


def show_login(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
    """Django's own login of the admin, and more ways in."""
    if request.method == "GET" and admin.site.has_permission(request):
        return redirect("admin:index")
    if request.method == "POST" and not settings.PASSWORD_LOGIN:
        raise Http404
    return LoginPage.as_view(extra_context=extra_context or {})(request)


class LoginPage(LoginView):
    template_name = "admin/login.html"
    authentication_form = AuthenticationForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {
            "title": _("Log in"),
            "app_path": self.request.get_full_path(),
            "username": self.request.user.get_username(),
            REDIRECT_FIELD_NAME: read_next(self.request),
        }
        base = {**admin.site.each_context(self.request), **super().get_context_data()}
        return {**base, **_offers(self.request), **own, **kwargs}

    def form_valid(self, form: DjangoForm) -> HttpResponse:
        """The password is right; Django would sign the user in."""
        user = form.get_user()
        next_path = read_next(self.request)
        return cast(
            HttpResponse, continue_sign_in(self.request, user, method=SignInMethod.PASSWORD, next_path=next_path)
        )


def _offers(request: HttpRequest) -> dict[str, Any]:
    return {
        "is_reset_offered": password_reset.is_offered(),
        "is_password_offered": settings.PASSWORD_LOGIN,
        "is_passkey_offered": settings.PASSWORD_LOGIN and bool(passkeys.host_of(request)),
        "is_provider_offered": provider.is_offered(),
        "provider_name": settings.ENV.oidc_name,
        "provider_path": f"{reverse('admin:login_provider')}?{urlencode({REDIRECT_FIELD_NAME: read_next(request)})}",
        "provider_variant": "default" if settings.PASSWORD_LOGIN else "primary",
    }
