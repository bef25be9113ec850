"""The first studio of an installation, its owner and a key: made where they are not there, else left alone."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from facepass.models import STUDIO_SCOPES, ApiKey, Membership, Role, Studio, User


@dataclass(frozen=True, slots=True)
class SetUp:
    """What there is now. `password` and `token` are those that were made just now, else empty: neither can be read."""

    studio: str
    admin: str
    password: str
    key: str
    token: str


@transaction.atomic
def set_up(*, name: str, slug: str, admin: str, email: str, password: str, key: str) -> SetUp:
    """Return the studio of that slug, a superuser who owns it, and a usable key of that name with all its rights.

    `password`: for an account that is made; empty for a random one. An account that is there keeps its own. Raise
    ValidationError for a password that is too weak.
    """
    studio, _made = Studio.objects.get_or_create(slug=slug, defaults={"name": name})
    made_password = _make_admin(admin, email=email, password=password)
    user = User.objects.get(username=admin)
    Membership.objects.get_or_create(studio=studio, user=user, defaults={"role": Role.OWNER})
    return SetUp(studio.slug, admin, made_password, key, _make_key(studio, key))


def _make_admin(username: str, *, email: str, password: str) -> str:
    """Return the password of the superuser that is made; empty where the account is there."""
    if User.objects.filter(username=username).exists():
        return ""
    made = User(username=username, email=email, is_staff=True, is_superuser=True)
    password = password or secrets.token_urlsafe(15)
    validate_password(password, made)
    made.set_password(password)
    made.save()
    return password


def _make_key(studio: Studio, name: str) -> str:
    if ApiKey.objects.usable().filter(studio=studio, name=name).exists():
        return ""
    return ApiKey.issue(studio, name=name, scopes=list(STUDIO_SCOPES))[1]
