"""Who acts, for the audit: a principal by its id and, where everything of theirs belongs to one, by its studio."""

from facepass.core.access.tenancy import Principal, studios_of
from facepass.core.audit.acts import Actor, declare
from facepass.models import ActorKind, ApiKey, User

SIGNED_IN, SIGNED_OUT = "signed in", "signed out"


def actor_of(principal: Principal) -> Actor | None:
    """Return who acts; None for somebody who is not known."""
    match principal:
        case ApiKey():
            return Actor(ActorKind.KEY, str(principal.pk), principal.studio_id)
        case User():
            studios = list(studios_of(principal)[:2])
            of_one = len(studios) == 1 and (not principal.is_superuser or principal.selected_studio)
            return Actor(ActorKind.USER, str(principal.pk), studios[0].pk if of_one else None)
    return None


def note_signed_in(user: User | None, **_options: object) -> None:
    """Tell that somebody signed in. Django's signal's receiver too."""
    if user is not None:
        declare(SIGNED_IN, actor=actor_of(user))


def note_signed_out(user: User | None, **_options: object) -> None:
    """Tell that somebody signed out, or ended what a token had begun. Django's signal's receiver too."""
    if user is not None:
        declare(SIGNED_OUT, actor=actor_of(user))
