"""What the provider says of somebody: who they are, and their roles in studios where a claim tells them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from facepass.models import Role

SUPERUSER = "superuser"
# RFC 8176: the provider asked for a second factor.
SECOND_FACTOR = "mfa"
# The one who may most comes first.
STRENGTH = [role.value for role in Role]


@dataclass(frozen=True, slots=True)
class Rights:
    """Roles by the short name of the studio; the key "" is for the studio that nobody names."""

    is_superuser: bool = False
    roles: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.is_superuser or bool(self.roles)


@dataclass(frozen=True, slots=True)
class Person:
    """`rights`: None where no claim tells roles, and somebody gives them in the admin."""

    subject: str
    username: str
    email: str
    is_email_verified: bool
    first_name: str
    last_name: str
    has_second_factor: bool
    rights: Rights | None


def read_person(claims: Mapping[str, Any]) -> Person:
    """Return what claims that were verified say. Claims of other types than they should be count as absent."""
    env, subject, email = settings.ENV, _text(claims, "sub"), _text(claims, "email")
    return Person(
        subject=subject,
        username=_text(claims, env.oidc_username_claim) or email or subject,
        email=email,
        is_email_verified=claims.get("email_verified") is True,
        first_name=_text(claims, "given_name"),
        last_name=_text(claims, "family_name"),
        has_second_factor=SECOND_FACTOR in _texts(claims, "amr"),
        rights=read_rights(claims) if env.oidc_roles_claim else None,
    )


def read_rights(claims: Mapping[str, Any]) -> Rights:
    """Return what the claims of `OIDC_ROLES_CLAIM` and `OIDC_STUDIO_CLAIM` give. Unknown roles are of other programs.

    A role is for the studios of the second claim, or for the one that it names itself: `studio-north:manager`.
    """
    env = settings.ENV
    values = _texts(claims, env.oidc_roles_claim)
    studios = _texts(claims, env.oidc_studio_claim) if env.oidc_studio_claim else [""]
    found: dict[str, set[str]] = {}
    for value in values:
        named, colon, role = value.rpartition(":")
        if role in STRENGTH:
            for studio in [named] if colon else studios:
                found.setdefault(studio, set()).add(role)
    return Rights(SUPERUSER in values, {studio: min(some, key=STRENGTH.index) for studio, some in found.items()})


def _find(claims: Mapping[str, Any], name: str) -> Any:
    """Return the claim; by dots one within another, where there is none of the whole name."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _text(claims: Mapping[str, Any], name: str) -> str:
    found = _find(claims, name)
    return found.replace("\0", "").strip()[:250] if isinstance(found, str) else ""


def _texts(claims: Mapping[str, Any], name: str) -> list[str]:
    found = _find(claims, name)
    several = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return [one for one in several if isinstance(one, str)]
