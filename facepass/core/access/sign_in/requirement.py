"""Who must have a second factor: `REQUIRE_TWO_FACTOR`."""

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from facepass.models import Passkey, TotpSecret, User

# In a session: the sign-in had a second factor, or one was set up since.
VERIFIED = "second_factor"


def has_second_factor(user: User) -> bool:
    return TotpSecret.objects.filter(user=user).exists() or Passkey.objects.filter(user=user).exists()


def must_have_second_factor(user: User) -> bool:
    """Return whether the setting asks it of the user: of all, or by a role; superusers have every role."""
    wanted: frozenset[str] = settings.REQUIRE_TWO_FACTOR
    if not wanted or "all" in wanted or user.is_superuser:
        return bool(wanted)
    return user.memberships.filter(role__in=wanted).exists()


def lacks_second_factor(user: User, session: SessionBase) -> bool:
    """Return whether the user has to set one up before this session shows anything."""
    if not settings.REQUIRE_TWO_FACTOR or session.get(VERIFIED):
        return False
    return must_have_second_factor(user)
