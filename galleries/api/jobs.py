"""Jobs: paths that start one and answer 202, and /api/v1/tasks/{id}, which says how far it is."""

from collections.abc import Mapping
from uuid import UUID

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.authentication import principal_of
from facepass.core.access.tenancy import Principal, require_single_studio, scopes_of
from facepass.core.api.filters import FilterBackend
from facepass.core.api.pagination import Cursors
from facepass.core.api.rows import get_row
from facepass.core.api.serializers import StrictModelSerializer
from facepass.core.api.tasks import RETRY_SECONDS, StartedSerializer, answer_task
from facepass.core.api.views import ListView, PlainView
from facepass.models import Scope
from galleries.api.filters import Moment
from galleries.jobs import runner
from galleries.models import GalleryImage, Job
from galleries.models.job import UNFINISHED_STATES, JobQuerySet, JobState
from galleries.people import enrolment


class TaskProgressSerializer(serializers.Serializer[object]):
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    eta_seconds = serializers.FloatField(allow_null=True)


class TaskSerializer(StrictModelSerializer[Job]):
    progress = TaskProgressSerializer(source="*", read_only=True)
    result = serializers.DictField(read_only=True, allow_null=True)
    error = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField(help_text="Of `low_quality`, all that is wrong with the face.")

    class Meta:
        model = Job
        fields = [
            "id", "kind", "state", "progress", "result", "error", "reasons", "created_at", "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_reasons(self, job: Job) -> list[str]:
        return []

    def get_error(self, job: Job) -> str | None:
        return job.error or None


# Jobs that work for all studios, so that no studio sees or cancels them.
INSTALLATION_KINDS = ("generate_descriptors", "rebuild_index")


class TaskFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=JobState.choices)
    kind = django_filters.CharFilter()
    created_after = Moment("created_at", lookup_expr="gte")
    created_before = Moment("created_at", lookup_expr="lt")


class TasksView(ListView[Job]):
    """The studio's tasks, latest first. Pictures that enrol somebody are at `/api/v1/enrolments/`."""

    serializer_class = TaskSerializer
    queryset = Job.objects.none()
    pagination_class = Cursors
    filter_backends = [FilterBackend]
    filterset_class = TaskFilter

    def get_queryset(self) -> JobQuerySet:
        return visible_jobs(self.principal)


class TaskView(PlainView):
    """The state of anything that was answered with 202."""

    @property
    def scope(self) -> Scope:
        return Scope.READ if self.request.method in SAFE_METHODS else Scope.ADMIN

    @extend_schema(responses=TaskSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """A job, or a picture that enrols somebody: its row is its job."""
        job = visible_jobs(self.principal).filter(pk=pk).first()
        if job is not None:
            return _answer_state(TaskSerializer(job).data)
        enrolments = GalleryImage.objects.visible_to(self.principal).exclude(subject=None)
        return _answer_state(enrolment.describe_task(get_row(enrolments, pk, name="task_id")))

    @extend_schema(responses={200: TaskSerializer})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Cancels it. What is over stays as it is."""
        return cancel_task(self, request, pk)


def _answer_state(task: Mapping[str, object]) -> Response:
    """Return the task; until it is over, Retry-After says when to look again."""
    headers = {"Retry-After": str(RETRY_SECONDS)} if task["state"] in UNFINISHED_STATES else {}
    return Response(task, headers=headers)


class CancelTaskView(TaskView):
    http_method_names = ["post", "options"]

    @extend_schema(request=None, responses={200: TaskSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Cancels it, as DELETE does. What is over stays as it is."""
        return cancel_task(self, request, pk)


def cancel_task(view: TaskView, request: Request, pk: UUID) -> Response:
    visible_jobs(view.principal).filter(pk=pk).cancel()
    return view.get(request, pk)


def visible_jobs(principal: Principal) -> JobQuerySet:
    """Return the caller's jobs. Those that work for all studios are the installation's, whoever started them."""
    jobs = Job.objects.visible_to(principal)
    return jobs if Scope.INSTALLATION in scopes_of(principal) else jobs.exclude(kind__in=INSTALLATION_KINDS)


class StartView(PlainView):
    """Starts the job of `kind`; 202 with its `task_id`, the same one while it is under way."""

    kind: str
    scope = Scope.ADMIN

    @extend_schema(request=None, responses={202: StartedSerializer})
    def post(self, request: Request) -> Response:
        return answer_job(runner.start_job(self.kind, studio=require_single_studio(principal_of(request))))


class GenerateDescriptorsView(StartView):
    """Describes every photo of the installation by the model that it is set to, then switches to it."""

    kind = "generate_descriptors"
    scope = Scope.INSTALLATION


class RebuildIndexView(StartView):
    """Makes the index for searches of whole studios anew. Searches go on meanwhile."""

    kind = "rebuild_index"
    scope = Scope.INSTALLATION


class RegenerateUnknownDescriptorsView(StartView):
    """Describes those faces of the studio anew that no person is bound to."""

    kind = "regenerate_unknown_descriptors"
    scope = Scope.WRITE


def answer_job(job: Job) -> Response:
    """Return the answer to a request that started a job: 202 with the id under which `/api/v1/tasks` shows it."""
    return answer_task(job.pk)
