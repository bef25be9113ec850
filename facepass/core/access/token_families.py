"""The tokens that come of one sign-in at the API are a family: it ends as a whole, by signing out or by a theft.

A refresh token works once. Where one is used again, two have it, and nobody can tell who is the thief: so all tokens of
its family end. A family that has ended is a row of simplejwt's own tables, which its chore deletes in time.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.exceptions import TokenBackendError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.state import token_backend
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken, Token
from rest_framework_simplejwt.utils import get_md5_hash_password

from facepass.models import User

CLAIM, GENERATION = "family", "generation"
Payload = Mapping[str, Any]


class TokenReused(Exception):
    """A refresh token that was spent is used again."""


def begin_family(refresh: Token, user: User) -> Token:
    """Make the token the first of a family, to which all tokens belong that it brings. They end with the generation."""
    refresh[CLAIM] = refresh[api_settings.JTI_CLAIM]
    refresh[GENERATION] = user.sign_in_generation
    return refresh


def is_of_generation(payload: Payload, user: User) -> bool:
    """Return whether the user has not signed out everywhere, nor got a second factor, since the token was issued."""
    told = payload.get(GENERATION, "")  # tokens of before generations are of the first
    return hmac.compare_digest(str(told), user.sign_in_generation)


def leave_out_token(instance: OutstandingToken, **_signal: Any) -> None:
    """Store of a refresh token its id alone, so that a dump of the database lets nobody in. A signal's receiver."""
    instance.token = ""


def require_owner(payload: Payload) -> None:
    """Raise 401 where the token's user is gone, is not active, or has a new password or generation since."""
    user = User.objects.filter(pk=str(payload[api_settings.USER_ID_CLAIM]), is_active=True).first()
    if user is None or not is_of_generation(payload, user):
        raise invalid_token()
    if payload.get(api_settings.REVOKE_TOKEN_CLAIM) != get_md5_hash_password(user.password):
        raise invalid_token()


def read_refresh(token: object) -> Payload:
    """Return what a refresh token of ours says, also of one that was spent. Raise 401 for any other and an old one."""
    try:
        payload: Payload = token_backend.decode(cast(Token, str(token)), verify=True)  # text, whatever its type says
    except TokenBackendError:
        raise invalid_token() from None
    if payload.get(api_settings.TOKEN_TYPE_CLAIM) != RefreshToken.token_type:
        raise invalid_token()
    return payload


def hold_unspent(payload: Payload) -> None:
    """Lock the token until the transaction ends, so that of two who use it at once one is the second.

    Raise TokenReused where it was spent, and 401 where its family has ended.
    """
    if has_ended(payload):
        raise invalid_token()
    jti = payload[api_settings.JTI_CLAIM]
    OutstandingToken.objects.select_for_update().filter(jti=jti).first()
    if BlacklistedToken.objects.filter(token__jti=jti).exists():
        raise TokenReused


@transaction.atomic
def end_family(payload: Payload) -> None:
    """Have no token of the family work from now on, neither to refresh nor to ask."""
    lasts = timezone.now() + api_settings.REFRESH_TOKEN_LIFETIME
    moments: dict[str, datetime] = {"created_at": timezone.now(), "expires_at": lasts}
    row, _made = OutstandingToken.objects.get_or_create(jti=_mark(payload), defaults={"token": "", **moments})
    BlacklistedToken.objects.get_or_create(token=row)


def has_ended(payload: Payload) -> bool:
    """Return whether the token's family has ended."""
    return BlacklistedToken.objects.filter(token__jti=_mark(payload)).exists()


def _mark(payload: Payload) -> str:
    """Return the id of the row that says so. Tokens of before families are each their own."""
    return f"family:{payload.get(CLAIM) or payload.get(api_settings.JTI_CLAIM)}"


def invalid_token() -> AuthenticationFailed:
    return AuthenticationFailed(_("This token is not valid or has expired."))
