"""Live events about what people and the grouping do to faces, for pages where others work on the same faces.

They go to two channel groups: the occasion's, and the studio's for pages that show several occasions. Events carry ids
and counts and are sent after the commit; a page that receives one reads the rows again.
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
    """Return the version of an occasion's decisions and groups."""
    groups = FaceCluster.objects.within(occasion).shown()
    return _snapshot(FaceDecision.objects.within(occasion), groups)


def build_studios_snapshot(studio_ids: Sequence[UUID]) -> SnapshotEvent:
    """Return the version of the studios' decisions, without their groups, of which there are tens of thousands."""
    return _snapshot(FaceDecision.objects.filter(studio__in=studio_ids), FaceCluster.objects.none())


def _snapshot(decisions: "QuerySet[FaceDecision]", groups: "QuerySet[FaceCluster]") -> SnapshotEvent:
    made = decisions.aggregate(last=Max("made_at"), last_undone=Max("undone_at"), number=Count("pk"))
    grouped = groups.aggregate(number=Count("pk"), faces=Sum("size"))
    parts = (made["last"], made["last_undone"], made["number"], grouped["number"], grouped["faces"])
    version = sha256(repr(parts).encode()).hexdigest()[:16]
    return SnapshotEvent(type="decisions.snapshot", version=version)


def occasion_channel(occasion: Occasion) -> str:
    """Return the occasion's channel group. It names the studio too: two may use one photo session's id."""
    return progress.channel_group("occasion", f"{occasion.studio_id}.{occasion.key}")


def studio_channel(studio_id: UUID) -> str:
    """Return the channel group of everything that happens in the studio."""
    return progress.channel_group("studio", studio_id)


def publish_decision(decision: FaceDecision) -> None:
    """Publish that the decision was made, or undone."""
    occasion = decision.occasion
    event = DecisionEvent(
        type="decision.undone" if decision.undone_at else "decision.made",
        decision_id=str(decision.pk),
        kind=decision.kind,
        occasion=None if occasion.is_studio_wide else str(occasion.key),
        faces=decision.face_count,
    )
    publish_event(occasion, event)


def publish_event(occasion: Occasion, event: Mapping[str, Any]) -> None:
    """Send the event to both channel groups, after the commit."""

    def send() -> None:
        if not occasion.is_studio_wide:
            progress.publish_event(occasion_channel(occasion), event)
        progress.publish_event(studio_channel(occasion.studio_id), event)

    # Robust: an event that cannot be sent must not fail what was committed.
    transaction.on_commit(send, robust=True)
