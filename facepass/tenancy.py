"""Which studios a request may see. Every query for a tenant's rows starts here, through `visible_to`."""

import re
from collections.abc import Iterable
from typing import Self, TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext as _

from facepass.errors import FacePassError
from facepass.models import ROLE_SCOPES, ApiKey, Studio, User

# Who asks: a member of staff, or a partner app by its key.
Principal = User | ApiKey | AnonymousUser
UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}", re.ASCII)


def studios_of(principal: Principal) -> models.QuerySet[Studio]:
    if isinstance(principal, ApiKey):
        return Studio.objects.filter(pk=principal.studio_id)
    if isinstance(principal, User) and principal.is_active:
        everything = Studio.objects.filter(pk=principal.acting_in.pk) if principal.acting_in else Studio.objects.all()
        return everything if principal.is_superuser else everything.filter(memberships__user=principal)
    return Studio.objects.none()


def act_in(user: User, named: str) -> None:
    """From here on the user is a member of that studio only, given by its id or short name.

    Raises 404 `studio_not_found` for a studio that the user does not belong to, as for one that does not exist.
    """
    one = {"pk": UUID(named)} if UUID_TEXT.fullmatch(named) else {"slug": named.replace("\0", "")}
    user.acting_in = studios_of(user).filter(**one).first()
    if user.acting_in is None:
        raise FacePassError("studio_not_found", _("There is no such studio."), status=404)


def scopes_of(principal: Principal) -> frozenset[str]:
    """What the principal may do in the studios it sees; a member of several studios has the least of its roles."""
    if isinstance(principal, ApiKey):
        return frozenset(principal.scopes)
    if isinstance(principal, User) and principal.is_superuser:
        return frozenset.union(*ROLE_SCOPES.values())
    if isinstance(principal, User):
        memberships = principal.memberships.filter(studio__in=studios_of(principal))
        return _common(ROLE_SCOPES[role] for role in memberships.values_list("role", flat=True))
    return frozenset()


def _common(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    found = list(sets)
    return frozenset.intersection(*found) if found else frozenset()


M = TypeVar("M", bound=models.Model)


class TenantQuerySet(models.QuerySet[M]):
    """Rows that belong to a studio, directly or by way of the relation that `studio_path` names."""

    studio_path = "studio"

    def visible_to(self, principal: Principal) -> Self:
        return self.filter(**{f"{self.studio_path}__in": studios_of(principal)})


def studio_for(principal: Principal) -> Studio:
    """The studio in which the principal makes new things.

    Raises `studio_ambiguous` for a member of several who named none by `X-Studio`.
    """
    studios = list(studios_of(principal)[:2])
    if len(studios) != 1:
        raise FacePassError("studio_ambiguous", _("Name the studio that this is for, by X-Studio."), status=409)
    return studios[0]
