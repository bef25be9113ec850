"""Which studios a request may see. Every query for a tenant's rows starts here, through `visible_to`."""

from collections.abc import Iterable
from typing import Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext as _

from facepass.errors import FacePassError
from facepass.models import ROLE_SCOPES, ApiKey, Studio, User

# Who asks: a member of staff, or a partner app by its key.
Principal = User | ApiKey | AnonymousUser


def studios_of(principal: Principal) -> models.QuerySet[Studio]:
    if isinstance(principal, ApiKey):
        return Studio.objects.filter(pk=principal.studio_id)
    if isinstance(principal, User) and principal.is_active:
        everything = Studio.objects.all()
        return everything if principal.is_superuser else everything.filter(memberships__user=principal)
    return Studio.objects.none()


def scopes_of(principal: Principal) -> frozenset[str]:
    """What the principal may do in the studios it sees; a member of several studios has the least of its roles."""
    if isinstance(principal, ApiKey):
        return frozenset(principal.scopes)
    if isinstance(principal, User) and principal.is_superuser:
        return frozenset.union(*ROLE_SCOPES.values())
    if isinstance(principal, User):
        return _common(ROLE_SCOPES[role] for role in principal.memberships.values_list("role", flat=True))
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
    """The studio in which the principal makes new things. Raises `studio_ambiguous` for a member of several."""
    studios = list(studios_of(principal)[:2])
    if len(studios) != 1:
        raise FacePassError("studio_ambiguous", _("Use an API key of the studio that this is for."), status=409)
    return studios[0]
