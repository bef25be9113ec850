"""What staff decided: how a decision is answered, which ones a page lists, and how they are undone."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, JsonResponse

from facepass.console.base import VERIFIERS
from facepass.core.access.authentication import user_of
from galleries.faces import decisions
from galleries.models import FaceDecision
from galleries.models.decision import FaceDecisionQuerySet
from galleries.staff_kit import markup
from galleries.staff_kit.json_views import answer_json, require_role

DECISIONS_SHOWN = 15


def answer_decisions(made: Sequence[FaceDecision], **more: object) -> JsonResponse:
    """Return the ids of decisions, by which a script can undo them, with what else the page shows."""
    return answer_json(decisions=[str(decision.pk) for decision in made], **more)


def load_history(rows: FaceDecisionQuerySet, *, most: int = DECISIONS_SHOWN) -> list[FaceDecision]:
    """Return the latest decisions, each with who made and who undid it, and in `gone` how many of its faces are gone.

    The ids of their faces are not read: there may be thousands.
    """
    latest = (
        rows.with_faces_gone()
        .select_related("made_by", "undone_by", "person")
        .defer("before", "after", "same", "apart")
        .order_by("-made_at")
    )
    history = list(latest[:most])
    for decision in history:
        decision.gone = markup.gone_faces(decision)  # type: ignore[attr-defined]  # for the template
    return history


def find_decisions(request: HttpRequest, rows: FaceDecisionQuerySet, ids: Sequence[UUID]) -> list[FaceDecision]:
    """Return these decisions, the latest first. Raise Http404 where one of them is not among the visible rows."""
    wanted = set(ids)
    found = list(rows.visible_to(user_of(request)).filter(pk__in=wanted).order_by("-made_at"))
    if len(found) != len(wanted):
        raise Http404
    return found


@transaction.atomic
def undo_decisions(request: HttpRequest, made: Sequence[FaceDecision]) -> None:
    """Undo all of the decisions or none, in this order: the latest first, because it stands on those before it.

    Raise PermissionDenied for whoever may not decide in one of their studios, and as `decisions.undo` does.
    """
    for decision in made:
        require_role(request, decision.studio_id, VERIFIERS)
    for decision in made:
        decisions.undo(decision, by=user_of(request))
