"""Passkeys (WebAuthn, by Yubico's `fido2`): made and used by the browser, with the owner verified by the device."""

import json
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, NamedTuple, cast

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from facepass.core.errors import FacePassError
from facepass.models import Passkey, User

# In a session: the challenge that a browser was given. It is answered once.
STATE = "passkey_challenge"
AT_MOST = 20
NAME_LENGTH = 100
# How the library fails on what is not what a browser sends.
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError)


class Challenge(NamedTuple):
    """What the browser is asked, as WebAuthn writes it in JSON, and what the session keeps of it."""

    options: dict[str, Any]
    state: dict[str, Any]


def host_of(request: HttpRequest) -> str:
    """Return the name for which browsers keep passkeys; empty where the site is called by an address of numbers."""
    host = request.get_host()
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return name
    return ""


def ask_to_make(request: HttpRequest, user: User) -> dict[str, Any]:
    """Return what the browser makes a new passkey by. Raise 409 `passkeys_full`."""
    kept = list(user.passkeys.all())
    if len(kept) >= AT_MOST:
        raise FacePassError("passkeys_full", _("You have as many passkeys as one may have."), status=409)
    entity = PublicKeyCredentialUserEntity(
        id=f"facepass:{user.pk}".encode(), name=user.username, display_name=user.get_full_name() or user.username
    )
    options, state = _server(request).register_begin(
        entity,
        [_credential(passkey) for passkey in kept],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    request.session[STATE] = state
    return dict(options)


def keep_made(request: HttpRequest, user: User, answer: Mapping[str, Any], *, name: str) -> Passkey:
    """Keep the passkey that the browser made. Raise 400 `passkey_invalid` for any answer but that to our challenge."""
    state = _take_state(request.session)
    try:
        made = _server(request).register_complete(state, RegistrationResponse.from_dict(answer))
        credential = made.credential_data
        counted = made.counter
    except MALFORMED:
        raise _refusal() from None
    if credential is None or Passkey.objects.filter(credential_id=credential.credential_id).exists():
        raise _refusal()
    return Passkey.objects.create(
        user=user, name=name[:NAME_LENGTH] or _("Passkey"), host=host_of(request), credential=bytes(credential),
        credential_id=credential.credential_id, use_count=counted,
    )  # fmt: skip


def ask_to_use(request: HttpRequest, user: User | None) -> dict[str, Any]:
    """Return what the browser uses a passkey by: one of the user's, or whichever it has for this site."""
    kept = [_credential(passkey) for passkey in user.passkeys.filter(host=host_of(request))] if user else None
    options, state = _server(request).authenticate_begin(kept, user_verification=UserVerificationRequirement.REQUIRED)
    request.session[STATE] = state
    return dict(options)


def use(request: HttpRequest, answer: Mapping[str, Any], *, user: User | None) -> User:
    """Return whose passkey answered. `user`: whose it must be, after a password.

    Raise 403 `passkey_invalid` for any answer but that to our challenge, and for one that a copy of the key made.
    """
    state = _take_state(request.session)
    try:
        sent = AuthenticationResponse.from_dict(answer)
        passkey = _find(sent.raw_id, user)
        _server(request).authenticate_complete(state, [_credential(passkey)], sent)
        counted = sent.response.authenticator_data.counter
    except (*MALFORMED, Passkey.DoesNotExist):
        raise _refusal(403) from None
    _count_use(passkey, counted)
    return passkey.user


def _find(credential_id: bytes, user: User | None) -> Passkey:
    rows = Passkey.objects.select_related("user").filter(user__is_active=True, user__is_staff=True)
    return (rows.filter(user=user) if user else rows).get(credential_id=credential_id)


def _count_use(passkey: Passkey, counted: int) -> None:
    """Write down the use. An authenticator that counts has to be ahead of its last use, else there are two of it."""
    ahead = Q(use_count__lt=counted) | (Q(use_count=0) if counted == 0 else Q(pk=None))
    rows = Passkey.objects.filter(ahead, pk=passkey.pk)
    if not rows.update(use_count=counted, last_used_at=timezone.now()):
        raise _refusal(403)


def _take_state(session: SessionBase) -> dict[str, Any]:
    state = session.pop(STATE, None)
    if state is None:
        raise _refusal(403)
    return cast(dict[str, Any], state)


def _credential(passkey: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(passkey.credential))


def _server(request: HttpRequest) -> Fido2Server:
    """Raise 409 `passkeys_unavailable` where the site has no name."""
    host = host_of(request)
    if not host:
        text = _("Passkeys need a site with a name; this one was opened by its address.")
        raise FacePassError("passkeys_unavailable", text, status=409)
    own = f"{request.scheme}://{request.get_host()}"
    return Fido2Server(PublicKeyCredentialRpEntity(name="FacePass", id=host), verify_origin=lambda told: told == own)


def _refusal(status: int = 400) -> FacePassError:
    return FacePassError("passkey_invalid", _("That passkey was not accepted."), status=status)


def parse_answer(text: str) -> Mapping[str, Any]:
    """Return what a browser sent. Raise 400 `passkey_invalid`."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        raise _refusal() from None
    if not isinstance(found, dict):
        raise _refusal()
    return found
