"""/api/v1/people/… and /api/v1/users/…: the same rows, under two names of their fields."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import django_filters
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.filters import SearchFilter
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.tenancy import require_single_studio
from facepass.core.api import bulk_deletion
from facepass.core.api.contract import names_of, require_fields
from facepass.core.api.filters import FilterBackend, OrderingFilter
from facepass.core.api.pagination import Cursors
from facepass.core.api.renderers import AnyAccepted
from facepass.core.api.rows import get_rows
from facepass.core.api.serializers import StrictModelSerializer, StrictSerializer
from facepass.core.api.tasks import StartedSerializer
from facepass.core.api.views import TenantViewSet, TrashMixin, validate
from facepass.core.database.storable_values import ADDRESS_LENGTH, json_problem
from facepass.core.errors import FacePassError, refusal_from_drf
from facepass.models import Scope, Studio, TrashEntry
from galleries.api.filters import Moment
from galleries.api.serializers import AvatarField, PersonDeletedSerializer
from galleries.exports.person_data import build_person_data
from galleries.faces import decisions
from galleries.models import Person
from galleries.models.person import refuse_duplicates
from galleries.people import records
from galleries.photos.archives import archive_response

MAX_METADATA_BYTES, MAX_BULK = 10_000, 1000
# A row of a bulk request, before its own serializer has checked it.
BulkRow = Mapping[str, Any]


@extend_schema_field({"type": "object", "additionalProperties": True, "example": {"table": "7"}})
class MetadataField(serializers.JSONField):
    """An object that can be kept and read again (see `facepass.core.database.storable_values`), of a limited size."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if json_problem(data):
            raise serializers.ValidationError(gettext("This value cannot be stored."))
        if not isinstance(data, dict) or len(json.dumps(data, ensure_ascii=False).encode()) > MAX_METADATA_BYTES:
            limit = {"limit": MAX_METADATA_BYTES}
            raise serializers.ValidationError(gettext("An object of at most %(limit)d bytes is expected.") % limit)
        return data


class _PersonFieldsSerializer(StrictModelSerializer[Person]):
    external_id = serializers.CharField(max_length=200, required=False, allow_null=True)
    metadata = MetadataField(required=False)
    face_count = serializers.IntegerField(read_only=True, default=0)

    def save(self, **kwargs: Any) -> Person:
        with refuse_duplicates():
            return super().save(**kwargs)


class PersonSerializer(_PersonFieldsSerializer):
    avatar_url = AvatarField(required=False, allow_blank=True, max_length=ADDRESS_LENGTH)
    email = serializers.EmailField(required=False, allow_null=True)

    class Meta:
        model = Person
        fields = ["id", "real_name", "email", "external_id", "avatar_url", "metadata", "face_count", "created_at"]
        # Uniqueness is the database's to say, and a 409 (see `refuse_duplicates`).
        validators: list[object] = []


class UserSerializer(_PersonFieldsSerializer):
    # Required, but people who were named from photos have none.
    email = serializers.EmailField(allow_null=True)
    full_name = serializers.CharField(source="real_name", max_length=200)

    class Meta:
        model = Person
        fields = ["id", "email", "full_name", "external_id", "metadata", "face_count", "created_at"]
        validators: list[object] = []


class BulkRowSerializer(StrictSerializer):
    external_id = serializers.CharField(max_length=200)


class BulkSerializer(StrictSerializer):
    people = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MAX_BULK)


class BulkErrorSerializer(serializers.Serializer[object]):
    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.DictField()


class BulkResultSerializer(serializers.Serializer[object]):
    index = serializers.IntegerField()
    external_id = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(["created", "updated", "failed"])
    id = serializers.UUIDField(allow_null=True)
    error = BulkErrorSerializer(allow_null=True)


class BulkReportSerializer(serializers.Serializer[object]):
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    failed = serializers.IntegerField()
    results = BulkResultSerializer(many=True)


class DeletePeopleSerializer(StrictSerializer):
    person_ids = bulk_deletion.ids_field()


class MergePeopleSerializer(StrictSerializer):
    person_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=100)


class MergedSerializer(PersonSerializer):
    """The person who stays."""

    decision_ids = serializers.ListField(child=serializers.UUIDField(), read_only=True)

    class Meta(PersonSerializer.Meta):
        fields = [*PersonSerializer.Meta.fields, "decision_ids"]


BULK = OpenApiExample(
    "two people",
    {
        "people": [
            {"external_id": "crm-4711", "real_name": "Maria Petrova", "email": "maria@example.com"},
            {"external_id": "crm-4712", "real_name": "Ivan Petrov", "metadata": {"table": 4}},
        ]
    },
    request_only=True,
)


class PersonFilter(django_filters.FilterSet):
    email = django_filters.CharFilter(lookup_expr="iexact")
    external_id = django_filters.CharFilter()
    has_faces = django_filters.BooleanFilter(method="with_faces", label=_("has faces"))
    created_after = Moment("created_at", lookup_expr="gte")
    created_before = Moment("created_at", lookup_expr="lt")

    def with_faces(self, rows: QuerySet[Person], _name: str, wanted: bool) -> QuerySet[Person]:
        has = Q(face_count__gt=0)
        return rows.filter(has if wanted else ~has)


