"""What people and the grouping do to faces, live, for the pages where others work on the same.

Two channel groups: the occasion's, and the studio's for pages that show several occasions. Events carry ids and counts
and are sent after the commit; a page that gets one reads the rows again.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, QuerySet, Sum

from facepass.core.live import progress
from galleries.models import FaceCluster, FaceDecision, Occasion


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


class SnapshotEvent(TypedDict):
    """`version` changes with every decision and every run of the grouping. `type`: `decisions.snapshot`."""

    type: str
    version: str


def build_occasion_snapshot(occasion: Occasion) -> SnapshotEvent:
    groups = FaceCluster.objects.within(occasion).shown()
    return _snapshot(FaceDecision.objects.within(occasion), groups)


def build_studios_snapshot(studio_ids: Sequence[UUID]) -> SnapshotEvent:
    """Without the groups, of which studios have tens of thousands."""
    return _snapshot(FaceDecision.objects.filter(studio__in=studio_ids), FaceCluster.objects.none())


def _snapshot(decisions: "QuerySet[FaceDecision]", groups: "QuerySet[FaceCluster]") -> SnapshotEvent:
    moments = decisions.aggregate(made=Max("made_at"), undone=Max("undone_at"), number=Count("pk"))
    inside = groups.aggregate(number=Count("pk"), faces=Sum("size"))
    parts = (moments["made"], moments["undone"], moments["number"], inside["number"], inside["faces"])
    version = sha256(repr(parts).encode()).hexdigest()[:16]
    return SnapshotEvent(type="decisions.snapshot", version=version)


def occasion_channel(occasion: Occasion) -> str:
    """With the studio in it: two studios may use one photo session's id."""
    return progress.channel_group("occasion", f"{occasion.studio_id}.{occasion.key}")


def studio_channel(studio_id: UUID) -> str:
    return progress.channel_group("studio", studio_id)


def publish_decision(decision: FaceDecision) -> None:
    """That it was made, or undone."""
    occasion = decision.occasion
    event = DecisionEvent(
        type="decision.undone" if decision.undone_at else "decision.made",
        decision_id=str(decision.pk),
        kind=decision.kind,
        occasion=str(occasion.key) if occasion.is_one else None,
        faces=decision.face_count,
    )
    publish_event(occasion, event)


def publish_event(occasion: Occasion, event: Mapping[str, Any]) -> None:
    def send() -> None:
        if occasion.is_one:
            progress.publish_event(occasion_channel(occasion), event)
        progress.publish_event(studio_channel(occasion.studio_id), event)

    # What happened has happened, whether the others hear of it or not.
    transaction.on_commit(send, robust=True)
