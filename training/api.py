"""POST /api/v2/train/prepare: what a training run would learn from."""

from collections import Counter
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from facepass.auth import principal
from facepass.models import Scope
from facepass.tenancy import studio_for
from training import dataset
from training.models import FaceTrainingSession
from training.prepare import prepare


class LeftOutSerializer(serializers.Serializer[Any]):
    low_quality = serializers.IntegerField()
    mislabelled = serializers.IntegerField()
    conflict = serializers.IntegerField()
    too_few = serializers.IntegerField()


class PersonCountSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    train = serializers.IntegerField()
    test = serializers.IntegerField()
    stranger = serializers.IntegerField(help_text="Faces of somebody whom the run must not learn, to test “nobody”.")


class SuspectSerializer(serializers.Serializer[Any]):
    face = serializers.UUIDField()
    person = serializers.UUIDField()
    looks_like = serializers.UUIDField()


class PreparedSerializer(serializers.ModelSerializer[FaceTrainingSession]):
    faces = serializers.IntegerField(source="total_faces")
    left_out = serializers.SerializerMethodField()
    people = serializers.SerializerMethodField()
    suspects = SuspectSerializer(source="manifest.suspects", many=True, help_text="Faces that may bear a wrong name.")
    conflicts = serializers.ListField(
        source="manifest.conflicts",
        child=serializers.ListField(child=serializers.UUIDField()),
        help_text="Pairs of faces that show one shot under two names.",
    )

    class Meta:
        model = FaceTrainingSession
        fields = ["id", "status", "digest", "people_count", "faces", "left_out", "people", "suspects", "conflicts"]
        read_only_fields = fields

    @extend_schema_field(LeftOutSerializer)
    def get_left_out(self, session: FaceTrainingSession) -> dict[str, int]:
        counted = Counter(session.manifest["left_out"].values())
        return {reason.value: counted[reason.value] for reason in dataset.Reason}

    @extend_schema_field(PersonCountSerializer(many=True))
    def get_people(self, session: FaceTrainingSession) -> list[dict[str, Any]]:
        none = {part.value: 0 for part in dataset.Part}
        return [{"id": person, **none, **counts} for person, counts in session.manifest["people"].items()]


class PrepareView(APIView):
    """Looks through the verified faces of the studio: whom a run can learn, what is left out and why."""

    scope = Scope.ADMIN

    @extend_schema(request=None, responses={201: PreparedSerializer})
    def post(self, request: Request) -> Response:
        who = principal(request)
        session = prepare(studio_for(who), by=str(who))
        return Response(PreparedSerializer(session).data, status=status.HTTP_201_CREATED)
