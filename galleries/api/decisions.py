"""/api/v1/decisions/…: what people decided about faces, and how it is undone."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.api.pagination import Cursors
from facepass.core.api.serializers import StrictModelSerializer
from facepass.core.api.views import TenantViewSet
from galleries.faces import decisions
from galleries.models import FaceDecision


class DecisionSerializer(StrictModelSerializer[FaceDecision]):
    made_by = serializers.CharField(source="maker")
    undone_by = serializers.CharField(source="undoer", help_text="Empty while it stands.")
    gallery_id = serializers.UUIDField(allow_null=True, read_only=True)
    faces_gone = serializers.IntegerField(
        help_text="Of the faces that it names, how many there are no more: erased, or gone with their photo."
    )

    class Meta:
        model = FaceDecision
        fields = [
            "id",
            "kind",
            "session_id",
            "gallery_id",
            "made_by",
            "made_at",
            "undone_at",
            "undone_by",
            "faces_gone",
        ]
        read_only_fields = fields


class NamedSerializer(DecisionSerializer):
    """The decision that gave the name. To take everything back, undo `decision_ids` from the last to the first."""

    decision_ids = serializers.ListField(child=serializers.UUIDField())

    class Meta(DecisionSerializer.Meta):
        fields = [*DecisionSerializer.Meta.fields, "decision_ids"]
        read_only_fields = fields


class LatestFirst(Cursors):
    ordering = "-made_at"


class DecisionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet[FaceDecision]):
    """What people decided about faces, latest first."""

    serializer_class = DecisionSerializer
    queryset = FaceDecision.objects.with_faces_gone().select_related("made_by", "undone_by")
    pagination_class = LatestFirst

    @extend_schema(request=None, responses=DecisionSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: UUID) -> Response:
        """Undo the decision: the faces are as they were before it. 409 while a later one about them stands."""
        decision = self.get_object()
        decisions.undo(decision, by=self.principal)
        decision.refresh_from_db()
        return answer_decision(decision)


def answer_decision(decision: FaceDecision) -> Response:
    """Return the answer of every verb that decides something."""
    return Response(DecisionSerializer(decision).data)
