"""The account of who signs in at the provider: found, linked by a verified address, or made; and its roles."""

import re
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.access.openid.claims import Person, Rights
from facepass.core.errors import FacePassError
from facepass.models import Membership, ProviderIdentity, Studio, User

USERNAME_LENGTH = 140


@transaction.atomic
def sign_in_account(person: Person) -> User | None:
    """Return the person's account, with the roles of the claims; None for who has no account and gets none.

    Where claims tell roles, whoever has none there loses those that they had, and does not come in.
    """
    user = _find_user(person) or _link_user(person)
    if user is None and person.rights:
        user = _make_user(person)
    if user is None or not user.is_active:
        return None
    if person.rights is not None:
        apply_rights(user, person.rights)
        return user if person.rights and user.is_staff else None
    return user if user.is_staff else None


def _find_user(person: Person) -> User | None:
    kept = ProviderIdentity.objects.filter(issuer=settings.ENV.oidc_issuer, subject=person.subject)
    identity = kept.select_related("user").first()
    return identity.user if identity else None


def _link_user(person: Person) -> User | None:
    """Give the identity to the one account that has the address, where the provider has verified that it is theirs."""
    if not (person.email and person.is_email_verified):
        return None
    users = list(User.objects.filter(email__iexact=person.email, is_active=True, provider_identity=None)[:2])
    if len(users) != 1:
        return None
    _keep_identity(users[0], person)
    return users[0]


def _make_user(person: Person) -> User:
    user = User(username=_free_username(person.username), email=person.email, is_staff=True)
    user.first_name, user.last_name = person.first_name[:150], person.last_name[:150]
    user.set_unusable_password()
    user.save()
    _keep_identity(user, person)
    return user


def _keep_identity(user: User, person: Person) -> None:
    ProviderIdentity.objects.create(user=user, issuer=settings.ENV.oidc_issuer, subject=person.subject)


def _free_username(wanted: str) -> str:
    name = re.sub(r"[^\w.@+-]+", "-", wanted)[:USERNAME_LENGTH] or "member"
    taken = set(User.objects.filter(username__startswith=name).values_list("username", flat=True))
    return next(
        free for free in (name, *(f"{name}-{place}" for place in range(2, len(taken) + 3))) if free not in taken
    )


def apply_rights(user: User, rights: Rights) -> None:
    """Give the account the roles of the claims, and no others."""
    roles = _roles_by_studio(rights.roles)
    if user.is_superuser != rights.is_superuser:
        user.is_superuser = rights.is_superuser
        user.save(update_fields=["is_superuser"])
    user.memberships.exclude(studio__in=roles).delete()
    for studio, role in roles.items():
        Membership.objects.update_or_create(user=user, studio=studio, defaults={"role": role})


def _roles_by_studio(roles: Mapping[str, str]) -> dict[Studio, str]:
    """Return the roles by studio. A role without a studio is for the only one of the installation."""
    named = {studio: roles[studio.slug] for studio in Studio.objects.filter(slug__in=roles)}
    if "" in roles:
        studios = list(Studio.objects.all()[:2])
        named |= {studios[0]: roles[""]} if len(studios) == 1 and studios[0] not in named else {}
    return named


def refuse_stranger() -> FacePassError:
    text = _("You have no account here. Ask whoever manages your studio's people.")
    return FacePassError("no_account", text, status=403)
