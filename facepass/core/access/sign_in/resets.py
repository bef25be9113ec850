"""Who may take somebody's second factors away, for who lost them."""

from django.db.models import QuerySet

from facepass.models import Membership, Role, User


def list_resettable(by: User) -> QuerySet[User]:
    """Return those whose second factors this member may reset, never their own.

    An owner may for who belongs to no studio but theirs: whoever works for another one too, or is a superuser, would
    lose what protects others.
    """
    others = User.objects.filter(is_active=True).exclude(pk=by.pk).order_by("username")
    if by.is_superuser:
        return others
    owned = by.memberships.filter(role=Role.OWNER).values("studio")
    elsewhere = Membership.objects.exclude(studio__in=owned).values("user")
    members = Membership.objects.filter(studio__in=owned).values("user")
    return others.filter(pk__in=members, is_superuser=False).exclude(pk__in=elsewhere)


def may_reset_anybody(by: User) -> bool:
    return by.is_superuser or by.memberships.filter(role=Role.OWNER).exists()
