"""/api/v2/train: what a training would learn from, the training itself, and what is done with its version."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.authentication import principal_of
from facepass.core.access.tenancy import require_single_studio
from facepass.core.api.pagination import Cursors
from facepass.core.api.rows import get_row, missing_error
from facepass.core.api.serializers import StrictModelSerializer, StrictSerializer
from facepass.core.api.views import InputView, ListView, PlainView
from facepass.models import Scope
from galleries.api.jobs import TaskProgressSerializer, answer_job
from galleries.jobs import runner
from training import renaming, run, versions
from training.learning import dataset, preparation
from training.models import FaceTrainingSession, TrainingAct


class LeftOutSerializer(serializers.Serializer[object]):
    low_quality = serializers.IntegerField()
    mislabelled = serializers.IntegerField()
    conflict = serializers.IntegerField()
    too_few = serializers.IntegerField()


@extend_schema_serializer(deprecate_fields=["id"])
class PersonCountSerializer(serializers.Serializer[object]):
    person_id = serializers.UUIDField()
    id = serializers.UUIDField(help_text="The same as `person_id`.")
    train = serializers.IntegerField()
    test = serializers.IntegerField()
    stranger = serializers.IntegerField(help_text="Faces of somebody whom the run must not learn, to test “nobody”.")


@extend_schema_serializer(deprecate_fields=["face", "person"])
class SuspectSerializer(serializers.Serializer[object]):
    face_id = serializers.UUIDField(source="face")
    person_id = serializers.UUIDField(source="person")
    looks_like = serializers.UUIDField(help_text="Whom the face is more like.")
    face = serializers.UUIDField(help_text="The same as `face_id`.")
    person = serializers.UUIDField(help_text="The same as `person_id`.")


class PreparedSerializer(StrictModelSerializer[FaceTrainingSession]):
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
    def get_people(self, session: FaceTrainingSession) -> list[dict[str, object]]:
        none = {part.value: 0 for part in dataset.Part}
        return [
            {"person_id": person, "id": person, **none, **counts}
            for person, counts in session.manifest["people"].items()
        ]


@extend_schema_serializer(deprecate_fields=["session_id"])
class TrainingStartedSerializer(serializers.Serializer[object]):
    """`task_id` is for /api/v1/tasks, where it is cancelled too."""

    task_id = serializers.UUIDField()
    training_id = serializers.UUIDField(required=False, help_text="Where it is known already.")
    session_id = serializers.UUIDField(required=False, help_text="The same as `training_id`; no photo session.")


class TrainingExecuteSerializer(StrictSerializer):
    former_names = {"session_id": "training_id"}

    training_id = serializers.UUIDField(
        required=False, help_text="A prepared training, whose data must still be as then."
    )


class TrainingActSerializer(StrictModelSerializer[TrainingAct]):
    class Meta:
        model = TrainingAct
        fields = ["what", "made_by", "made_at"]


class TrainingSerializer(StrictModelSerializer[FaceTrainingSession]):
    faces = serializers.IntegerField(source="total_faces")
    model_accuracy = serializers.FloatField(
        allow_null=True,
        help_text="Open-set rank 1 on held-out photos: people named rightly, and strangers named nobody.",
    )
    error = serializers.SerializerMethodField()
    skipped = serializers.SerializerMethodField(help_text="The verified faces were those of `same_as`.")
    same_as = serializers.UUIDField(source="same_as_id", allow_null=True)
    version = serializers.IntegerField(source="template_set.number", default=None, allow_null=True)
    digest_of_version = serializers.CharField(source="template_set.digest", default=None, allow_null=True)
    active = serializers.BooleanField(source="is_active", help_text="Names are given by its version now.")
    task_id = serializers.UUIDField(source="job_id", allow_null=True)
    progress = TaskProgressSerializer(source="job", allow_null=True)
    would_change = serializers.IntegerField(source="changes.count", default=0)
    assignments = serializers.IntegerField(source="changes.assignments", default=0)
    acts = TrainingActSerializer(many=True)

    class Meta:
        model = FaceTrainingSession
        fields = [
            "id", "status", "skipped", "same_as", "active", "version", "digest", "digest_of_version", "model_accuracy",
            "people_count", "faces", "would_change", "assignments", "error", "task_id", "progress", "started_by",
            "created_at", "started_at", "completed_at", "acts",
        ]  # fmt: skip
        read_only_fields = fields

    def get_error(self, session: FaceTrainingSession) -> str | None:
        return session.error_message or None

    def get_skipped(self, session: FaceTrainingSession) -> bool:
        return session.same_as_id is not None


class TrainingDetailSerializer(TrainingSerializer):
    metrics = serializers.DictField(help_text="Before and after, on what was held out; see docs/training.md.")

    class Meta(TrainingSerializer.Meta):
        fields = [*TrainingSerializer.Meta.fields, "metrics"]


@extend_schema_serializer(deprecate_fields=["face", "photo"])
class NameChangeSerializer(serializers.Serializer[object]):
    face_id = serializers.UUIDField()
    photo_id = serializers.UUIDField()
    face = serializers.UUIDField(help_text="The same as `face_id`.")
    photo = serializers.UUIDField(help_text="The same as `photo_id`.")
    was = serializers.UUIDField(allow_null=True)
    becomes = serializers.UUIDField(allow_null=True)
    similarity = serializers.FloatField()


class NameChangesSerializer(serializers.Serializer[object]):
    """What naming all faces again would change; at most 5,000 are listed."""

    assignments = serializers.IntegerField(
        help_text="Faces that were looked at: those that no person and no group's name decided about."
    )
    count = serializers.IntegerField()
    gained = serializers.IntegerField(required=False, help_text="Faces without a name that get one.")
    lost = serializers.IntegerField(required=False, help_text="Faces whose name is taken away.")
    changed = serializers.IntegerField(required=False, help_text="Faces that get another name.")
    threshold = serializers.FloatField()
    applied = serializers.IntegerField()
    listed_at = serializers.DateTimeField(required=False)
    listed = NameChangeSerializer(many=True)


class NamesAppliedSerializer(serializers.Serializer[object]):
    applied = serializers.IntegerField()


class RolledBackSerializer(serializers.Serializer[object]):
    version = serializers.IntegerField(allow_null=True, help_text="In use now; null: the nearest faces decide.")


class PrepareView(PlainView):
    """Looks through the verified faces of the studio: whom a run can learn, what is left out and why."""

    scope = Scope.ADMIN

    def build_path(self, pk: object) -> str:
        return f"/api/v2/train/status/{pk}/"

    @extend_schema(request=None, responses={201: PreparedSerializer, 202: TrainingStartedSerializer})
    def post(self, request: Request) -> Response:
        """201 with what was found, or 202 with a task where there are more than 5,000 faces."""
        principal = principal_of(request)
        studio = require_single_studio(principal)
        if preparation.needs_job(studio):
            return answer_job(runner.start_job("prepare_training", studio=studio, by=str(principal)))
        session = preparation.prepare_training(studio, by=str(principal))
        return Response(PreparedSerializer(session).data, status=status.HTTP_201_CREATED)


class ExecuteView(InputView):
    serializer_class = TrainingExecuteSerializer
    scope = Scope.ADMIN

    @extend_schema(responses={202: TrainingStartedSerializer})
    def post(self, request: Request) -> Response:
        """Learns from the verified faces; one run of a studio at a time, the others are 409 `training_running`."""
        prepared_id = self.read_input().get("training_id")
        prepared = get_row(_visible_trainings(request), prepared_id) if prepared_id else None
        session = run.start_training(require_single_studio(self.principal), by=str(self.principal), prepared=prepared)
        pk = str(session.pk)
        started = {"task_id": str(session.job_id), "training_id": pk, "session_id": pk}
        return Response(started, status=status.HTTP_202_ACCEPTED)


class StatusView(PlainView):
    scope = Scope.READ

    @extend_schema(responses=TrainingDetailSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """By the id of the session, or of its task."""
        session = _visible_trainings(request).filter(Q(pk=pk) | Q(job=pk)).first()
        if session is None:
            raise missing_error("training_id", [pk])
        return Response(TrainingDetailSerializer(session).data)


class NewestFirst(Cursors):
    ordering = "-created_at"


class HistoryView(ListView[FaceTrainingSession]):
    """Every training of the studio with who did what with it, newest first."""

    serializer_class = TrainingSerializer
    queryset = FaceTrainingSession.objects.none()
    pagination_class = NewestFirst
    scope = Scope.READ

    def get_queryset(self) -> QuerySet[FaceTrainingSession]:
        return _visible_trainings(self.request)


class ChangesView(PlainView):
    scope = Scope.READ

    @extend_schema(responses=NameChangesSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """The names that this version would change, as they were when it was learnt. 409 where it learnt nothing."""
        session = get_row(_visible_trainings(request), pk)
        if not session.changes:
            raise versions.nothing_learnt_error()
        return Response({**session.changes, "listed": list(map(_describe_change, session.changes.get("listed", ())))})


class ActivateView(PlainView):
    scope = Scope.ADMIN

    @extend_schema(request=None, responses=TrainingSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """From now on names are given by this version."""
        session = get_row(_visible_trainings(request), pk)
        versions.activate_version(session, by=str(principal_of(request)))
        return Response(TrainingSerializer(get_row(_visible_trainings(request), pk)).data)


class RollBackView(PlainView):
    scope = Scope.ADMIN

    @extend_schema(request=None, responses=RolledBackSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Takes the version out of use, for the one before it."""
        former = versions.roll_back_version(get_row(_visible_trainings(request), pk), by=str(principal_of(request)))
        return Response({"version": former.number if former else None})


class ApplyView(PlainView):
    scope = Scope.ADMIN

    @extend_schema(request=None, responses=NamesAppliedSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Changes the names that are listed. What a person decided stays, also if it was decided since."""
        session = get_row(_visible_trainings(request), pk)
        return Response({"applied": renaming.apply_changes(session, by=str(principal_of(request)))})


def _describe_change(change: Mapping[str, object]) -> dict[str, object]:
    return {"face_id": change["face"], "photo_id": change["photo"], **change}


def _visible_trainings(request: Request) -> QuerySet[FaceTrainingSession]:
    """Return the trainings of the caller's studios, after those whose job is over have been settled."""
    sessions = FaceTrainingSession.objects.visible_to(principal_of(request))
    sessions.end_with_jobs()
    return sessions.select_related("job", "template_set").prefetch_related("acts").defer("manifest")
