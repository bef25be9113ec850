"""Studios (tenants) that a principal may see. Every query for a tenant's rows starts here, with `visible_to`."""

import re
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, Self, TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import EmptyResultSet, PermissionDenied
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected

from facepass.core.errors import FacePassError
from facepass.models import ROLE_SCOPES, ApiKey, Membership, Scope, Studio, User

# Who asks: a member of staff, or a partner app by its key.
Principal = User | ApiKey | AnonymousUser
UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}", re.ASCII)


def studios_of(principal: Principal) -> models.QuerySet[Studio]:
    """Return the studios that the principal belongs to; for a superuser all; for nobody none."""
    if isinstance(principal, ApiKey):
        return Studio.objects.filter(pk=principal.studio_id)
    if isinstance(principal, User) and principal.is_active:
        everything = (
            Studio.objects.filter(pk=principal.selected_studio.pk)
            if principal.selected_studio
            else Studio.objects.all()
        )
        return everything if principal.is_superuser else everything.filter(memberships__user=principal)
    return Studio.objects.none()


def studio_ids_of(principal: Principal) -> frozenset[UUID]:
    """Return the ids of the studios that the principal belongs to. A key's is known without asking."""
    if isinstance(principal, ApiKey):
        return frozenset({principal.studio_id})
    return frozenset(studios_of(principal).values_list("pk", flat=True))


def select_studio(user: User, named: str) -> None:
    """Limit the user, for the rest of the request, to the studio with that id or short name.

    Raise 404 `studio_not_found` for a studio that the user does not belong to, as for one that does not exist.
    """
    one = {"pk": UUID(named)} if UUID_TEXT.fullmatch(named) else {"slug": named.replace("\0", "")}
    user.selected_studio = studios_of(user).filter(**one).first()
    if user.selected_studio is None:
        raise FacePassError("studio_not_found", _("There is no such studio."), status=404)


def scopes_of(principal: Principal) -> frozenset[str]:
    """Return the scopes that the principal holds in every studio it sees.

    With several roles, those that all of them have.
    """
    if isinstance(principal, ApiKey):
        return frozenset(principal.scopes)
    if isinstance(principal, User) and principal.is_superuser:
        return frozenset(Scope.values)
    if isinstance(principal, User):
        memberships = principal.memberships.filter(studio__in=studios_of(principal))
        return _intersection(ROLE_SCOPES[role] for role in memberships.values_list("role", flat=True))
    return frozenset()


def _intersection(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    found = list(sets)
    return frozenset.intersection(*found) if found else frozenset()


M = TypeVar("M", bound=models.Model)
P = ParamSpec("P")
R = TypeVar("R")
Deleted = tuple[int, dict[str, int]]
# How often a deletion is begun again because something was added below a row while it was being deleted.
DELETION_TRIES = 5


def delete_with_late_inserts(delete: Callable[[], Deleted]) -> Deleted:
    """Delete rows together with rows that are added below them meanwhile, such as a photo to a gallery.

    Django first reads what there is to delete; a row that is added after that breaks a foreign key. The deletion then
    begins anew, up to DELETION_TRIES times; so it does where it and somebody else waited for each other.
    """
    for left in reversed(range(DELETION_TRIES)):
        try:
            with transaction.atomic():
                gone = delete()
                connection.check_constraints()
                return gone
        except (models.ProtectedError, models.RestrictedError):
            raise
        except (IntegrityError, OperationalError) as error:
            # Of the other errors of operation only this one goes away by itself.
            is_passing = isinstance(error, IntegrityError) or isinstance(error.__cause__, DeadlockDetected)
            if not left or not is_passing:
                raise
    raise AssertionError("unreachable")


class TenantModel(models.Model):
    """A row below which others may be added at any time, also while it is being deleted."""

    class Meta:
        abstract = True

    def delete(self, *args: Any, **kwargs: Any) -> Deleted:
        pk = self.pk

        def delete() -> Deleted:
            self.pk = pk  # the attempt before has taken it
            return super(TenantModel, self).delete(*args, **kwargs)

        return delete_with_late_inserts(delete)


def queryset_only(method: Callable[P, R]) -> Callable[P, R]:
    """Mark a method that deletes as Django marks its own: no manager has it, and no template calls it."""
    method.__dict__.update(queryset_only=True, alters_data=True)
    return method


class TenantQuerySet(models.QuerySet[M]):
    """Rows that belong to a studio, directly or through the relation that `studio_path` names."""

    studio_path = "studio"

    def visible_to(self, principal: Principal) -> Self:
        if isinstance(principal, ApiKey):  # its studio is known without asking
            return self.filter(**{self.studio_path: principal.studio_id})
        return self.filter(**{f"{self.studio_path}__in": studios_of(principal)})

    @queryset_only
    def delete(self) -> Deleted:
        return delete_with_late_inserts(super().delete)

    def lock_against_deletion(self) -> set[UUID]:
        """Lock the rows so that none can be deleted before the transaction ends, and return the ids of those that
        exist.

        Waits for a deletion that is under way; its row is then not among the ids. Changes to the rows are not held up,
        since the lock is the one that a foreign key takes (FOR KEY SHARE). Must be called in a transaction.
        """
        try:
            rows, values = self.order_by("pk").values("pk").query.sql_with_params()
        except EmptyResultSet:
            return set()
        with connection.cursor() as cursor:
            cursor.execute(f"{rows} FOR KEY SHARE OF {connection.ops.quote_name(self.model._meta.db_table)}", values)
            return {row[0] for row in cursor.fetchall()}


def require_single_studio(principal: Principal) -> Studio:
    """Return the studio in which the principal creates rows.

    Raise 409 `studio_ambiguous` for a member of several studios who named none by `X-Studio`.
    """
    studios = list(studios_of(principal)[:2])
    if len(studios) != 1:
        raise FacePassError("studio_ambiguous", _("Name the studio that this is for in X-Studio."), status=409)
    return studios[0]


def recheck_scope(principal: Principal, scope: Scope, *, studio_id: UUID) -> None:
    """Check again that the principal holds the scope in that studio: a key may have been revoked, a password changed or
    a role taken away since the request began.

    Must be called in the transaction that writes; it locks the credentials, so that who revokes them waits for its end.
    Raise 401 `not_authenticated` for revoked credentials, and PermissionDenied.
    """
    match principal:
        case ApiKey():
            held = _scopes_of_key(principal, studio_id)
        case User():
            held = _scopes_of_member(principal, studio_id)
        case _:
            raise _revoked_refusal()
    if scope not in held:
        raise PermissionDenied


def _scopes_of_key(key: ApiKey, studio_id: UUID) -> frozenset[str]:
    now = ApiKey.objects.usable().filter(pk=key.pk).select_for_update(no_key=True).first()
    if now is None:
        raise _revoked_refusal()
    # An OAuth token's scopes are fewer than its key's.
    return frozenset(now.scopes) & frozenset(key.scopes) if now.studio_id == studio_id else frozenset()


def _scopes_of_member(user: User, studio_id: UUID) -> frozenset[str]:
    same = User.objects.filter(pk=user.pk, is_active=True, password=user.password)
    now = same.select_for_update(no_key=True).first()
    if now is None:
        raise _revoked_refusal()
    if now.is_superuser:
        return frozenset(Scope.values)
    roles = Membership.objects.filter(user=now, studio=studio_id).select_for_update(no_key=True)
    return frozenset().union(*(ROLE_SCOPES[membership.role] for membership in roles))


def _revoked_refusal() -> FacePassError:
    message = _("The credentials of this request were revoked while it was worked on.")
    return FacePassError("not_authenticated", message, status=401)
