"""The account with which an event's cameras sign in: made, given a new password, ended, and checked."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from sessions_app.models import CameraAccount, FoldersBecome, PhotoSession
from sessions_app.models.session import CODE_ALPHABET

# Typed on a camera, letter by letter, so of the alphabet of codes: 60 bits, which nobody tries out over a network.
PASSWORD_CHARACTERS = 12
USERNAME_CHARACTERS = 6


@dataclass(frozen=True, slots=True)
class NewAccess:
    """An account with its password, which is known now and never again."""

    account: CameraAccount
    password: str


@transaction.atomic
def open_account(session: PhotoSession, *, folders_become: FoldersBecome) -> NewAccess:
    """Give the event's cameras an account with a new password. One that it has ends, and gives its user name."""
    PhotoSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    former = CameraAccount.objects.filter(session=session).first()
    username = former.username if former else f"cam-{_random_text(USERNAME_CHARACTERS)}"
    if former:
        former.delete()
    password = _random_text(PASSWORD_CHARACTERS)
    account = CameraAccount.objects.create(
        session=session, username=username, password=make_password(password), folders_become=folders_become
    )
    return NewAccess(account, password)


def end_account(session: PhotoSession) -> None:
    """End the account: no camera signs in any more, and one that is signed in sends nothing more."""
    CameraAccount.objects.filter(session=session).delete()


def authenticate(username: str, password: str, *, address: str) -> CameraAccount:
    """Return the account. Raise 401 `not_authenticated`, and 429 `rate_limited` as for signing in, by address.

    `address`: as `rate_limits.counted_address` has it.
    """
    bucket = rate_limits.login_bucket(address)
    rate_limits.require_quota("login", bucket)
    rows = CameraAccount.objects.filter(username=username.strip().lower(), session__gone_at=None)
    account = rows.select_related("session__studio").first()
    if account is None:
        make_password(password)  # takes as long as the check, so that nobody learns which names there are
    if account is None or not check_password(password, account.password):
        raise FacePassError("not_authenticated", _("User name or password is wrong."), status=401)
    rate_limits.return_quota("login", bucket)
    CameraAccount.objects.filter(pk=account.pk).update(last_used_at=Now())
    return account


def is_valid(account: CameraAccount) -> bool:
    """Return whether the account is there as it was when it signed in: not ended, and with the same password."""
    return CameraAccount.objects.filter(pk=account.pk).exists()


def hold_account(account: CameraAccount) -> None:
    """Lock the account against its end until the transaction ends. Raise 401 `not_authenticated` where it has."""
    if not CameraAccount.objects.filter(pk=account.pk).lock_against_deletion():
        raise FacePassError("not_authenticated", _("User name or password is wrong."), status=401)


def _random_text(length: int) -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))
