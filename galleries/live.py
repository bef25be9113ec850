"""What people and the grouping do to faces, live, for the pages where others work on the same.

Two channel groups: the occasion's, and the studio's for pages that show several occasions. Events carry ids and counts
and are sent after the commit; a page that gets one reads the rows again.
"""

from collections.abc import Mapping
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction

from facepass import progress
from galleries.models import FaceDecision, Occasion


class DecisionEvent(TypedDict):
    """`type`: `decision.made` or `decision.undone`. `occasion` is None for what concerns people alone."""

    type: str
    decision_id: str
    kind: str
    occasion: str | None
    faces: int


class GroupsEvent(TypedDict):
    """A run of the grouping changed an occasion's groups. `type`: `groups.changed`."""

    type: str
    occasion: str
    joined: int
    created: int
    merged: int


def of_occasion(occasion: Occasion) -> str:
    """With the studio in it: two studios may use one photo session's id."""
    return progress.group_of("occasion", f"{occasion.studio_id}.{occasion.key}")


def of_studio(studio_id: UUID) -> str:
    return progress.group_of("studio", studio_id)


def tell_of(decision: FaceDecision) -> None:
    """That it was made, or undone."""
    occasion = decision.occasion
    event = DecisionEvent(
        type="decision.undone" if decision.undone_at else "decision.made",
        decision_id=str(decision.pk),
        kind=decision.kind,
        occasion=str(occasion.key) if occasion.is_one else None,
        faces=decision.face_count,
    )
    tell(occasion, event)


def tell(occasion: Occasion, event: Mapping[str, Any]) -> None:
    def send() -> None:
        if occasion.is_one:
            progress.publish(of_occasion(occasion), event)
        progress.publish(of_studio(occasion.studio_id), event)

    # What happened has happened, whether the others hear of it or not.
    transaction.on_commit(send, robust=True)