class _PeopleViewSet(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    TrashMixin[Person],
    mixins.ListModelMixin,
    TenantViewSet[Person],
):
    trash_kind = "person"
    queryset = Person.objects.with_face_count()
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    pagination_class = Cursors
    filter_backends = [FilterBackend, SearchFilter, OrderingFilter]
    filterset_class = PersonFilter
    search_fields = ["real_name", "email", "external_id"]
    ordering_fields = ["created_at", "real_name"]
    ordering = ["-created_at"]

    def perform_create(self, serializer: serializers.BaseSerializer[Person]) -> None:
        serializer.save(studio=require_single_studio(self.principal))

    @extend_schema(responses={200: PersonDeletedSerializer, 202: StartedSerializer})
    def destroy(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Moves the person to the trash with their pictures; in photos of events their faces lose only the name.

        An API key needs the scope `admin` too. 202 with a task where they have more than 1,000 pictures.
        """
        return super().destroy(request, *args, **kwargs)

    def answer_deleted(self, entries: Sequence[TrashEntry]) -> Response:
        return Response({"id": str(self.kwargs["pk"]), "deleted": asdict(records.count_erased(entries))})


class UserViewSet(_PeopleViewSet):
    serializer_class = UserSerializer


class PersonViewSet(_PeopleViewSet):
    serializer_class = PersonSerializer
    scope: Scope | None = None

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(
        detail=True,
        methods=["get"],
        scope=Scope.ADMIN,
        pagination_class=None,
        filter_backends=[],
        content_negotiation_class=AnyAccepted,
    )
    def export(self, request: Request, pk: str) -> HttpResponseBase:
        """Everything that is kept of a person, as a ZIP: `data.json` and their photos. Descriptors are left out."""
        person = self.get_object()
        return archive_response(build_person_data(person), person.real_name)

    @extend_schema(request=BulkSerializer, responses={200: BulkReportSerializer}, examples=[BULK])
    @action(detail=False, methods=["post"], pagination_class=None, filter_backends=[])
    def bulk(self, request: Request) -> Response:
        """Makes or changes up to 1,000 people by `external_id`; a row that is refused leaves the others alone."""
        rows: list[BulkRow] = validate(BulkSerializer, request.data)["people"]
        studio = require_single_studio(self.principal)
        rows_with_id = {index: row for index, row in enumerate(rows) if BulkRowSerializer(data=row).is_valid()}
        written = records.upsert_people(studio, list(rows_with_id.values()), write=_person_writer(studio))
        outcomes = dict(zip(rows_with_id, written, strict=True))
        results = [
            _describe_outcome(index, rows_with_id.get(index), outcomes.get(index) or _refuse_without_id())
            for index in range(len(rows))
        ]
        counts = {kind: sum(r["status"] == kind for r in results) for kind in ("created", "updated", "failed")}
        return Response({**counts, "results": results})

    @extend_schema(request=DeletePeopleSerializer, responses=bulk_deletion.DeletedManySerializer)
    @action(detail=False, methods=["post"], url_path="bulk-delete", pagination_class=None, filter_backends=[])
    def bulk_delete(self, request: Request) -> Response:
        """Moves up to 1,000 people to the trash, as one entry; one who is not there stops no other."""
        ids = validate(DeletePeopleSerializer, request.data)["person_ids"]
        rows = Person.objects.visible_to(self.principal).in_bulk(ids)
        return bulk_deletion.move_to_trash(self.trash_kind, ids, rows, by=self.principal)

    @extend_schema(request=MergePeopleSerializer, responses=MergedSerializer)
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def merge(self, request: Request, pk: UUID) -> Response:
        """The others are this person: faces, groups, pictures and what this one lacks go over, and they are gone.

        Undo `decision_ids`, the last one first, to have them back.
        """
        kept, ids = self.get_object(), validate(MergePeopleSerializer, request.data)["person_ids"]
        visible_people = Person.objects.visible_to(self.principal)
        made = [decisions.unite(kept, other, by=self.principal).pk for other in get_rows(visible_people, ids)]
        return Response({**self.get_serializer(self.get_object()).data, "decision_ids": made})


def _refuse_without_id() -> records.UpsertedPerson:
    details = {"external_id": [gettext("Each row needs an external id.")]}
    return records.UpsertedPerson(
        None, refusal=FacePassError("invalid_request", gettext("The request is not valid."), details=details)
    )


def _person_writer(studio: Studio) -> Callable[[BulkRow, Person | None], Person]:
    """Return a function that makes a person of a row, or changes the one that has its external id."""

    def write(row: BulkRow, known: Person | None) -> Person:
        serializer = PersonSerializer(known, data=row, partial=known is not None)
        require_fields(row, names_of(serializer))
        try:
            serializer.is_valid(raise_exception=True)
        except serializers.ValidationError as error:
            raise refusal_from_drf(error) from error
        return serializer.save() if known is not None else serializer.save(studio=studio)

    return write


def _describe_outcome(index: int, row: BulkRow | None, written: records.UpsertedPerson) -> dict[str, object]:
    refusal = written.refusal
    error = {"code": refusal.code, "message": refusal.message, "details": refusal.details} if refusal else None
    return {
        "index": index,
        "external_id": str(row["external_id"]) if row else None,
        "status": "failed" if refusal else "created" if written.is_new else "updated",
        "id": str(written.person.pk) if written.person else None,
        "error": error,
    }
