"""A new password for who forgot theirs: Django's own pages in the console's look, where the installation sends mail.

What a page answers, and how long that takes, is the same whether somebody has the address or not: a worker sends the
link.
"""

import hashlib
import logging
from collections.abc import Sequence
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import path, reverse, reverse_lazy
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import ContextMixin, View
from django_q.tasks import async_task
from unfold.widgets import BASE_INPUT_CLASSES

from facepass import pages
from facepass.core.access import rate_limits
from facepass.models import User

log = logging.getLogger(__name__)

TASK = "facepass.console.password_reset.send_links"


def is_offered() -> bool:
    """Return whether the installation has a server for e-mail, and lets people sign in by a password."""
    return bool(settings.EMAIL_HOST) and bool(settings.PASSWORD_LOGIN)


class AddressForm(PasswordResetForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self)

    def save(self, *_args: Any, **_options: Any) -> None:
        """Have a worker send the link to whoever has the address; too many for one address are not sent."""
        address = self.cleaned_data["email"]
        digest = hashlib.sha256(address.lower().encode()).hexdigest()  # a bucket's name holds no address
        if rate_limits.consume_quota("password_mail", f"password:{digest}") is None:
            ids = [str(user.pk) for user in self.get_users(address)]
            async_task(TASK, ids, translation.get_language(), group="passwords", save=False, ack_failure=True)


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # no subscript when it runs
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self)


def _dress(form: Form) -> None:
    for field in form.fields.values():
        field.widget.attrs["class"] = " ".join(BASE_INPUT_CLASSES)


def send_links(ids: Sequence[str], language: str) -> None:
    """Send each of the users their own link. `language`: of the page, for who never chose one. A task."""
    for user in User.objects.filter(pk__in=ids, is_active=True):
        with translation.override(user.language or language):
            subject = gettext("A new password for FacePass")
            text = render_to_string("registration/password_reset_email.txt", {"member": user, "url": build_url(user)})
        try:
            send_mail(subject, text, None, [user.email])
        except (SMTPException, OSError) as error:
            log.warning("the link for a new password of user %s was not sent: %s", user.pk, type(error).__name__)


def build_url(user: User) -> str:
    """Return the absolute address where the user chooses a password, once and within `PASSWORD_RESET_TIMEOUT`."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    args = [uid, default_token_generator.make_token(user)]
    return f"{settings.PUBLIC_URL}{reverse('admin:password_reset_confirm', args=args)}"


class _OfferedPage(ContextMixin, View):
    """A page in the console's look. Raise Http404 where that is not offered."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_offered():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**admin.site.each_context(self.request), **super().get_context_data(**kwargs)}


class AddressPage(_OfferedPage, views.PasswordResetView):
    form_class = AddressForm
    success_url = reverse_lazy("admin:password_reset_done")
    title = _("Forgot your password?")


class SentPage(_OfferedPage, views.PasswordResetDoneView):
    title = _("Look into your mail")


class NewPasswordPage(_OfferedPage, views.PasswordResetConfirmView):
    form_class = NewPasswordForm
    success_url = reverse_lazy("admin:password_reset_complete")
    title = _("Choose a new password")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        title = {} if self.validlink else {"title": gettext("This link is no longer valid")}
        return super().get_context_data(**kwargs) | title


class ChangedPage(_OfferedPage, views.PasswordResetCompleteView):
    title = _("Your password is changed")


reset_urls = [
    path("password_reset/", pages.limit_login(AddressPage.as_view()), name="password_reset"),
    path("password_reset/done/", SentPage.as_view(), name="password_reset_done"),
    path("reset/done/", ChangedPage.as_view(), name="password_reset_complete"),
    path("reset/<uidb64>/<token>/", NewPasswordPage.as_view(), name="password_reset_confirm"),
]
