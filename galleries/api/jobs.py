"""Jobs: paths that start one and answer 202, and /api/v1/tasks/{id}, which says how far it is."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from facepass.core.access.authentication import principal_of
from facepass.core.access.tenancy import require_single_studio
from facepass.core.api.serializers import StrictModelSerializer
from facepass.models import Scope
from galleries.jobs import runner
from galleries.models import GalleryImage, Job
from galleries.people import enrolment


class TaskProgressSerializer(serializers.Serializer[object]):
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    eta_seconds = serializers.FloatField(allow_null=True)


class TaskSerializer(StrictModelSerializer[Job]):
    progress = TaskProgressSerializer(source="*", read_only=True)
    result = serializers.DictField(read_only=True, allow_null=True)
    error = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = ["id", "kind", "state", "progress", "result", "error", "created_at", "started_at", "finished_at"]
        read_only_fields = fields

    def get_error(self, job: Job) -> str | None:
        return job.error or None


class StartedSerializer(serializers.Serializer[object]):
    task_id = serializers.UUIDField()


class TaskView(APIView):
    """The state of anything that was answered with 202."""

    @property
    def scope(self) -> Scope:
        return Scope.ADMIN if self.request.method == "DELETE" else Scope.READ

    @extend_schema(responses=TaskSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """A job, or a picture that enrols somebody: its row is its job."""
        principal = principal_of(request)
        job = Job.objects.visible_to(principal).filter(pk=pk).first()
        if job is not None:
            return Response(TaskSerializer(job).data)
        enrolments = GalleryImage.objects.visible_to(principal).exclude(subject=None)
        return Response(enrolment.describe_task(get_object_or_404(enrolments, pk=pk)))

    @extend_schema(responses={200: TaskSerializer})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Cancels it. What is over stays as it is."""
        Job.objects.visible_to(principal_of(request)).filter(pk=pk).cancel()
        return self.get(request, pk)


class StartView(APIView):
    """Starts the job of `kind`; 202 with its `task_id`, the same one while it is under way."""

    kind: str
    scope = Scope.ADMIN

    @extend_schema(request=None, responses={202: StartedSerializer})
    def post(self, request: Request) -> Response:
        return answer_job(runner.start_job(self.kind, studio=require_single_studio(principal_of(request))))


class GenerateDescriptorsView(StartView):
    """Describes every photo of the installation by the model that it is set to, then switches to it."""

    kind = "generate_descriptors"


class RebuildIndexView(StartView):
    """Makes the index for searches of whole studios anew. Searches go on meanwhile."""

    kind = "rebuild_index"


class RegenerateUnknownDescriptorsView(StartView):
    """Describes those faces of the studio anew that no person is bound to."""

    kind = "regenerate_unknown_descriptors"
    scope = Scope.WRITE


def answer_job(job: Job) -> Response:
    """Return the answer to a request that started a job: 202 with the id under which `/api/v1/tasks` shows it."""
    return Response({"task_id": str(job.pk)}, status=status.HTTP_202_ACCEPTED)
