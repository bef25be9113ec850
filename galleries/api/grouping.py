"""/cluster-unknown-faces and /reject-face-cluster, and the occasion that a request names."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.tenancy import Principal
from facepass.core.api.rows import get_row, missing_error
from facepass.core.api.serializers import StrictSerializer
from facepass.core.api.tasks import StartedSerializer
from facepass.core.api.views import InputView, Validated
from facepass.models import Scope, Studio
from galleries.api.decisions import DecisionSerializer, answer_decision
from galleries.api.jobs import answer_job
from galleries.faces import decisions
from galleries.jobs import runner
from galleries.models import FaceCluster, Gallery, Occasion


class WhereSerializer(StrictSerializer):
    """The occasion: a photo session, or a gallery (whose session is meant if it has one)."""

    session_id = serializers.UUIDField(required=False)
    gallery_id = serializers.UUIDField(required=False)

    def validate(self, attrs: Validated) -> Validated:
        if len({"session_id", "gallery_id"} & set(attrs)) != 1:
            raise serializers.ValidationError({"session_id": [_("Name either a photo session or a gallery.")]})
        return attrs


class ClusterSerializer(WhereSerializer):
    rebuild = serializers.BooleanField(default=False, help_text="Make undecided groups anew.")


class RejectSerializer(StrictSerializer):
    former_names = {"cluster_id": "group_id"}

    group_id = serializers.UUIDField()


class ClusterUnknownFacesView(InputView):
    """Groups the faces of an occasion that are in no group yet; 202 with the task. New photos do so by themselves."""

    serializer_class = ClusterSerializer
    scope = Scope.WRITE

    @extend_schema(responses={202: StartedSerializer})
    def post(self, request: Request) -> Response:
        values = self.read_input()
        occasion = find_occasion(values, self.principal)
        arguments = {name: str(value) for name, value in occasion.fields.items() if value and name != "studio_id"}
        studio = Studio.objects.get(pk=occasion.studio_id)
        return answer_job(
            runner.start_job("cluster_unknown_faces", studio=studio, rebuild=values["rebuild"], **arguments)
        )


class RejectFaceClusterView(InputView):
    serializer_class = RejectSerializer
    scope = Scope.WRITE

    @extend_schema(responses=DecisionSerializer)
    def post(self, request: Request) -> Response:
        """As `/api/v1/groups/{id}/reject/`."""
        visible_groups = FaceCluster.objects.visible_to(self.principal)
        group = get_row(visible_groups, self.read_input()["group_id"])
        return answer_decision(decisions.reject(group, by=self.principal))


def find_occasion(values: Validated, principal: Principal) -> Occasion:
    """Return the occasion that `WhereSerializer` read. Raise 404 where the principal sees no gallery of it."""
    galleries = Gallery.objects.visible_to(principal)
    if "session_id" in values:
        gallery = galleries.filter(session_id=values["session_id"]).first()
    else:
        gallery = galleries.filter(pk=values["gallery_id"]).first()
    if gallery is None:
        raise missing_error(*next((name, [pk]) for name, pk in values.items() if name in ("session_id", "gallery_id")))
    return Occasion.for_gallery(gallery)
