"""/api/v1/groups/…: groups of faces of one person, and what is decided about them."""

from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.api.filters import FilterBackend
from facepass.core.api.pagination import Cursors
from facepass.core.api.rows import get_row, get_rows
from facepass.core.api.serializers import StrictModelSerializer, StrictSerializer
from facepass.core.api.views import TenantViewSet, Validated, validate
from galleries.api import matches
from galleries.api.decisions import DecisionSerializer, NamedSerializer, answer_decision
from galleries.api.grouping import WhereSerializer, find_occasion
from galleries.faces import decisions, suggestions
from galleries.models import FaceCluster, Person, PhotoFace
from galleries.models.cluster import FaceClusterQuerySet
from galleries.people import naming

FACES_SHOWN = 12


class GroupSerializer(StrictModelSerializer[FaceCluster]):
    """`faces`: the best ones, at most 12; all of them are at `/api/v1/groups/{id}/faces/`."""

    person_id = serializers.UUIDField(allow_null=True, read_only=True)
    gallery_id = serializers.UUIDField(allow_null=True, read_only=True)
    faces = serializers.SerializerMethodField()

    class Meta:
        model = FaceCluster
        fields = ["id", "session_id", "gallery_id", "person_id", "rejected", "size", "created_at", "faces"]
        read_only_fields = fields

    def get_faces(self, group: FaceCluster) -> list[dict[str, Any]]:  # a type that the documentation understands
        best_faces: list[PhotoFace] = group.best_faces  # type: ignore[attr-defined]  # prefetched by the viewset
        return [matches.describe_face(face, self.context["request"]) for face in best_faces]


class OthersSerializer(StrictSerializer):
    group_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=100)


class OtherSerializer(StrictSerializer):
    group_id = serializers.UUIDField()


class SplitSerializer(StrictSerializer):
    face_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=1000)


class NameSerializer(StrictSerializer):
    person_id = serializers.UUIDField(allow_null=True, required=False, help_text="Null takes the name away.")
    name = serializers.CharField(
        max_length=naming.NAME_CHARACTERS, required=False,
        help_text="Instead of `person_id`: the one person of that name, or a new one.",
    )  # fmt: skip
    face_ids = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=1000, required=False,
        help_text="Only these faces of the group show the person; they leave it for a group of their own.",
    )  # fmt: skip

    def validate(self, attrs: Validated) -> Validated:
        if len({"person_id", "name"} & set(attrs)) != 1:
            raise serializers.ValidationError({"person_id": [_("Give either a person or a name.")]})
        return attrs


class SuggestionSerializer(serializers.Serializer[object]):
    group_id = serializers.UUIDField()
    other_id = serializers.UUIDField()
    similarity = serializers.FloatField()


class GroupFilter(filters.FilterSet):
    session_id = filters.UUIDFilter()
    gallery_id = filters.UUIDFilter()
    person_id = filters.UUIDFilter()
    named = filters.BooleanFilter("person", lookup_expr="isnull", exclude=True)

    class Meta:
        model = FaceCluster
        fields: list[str] = []


class LargestFirst(Cursors):
    ordering = "-size"


class GroupViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet[FaceCluster]):
    serializer_class = GroupSerializer
    queryset = FaceCluster.objects.defer("centroid")
    pagination_class = LargestFirst
    filter_backends = [FilterBackend]
    filterset_class = GroupFilter

    def get_queryset(self) -> TenantQuerySet[FaceCluster]:
        """Return the visible groups with `best_faces` of each: a prefetch sliced per group, in one query.

        Groups that lost their faces in a merge can still be read by their ids, but are not listed.
        """
        faces = PhotoFace.objects.defer("insightface_descriptor", "landmarks").select_related("photo")
        best = Prefetch("faces", faces.order_by("-insightface_confidence", "pk")[:FACES_SHOWN], to_attr="best_faces")
        groups = cast(FaceClusterQuerySet, super().get_queryset())
        return (groups.shown() if self.action == "list" else groups).prefetch_related(best)

    @extend_schema(responses=matches.ShownFaceSerializer(many=True))
    @action(detail=True, filter_backends=[], pagination_class=Cursors)
    def faces(self, request: Request, pk: UUID) -> Response:
        faces = self.get_object().faces.select_related("photo").defer("insightface_descriptor", "landmarks")
        return self.answer_nested(faces, lambda page: [matches.describe_face(face, request) for face in page])

    @extend_schema(request=OthersSerializer, responses=DecisionSerializer)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: UUID) -> Response:
        """They show one person."""
        others = self._find_groups(validate(OthersSerializer, request.data)["group_ids"])
        return answer_decision(decisions.merge([self.get_object(), *others], by=self.principal))

    @extend_schema(request=OtherSerializer, responses=DecisionSerializer)
    @action(detail=True, methods=["post"], url_path="keep-apart")
    def keep_apart(self, request: Request, pk: UUID) -> Response:
        """They show two people, however alike."""
        (other,) = self._find_groups([validate(OtherSerializer, request.data)["group_id"]])
        return answer_decision(decisions.keep_apart(self.get_object(), other, by=self.principal))

    @extend_schema(request=SplitSerializer, responses=DecisionSerializer)
    @action(detail=True, methods=["post"])
    def split(self, request: Request, pk: UUID) -> Response:
        """These of its faces are somebody else."""
        faces = _find_faces(self.get_object(), validate(SplitSerializer, request.data)["face_ids"])
        return answer_decision(decisions.split(faces, by=self.principal))

    @extend_schema(request=NameSerializer, responses=NamedSerializer)
    @action(detail=True, methods=["post"], url_path="name")
    @transaction.atomic
    def give_name(self, request: Request, pk: UUID) -> Response:
        """They show this person. A second group of a person joins the first."""
        group, values = self.get_object(), validate(NameSerializer, request.data)
        person = self._find_person(group.studio_id, values)
        if "face_ids" in values:
            made = naming.name_faces(_find_faces(group, values["face_ids"]), person, by=self.principal)
        else:
            made = [naming.name_group(group, person, by=self.principal)]
        made[-1].decision_ids = [decision.pk for decision in made]  # type: ignore[attr-defined]  # for the serializer
        return Response(NamedSerializer(made[-1]).data)

    @extend_schema(request=None, responses=DecisionSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: UUID) -> Response:
        """Not faces, or nobody who should be found."""
        return answer_decision(decisions.reject(self.get_object(), by=self.principal))

    @extend_schema(parameters=[WhereSerializer], responses=SuggestionSerializer(many=True))
    @action(detail=False, pagination_class=None, filter_backends=[])
    def suggestions(self, request: Request) -> Response:
        """Pairs that may be one person, the most alike first."""
        occasion = find_occasion(validate(WhereSerializer, request.query_params.dict()), self.principal)
        pairs = suggestions.find_suggestions(occasion)
        return Response(
            [{"group_id": pair.one.pk, "other_id": pair.other.pk, "similarity": pair.similarity} for pair in pairs]
        )

    def _find_person(self, studio_id: UUID, values: Validated) -> Person | None:
        """Return whom `NameSerializer` named, somebody new where there is none of that name; None takes a name away."""
        if "name" in values:
            return naming.get_or_create_person(values["name"], studio_id=studio_id, by=self.principal)
        if values["person_id"] is None:
            return None
        return get_row(Person.objects.visible_to(self.principal).filter(studio=studio_id), values["person_id"])

    def _find_groups(self, ids: list[UUID]) -> list[FaceCluster]:
        """Return the visible groups of these ids. Raise 404 where one of them is not there."""
        return get_rows(FaceCluster.objects.visible_to(self.principal), ids)


def _find_faces(group: FaceCluster, ids: list[UUID]) -> list[PhotoFace]:
    """Return these faces of the group. Raise 400 `invalid_request` where one of them is not in it."""
    faces = list(group.faces.filter(pk__in=ids))
    if len(faces) != len(set(ids)):
        raise serializers.ValidationError({"face_ids": [_("One of these does not exist.")]})
    return faces
