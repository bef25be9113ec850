"""/api/v1/faces/upload and /api/v1/enrolments/…: pictures by which people are known, and those that were refused."""

from functools import partial
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import mixins, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.api import waiting
from facepass.core.api.filters import FilterBackend
from facepass.core.api.pagination import Cursors
from facepass.core.api.rows import get_row
from facepass.core.api.serializers import StrictModelSerializer, StrictSerializer
from facepass.core.api.views import InputView, TenantViewSet
from galleries.models import GalleryImage, Person
from galleries.people import enrolment

STATES = ["pending", "running", "done", "failed"]


class EnrolSerializer(StrictSerializer):
    """`consent_…`: who agreed that the picture enrols the person, to which notice and when (now, by default). Without
    them the enrolment says that it has no consent.
    """

    former_names = {"user_id": "person_id"}

    person_id = serializers.UUIDField()
    file = serializers.FileField(allow_empty_file=True)
    consent_by = serializers.CharField(required=False, max_length=enrolment.CONSENT_LENGTH, allow_blank=True)
    consent_notice = serializers.CharField(
        required=False,
        max_length=enrolment.CONSENT_LENGTH,
        allow_blank=True,
        help_text="Its version, its address or its title: whatever finds the text again.",
    )
    consent_at = serializers.DateTimeField(required=False)


@extend_schema_serializer(deprecate_fields=["user_id"])
class EnrolledSerializer(serializers.Serializer[object]):
    """The face has its id before it is found; `GET /api/v1/tasks/{task_id}` says whether it was."""

    face_id = serializers.UUIDField()
    task_id = serializers.UUIDField()
    person_id = serializers.UUIDField()
    user_id = serializers.UUIDField(help_text="The same as `person_id`.")
    state = serializers.ChoiceField(STATES)
    error = serializers.CharField(allow_null=True, help_text="Why it was refused: a stable code.")
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Of `low_quality`, all that is wrong.")


class EnrolView(InputView):
    serializer_class = EnrolSerializer
    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": EnrolSerializer},
        responses={202: EnrolledSerializer, 200: EnrolledSerializer},
        parameters=[waiting.WAIT],
    )
    def post(self, request: Request) -> Response:
        """Enrols a person by a picture, which must show exactly one usable face. A worker looks for it.

        With `wait` the answer is 200 where it is over in time: its `state` is `done` or `failed`.
        """
        values, seconds = self.read_input(), waiting.parse_wait(request)
        visible_people = Person.objects.visible_to(self.principal).select_related("studio")
        person = get_row(visible_people, values["person_id"])
        consent = enrolment.ConsentGiven.build(
            by=values.get("consent_by", ""), at=values.get("consent_at"), notice=values.get("consent_notice", "")
        )
        photo = enrolment.enrol(person, values["file"], by=self.principal, consent=consent)
        response = Response(_describe_enrolled(photo), status=status.HTTP_202_ACCEPTED)
        return waiting.hold(response, look=partial(_look, photo.pk), seconds=seconds, request=request)


def _describe_enrolled(photo: GalleryImage) -> dict[str, Any]:
    task, person = enrolment.describe_task(photo), str(photo.subject_id)
    told = {name: task[name] for name in ("state", "error", "reasons")}
    return {"face_id": task["id"], "task_id": task["id"], "person_id": person, "user_id": person, **told}


def _look(photo_id: UUID) -> dict[str, Any] | None:
    """Return what came of the enrolment; None while nothing did."""
    photo = GalleryImage.objects.exclude(pk__in=GalleryImage.objects.unfinished()).filter(pk=photo_id).first()
    return _describe_enrolled(photo) if photo else None


class EnrolmentSerializer(StrictModelSerializer[GalleryImage]):
    """A picture that enrols somebody. Of a refused one nothing is kept but this."""

    task_id = serializers.UUIDField(source="pk", read_only=True)
    person_id = serializers.UUIDField(source="subject_id", read_only=True)
    face_id = serializers.SerializerMethodField(help_text="The enrolled face; null until it is found.")
    state = serializers.SerializerMethodField()
    filename = serializers.CharField(source="original_name", read_only=True)
    error = serializers.SerializerMethodField(help_text="Why it was refused: a stable code.")
    reasons = serializers.ListField(
        source="reason_list", child=serializers.CharField(), help_text="Of `low_quality`, all that is wrong."
    )

    class Meta:
        model = GalleryImage
        fields = [
            "id", "task_id", "person_id", "face_id", "state", "filename", "error", "reasons", "created_at",
            "processed_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(STATES))
    def get_state(self, photo: GalleryImage) -> str:
        return enrolment.TASK_STATES[photo.state]

    def get_face_id(self, photo: GalleryImage) -> UUID | None:
        return photo.pk if self.get_state(photo) == "done" else None

    def get_error(self, photo: GalleryImage) -> str | None:
        return photo.problem_code or None


class EnrolmentFilter(django_filters.FilterSet):
    person_id = django_filters.UUIDFilter("subject_id")
    state = django_filters.ChoiceFilter(choices=[(state, state) for state in STATES], method="in_state")

    def in_state(self, rows: QuerySet[GalleryImage], _name: str, state: str) -> QuerySet[GalleryImage]:
        return rows.filter(state__in=[photo for photo, task in enrolment.TASK_STATES.items() if task == state])


@extend_schema(tags=["enrolments"])
class EnrolmentViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, TenantViewSet[GalleryImage]
):
    """Pictures that enrol people, latest first: those that wait, and those that were refused, with their reasons."""

    id_name = "enrolment_id"
    serializer_class = EnrolmentSerializer
    queryset = GalleryImage.objects.exclude(subject=None)
    pagination_class = Cursors
    filter_backends = [FilterBackend]
    filterset_class = EnrolmentFilter

    def perform_destroy(self, instance: GalleryImage) -> None:
        """Delete the picture, with the face that it enrols, for good."""
        instance.delete()
