"""Which studios a request may see. Every query for a tenant's rows starts here, through `visible_to`."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Self, TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import EmptyResultSet, PermissionDenied
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from facepass.models import ROLE_SCOPES, ApiKey, Membership, Scope, Studio, User

# Who asks: a member of staff, or a partner app by its key.
Principal = User | ApiKey | AnonymousUser
UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}", re.ASCII)


def studios_of(principal: Principal) -> models.QuerySet[Studio]:
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


def select_studio(user: User, named: str) -> None:
    """From here on the user is a member of that studio only, given by its id or short name.

    Raises 404 `studio_not_found` for a studio that the user does not belong to, as for one that does not exist.
    """
    one = {"pk": UUID(named)} if UUID_TEXT.fullmatch(named) else {"slug": named.replace("\0", "")}
    user.selected_studio = studios_of(user).filter(**one).first()
    if user.selected_studio is None:
        raise FacePassError("studio_not_found", _("There is no such studio."), status=404)


def scopes_of(principal: Principal) -> frozenset[str]:
    """What the principal may do in the studios it sees; a member of several studios has the least of its roles."""
    if isinstance(principal, ApiKey):
        return frozenset(principal.scopes)
    if isinstance(principal, User) and principal.is_superuser:
        return frozenset.union(*ROLE_SCOPES.values())
    if isinstance(principal, User):
        memberships = principal.memberships.filter(studio__in=studios_of(principal))
        return _intersection(ROLE_SCOPES[role] for role in memberships.values_list("role", flat=True))
    return frozenset()


def _intersection(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    found = list(sets)
    return frozenset.intersection(*found) if found else frozenset()


M = TypeVar("M", bound=models.Model)
Deleted = tuple[int, dict[str, int]]
# How often a deletion is begun again because something was added below a row while it was being deleted.
DELETION_TRIES = 5


def delete_with_late_inserts(delete: Callable[[], Deleted]) -> Deleted:
    """Deletes rows with all that belongs to them, and with what somebody adds meanwhile, such as a photo to a gallery.

    Django reads first what there is to delete, and the database then refuses to leave anything behind.
    """
    for left in reversed(range(DELETION_TRIES)):
        try:
            with transaction.atomic():
                gone = delete()
                connection.check_constraints()
                return gone
        except (models.ProtectedError, models.RestrictedError):
            raise
        except IntegrityError:
            if not left:
                raise
    raise AssertionError("unreachable")


class TenantModel(models.Model):
    """A row to which others are added at any time."""

    class Meta:
        abstract = True

    def delete(self, *args: Any, **kwargs: Any) -> Deleted:
        pk = self.pk

        def delete() -> Deleted:
            self.pk = pk  # the attempt before has taken it
            return super(TenantModel, self).delete(*args, **kwargs)

        return delete_with_late_inserts(delete)


class TenantQuerySet(models.QuerySet[M]):
    """Rows that belong to a studio, directly or by way of the relation that `studio_path` names."""

    studio_path = "studio"

    def visible_to(self, principal: Principal) -> Self:
        return self.filter(**{f"{self.studio_path}__in": studios_of(principal)})

    def delete(self) -> Deleted:
        return delete_with_late_inserts(super().delete)

    delete.queryset_only = True  # type: ignore[attr-defined]  # as of Django's own: no manager has it
    delete.alters_data = True  # type: ignore[attr-defined]

    def lock_against_deletion(self) -> set[UUID]:
        """The ids of the rows, none of which can be deleted until the transaction ends.

        Waits for whoever is deleting one of them, which is then not among them; who only changes one is not held up
        (the lock is that of a foreign key).
        """
        try:
            rows, values = self.order_by("pk").values("pk").query.sql_with_params()
        except EmptyResultSet:
            return set()
        with connection.cursor() as cursor:
            cursor.execute(f"{rows} FOR KEY SHARE OF {connection.ops.quote_name(self.model._meta.db_table)}", values)
            return {row[0] for row in cursor.fetchall()}


def require_single_studio(principal: Principal) -> Studio:
    """The studio in which the principal makes new things.

    Raises `studio_ambiguous` for a member of several who named none by `X-Studio`.
    """
    studios = list(studios_of(principal)[:2])
    if len(studios) != 1:
        raise FacePassError("studio_ambiguous", _("Name the studio that this is for in X-Studio."), status=409)
    return studios[0]


def recheck_scope(principal: Principal, scope: Scope, *, studio_id: UUID) -> None:
    """Asks once more whether the principal may do that in that studio: a key may have been revoked, a password changed
    or a role taken away while the request was worked on.

    To be called in the transaction that writes; whoever revokes it then waits until that ends. Raises 401
    `not_authenticated` and PermissionDenied.
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
        return frozenset.union(*ROLE_SCOPES.values())
    roles = Membership.objects.filter(user=now, studio=studio_id).select_for_update(no_key=True)
    return frozenset().union(*(ROLE_SCOPES[membership.role] for membership in roles))


def _revoked_refusal() -> FacePassError:
    message = _("The credentials of this request were revoked while it was worked on.")
    return FacePassError("not_authenticated", message, status=401)
