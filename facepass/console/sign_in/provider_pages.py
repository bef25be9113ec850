"""To the provider (OpenID Connect) and back."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from facepass.console.sign_in.finishing import continue_sign_in, read_next
from facepass.core.access.openid import provider
from facepass.core.access.openid.accounts import refuse_stranger, sign_in_account
from facepass.core.access.openid.claims import read_person
from facepass.core.errors import FacePassError
from facepass.models import SignInMethod

# In a session: the page to go to when the provider has sent the browser back.
NEXT = "provider_next"


@never_cache
@require_GET
def go_to_provider(request: HttpRequest) -> HttpResponseBase:
    """A link and no form: the page's policy lets forms go to this site only."""
    _require_provider()
    request.session[NEXT] = read_next(request)
    try:
        return provider.begin(request, answer_url=f"{settings.PUBLIC_URL}{reverse('admin:login_provider_answer')}")
    except FacePassError as refusal:
        return _back_to_login(request, refusal)


@never_cache
@require_GET
def take_answer(request: HttpRequest) -> HttpResponseBase:
    """Sign in whom the provider names, if they have an account or get one."""
    _require_provider()
    try:
        person = read_person(provider.read_claims(request))
        user = sign_in_account(person)
        if user is None:
            raise refuse_stranger()
    except FacePassError as refusal:
        return _back_to_login(request, refusal)
    next_path = request.session.pop(NEXT, reverse("admin:index"))
    return continue_sign_in(
        request, user, method=SignInMethod.PROVIDER, next_path=next_path, is_verified=person.has_second_factor
    )


def _require_provider() -> None:
    if not provider.is_offered():
        raise Http404


def _back_to_login(request: HttpRequest, refusal: FacePassError) -> HttpResponseBase:
    messages.error(request, refusal.message)
    return redirect("admin:login")
