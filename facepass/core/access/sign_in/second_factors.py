"""The second factors of an account: what it has, checking a code, adding, removing and resetting."""

from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.access import rate_limits
from facepass.core.access.sign_in import recovery_codes, totp
from facepass.core.access.sign_in.requirement import VERIFIED, has_second_factor, must_have_second_factor
from facepass.core.access.sign_in.sign_ins import sign_out_elsewhere, sign_out_everywhere
from facepass.core.errors import FacePassError
from facepass.models import Passkey, SignInMethod, TotpSecret, User

# Longer texts are no code of anybody's.
MAX_CODE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class SecondFactors:
    """What an account has."""

    has_app: bool
    passkeys: tuple[Passkey, ...]
    recovery_codes: int

    def __bool__(self) -> bool:
        return self.has_app or bool(self.passkeys)


def list_second_factors(user: User) -> SecondFactors:
    return SecondFactors(
        has_app=TotpSecret.objects.filter(user=user).exists(),
        passkeys=tuple(user.passkeys.all()),
        recovery_codes=user.recovery_codes.count(),
    )


def use_code(user: User, code: str) -> SignInMethod:
    """Spend a code of the user's app, or a recovery code, and say which it was.

    Raise 403 `second_factor_wrong` for any other, and 429 `rate_limited` after too many of them, whoever sends them.
    """
    bucket = f"second-factor:{user.pk}"
    rate_limits.require_quota("second_factor", bucket)
    typed = "".join(code.split())[:MAX_CODE_LENGTH]
    if totp.use_code(user, typed):
        found = SignInMethod.PASSWORD_AND_CODE
    elif recovery_codes.use_code(user, typed):
        found = SignInMethod.RECOVERY_CODE
    else:
        raise FacePassError("second_factor_wrong", _("That code is wrong, or was used already."), status=403)
    rate_limits.return_quota("second_factor", bucket)
    return found


def require_code(user: User, code: str) -> None:
    """Let nobody past who has a second factor and sends no code of it, nor who should have one and does not.

    Raise 403 `second_factor_required`, or as `use_code` does.
    """
    if has_second_factor(user):
        if not code:
            raise FacePassError(
                "second_factor_required", _("This account has a second factor; send its code as `otp`."), status=403
            )
        use_code(user, code)
    elif must_have_second_factor(user):
        raise FacePassError("second_factor_required", _("Set up a second factor in the admin first."), status=403)


@transaction.atomic
def begin_using(user: User, session: SessionBase) -> list[str]:
    """Do what follows when a factor was added. Return recovery codes to be shown where the account had none.

    Whoever signed in elsewhere did so without it, so all other sign-ins and all tokens end.
    """
    session[VERIFIED] = True
    sign_out_elsewhere(user, session)
    return [] if user.recovery_codes.exists() else recovery_codes.replace_codes(user)


@transaction.atomic
def remove(user: User, factor: TotpSecret | Passkey) -> None:
    """Delete one of the user's factors. Raise 409 `second_factor_needed` for the last one of who must have one."""
    User.objects.select_for_update().get(pk=user.pk)
    factor.delete()
    if has_second_factor(user):
        return
    if must_have_second_factor(user):
        text = _("You must have a second factor. Add another one before you remove this one.")
        raise FacePassError("second_factor_needed", text, status=409)
    user.recovery_codes.all().delete()


@transaction.atomic
def reset(user: User) -> None:
    """Take all factors and recovery codes away and sign the user out everywhere, for who lost them."""
    TotpSecret.objects.filter(user=user).delete()
    user.passkeys.all().delete()
    user.recovery_codes.all().delete()
    sign_out_everywhere(user)
