"""Who may delete, restore and erase what: members by their role, apps by the scopes of their key."""

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from facepass.core.access.tenancy import Principal, studios_of
from facepass.core.trash.registry import KINDS, Kind
from facepass.models import ApiKey, Membership, User


def may_delete(kind: Kind, *, studio_id: UUID, by: Principal | None) -> bool:
    """Return whether they may delete and restore that kind of thing in the studio. A command (None) may."""
    if by is None:
        return True
    if isinstance(by, ApiKey):
        return by.studio_id == studio_id and kind.scope in by.scopes
    if isinstance(by, User) and by.is_superuser:
        return True
    return Membership.objects.filter(user=by.pk, studio=studio_id, role__in=kind.deleters).exists()


def require_deleter(kind: Kind, *, studio_id: UUID, by: Principal | None) -> None:
    """Raise PermissionDenied for who may not delete that kind of thing in the studio."""
    if not may_delete(kind, studio_id=studio_id, by=by):
        raise PermissionDenied


def deletable_by(by: Principal) -> Q:
    """Return the condition that an entry of the trash is of a studio and of a kind that they may delete."""
    if isinstance(by, ApiKey):
        return _entries_of(by.studio_id, (kind for kind in KINDS.values() if kind.scope in by.scopes))
    if isinstance(by, User) and by.is_superuser:
        return Q(studio__in=studios_of(by))
    found = Q(pk__in=[])
    memberships = Membership.objects.filter(user=by.pk, studio__in=studios_of(by))
    for studio_id, role in memberships.values_list("studio", "role"):
        found |= _entries_of(studio_id, (kind for kind in KINDS.values() if role in kind.deleters))
    return found


def _entries_of(studio_id: UUID, kinds: Iterable[Kind]) -> Q:
    return Q(studio=studio_id, kind__in=[kind.name for kind in kinds])
