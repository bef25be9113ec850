"""Groups of faces: /api/v1/groups/…, what people decide about them, and the paths that make and reject them."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import generics, mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.authentication import principal_of
from facepass.core.access.tenancy import Principal
from facepass.core.api.filters import FilterBackend
from facepass.core.api.pagination import Cursors
from facepass.core.api.serializers import StrictModelSerializer, StrictSerializer
from facepass.models import Scope, Studio
from galleries.api import matches as told
from galleries.api.jobs import StartedSerializer
from galleries.faces import decisions, grouping
from galleries.jobs import runner
from galleries.models import FaceCluster, FaceDecision, Gallery, Occasion, Person, PhotoFace
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

    @extend_schema(responses=told.ShownFaceSerializer(many=True))
    def get_faces(self, group: FaceCluster) -> list[dict[str, Any]]:
        return [told.photo_of(face, self.context["request"]) for face in group.best_faces]  # type: ignore[attr-defined]


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

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if len({"person_id", "name"} & set(asked)) != 1:
            raise serializers.ValidationError({"person_id": [_("Give either a person or a name.")]})
        return asked


class NamedSerializer(DecisionSerializer):
    """The decision that gave the name. To take everything back, undo `decision_ids` from the last to the first."""

    decision_ids = serializers.ListField(child=serializers.UUIDField())

    class Meta(DecisionSerializer.Meta):
        fields = [*DecisionSerializer.Meta.fields, "decision_ids"]
        read_only_fields = fields


class SuggestionSerializer(serializers.Serializer[Any]):
    group_id = serializers.UUIDField()
    other_id = serializers.UUIDField()
    similarity = serializers.FloatField()


class WhereSerializer(StrictSerializer):
    """The occasion: a photo session, or a gallery (whose session is meant if it has one)."""

    session_id = serializers.UUIDField(required=False)
    gallery_id = serializers.UUIDField(required=False)

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if len({"session_id", "gallery_id"} & set(asked)) != 1:
            raise serializers.ValidationError({"session_id": [_("Name either a photo session or a gallery.")]})
        return asked


class ClusterSerializer(WhereSerializer):
    rebuild = serializers.BooleanField(default=False, help_text="Make undecided groups anew.")


class RejectSerializer(StrictSerializer):
    cluster_id = serializers.UUIDField()


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


class LatestFirst(Cursors):
    ordering = "-made_at"


class GroupViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[FaceCluster]):
    serializer_class = GroupSerializer
    queryset = FaceCluster.objects.none()
    lookup_value_converter = "uuid"
    pagination_class = LargestFirst
    filter_backends = [FilterBackend]
    filterset_class = GroupFilter

    def get_queryset(self) -> Any:
        """With the best faces of each group: the prefetch is sliced per group, in one query."""
        faces = PhotoFace.objects.defer("insightface_descriptor", "landmarks").select_related("photo")
        best = Prefetch("faces", faces.order_by("-insightface_confidence", "pk")[:FACES_SHOWN], to_attr="best_faces")
        mine = FaceCluster.objects.visible_to(principal_of(self.request)).defer("centroid")
        return (mine.shown() if self.action == "list" else mine).prefetch_related(best)

    @extend_schema(responses=told.ShownFaceSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def faces(self, request: Request, pk: UUID) -> Response:
        faces = self.get_object().faces.select_related("photo").defer("insightface_descriptor", "landmarks")
        paginator = Cursors()
        page = paginator.paginate_queryset(faces, request, view=None) or []
        return paginator.get_paginated_response([told.photo_of(face, request) for face in page])

    @extend_schema(request=OthersSerializer, responses=DecisionSerializer)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: UUID) -> Response:
        """They show one person."""
        others = self._groups(_asked(OthersSerializer, request)["group_ids"])
        return _decided(decisions.merge([self.get_object(), *others], by=principal_of(request)))

    @extend_schema(request=OtherSerializer, responses=DecisionSerializer)
    @action(detail=True, methods=["post"], url_path="keep-apart")
    def keep_apart(self, request: Request, pk: UUID) -> Response:
        """They show two people, however alike."""
        (other,) = self._groups([_asked(OtherSerializer, request)["group_id"]])
        return _decided(decisions.keep_apart(self.get_object(), other, by=principal_of(request)))

    @extend_schema(request=SplitSerializer, responses=DecisionSerializer)
    @action(detail=True, methods=["post"])
    def split(self, request: Request, pk: UUID) -> Response:
        """These of its faces are somebody else."""
        faces = _faces(self.get_object(), _asked(SplitSerializer, request)["face_ids"])
        return _decided(decisions.split(faces, by=principal_of(request)))

    @extend_schema(request=NameSerializer, responses=NamedSerializer)
    @action(detail=True, methods=["post"], url_path="name")
    @transaction.atomic
    def give_name(self, request: Request, pk: UUID) -> Response:
        """They show this person. A second group of a person joins the first."""
        group, asked = self.get_object(), _asked(NameSerializer, request)
        person = self._person(group.studio_id, asked)
        if "face_ids" in asked:
            made = naming.name_faces(_faces(group, asked["face_ids"]), person, by=principal_of(request))
        else:
            made = [naming.name_group(group, person, by=principal_of(request))]
        made[-1].decision_ids = [decision.pk for decision in made]  # type: ignore[attr-defined]
        return Response(NamedSerializer(made[-1]).data)

    def _person(self, studio_id: UUID, asked: dict[str, Any]) -> Person | None:
        who = principal_of(self.request)
        if "name" in asked:
            return naming.get_or_create_person(asked["name"], studio_id=studio_id, by=who)
        if asked["person_id"] is None:
            return None
        return get_object_or_404(Person.objects.visible_to(who), pk=asked["person_id"], studio=studio_id)

    @extend_schema(request=None, responses=DecisionSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: UUID) -> Response:
        """Not faces, or nobody who should be found."""
        return _decided(decisions.reject(self.get_object(), by=principal_of(request)))

    @extend_schema(parameters=[WhereSerializer], responses=SuggestionSerializer(many=True))
    @action(detail=False, pagination_class=None, filterset_class=None)
    def suggestions(self, request: Request) -> Response:
        """Pairs that may be one person, the most alike first."""
        asked = WhereSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        found = grouping.find_suggestions(occasion_of(asked.validated_data, principal_of(request)))
        return Response([{"group_id": s.one.pk, "other_id": s.other.pk, "similarity": s.similarity} for s in found])

    def _groups(self, wanted: list[UUID]) -> list[FaceCluster]:
        found = list(FaceCluster.objects.visible_to(principal_of(self.request)).filter(pk__in=wanted))
        if len(found) != len(set(wanted)):
            raise Http404
        return found


class DecisionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[FaceDecision]):
    """What people decided about faces, latest first."""

    serializer_class = DecisionSerializer
    queryset = FaceDecision.objects.none()
    lookup_value_converter = "uuid"
    pagination_class = LatestFirst

    def get_queryset(self) -> Any:
        made = FaceDecision.objects.visible_to(principal_of(self.request)).with_faces_gone()
        return made.select_related("made_by", "undone_by")

    @extend_schema(request=None, responses=DecisionSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: UUID) -> Response:
        decision = self.get_object()
        decisions.undo(decision, by=principal_of(request))
        decision.refresh_from_db()
        return _decided(decision)


class ClusterUnknownFacesView(generics.GenericAPIView[Any]):
    """Groups the faces of an occasion that are in no group yet; 202 with the task. New photos do so by themselves."""

    serializer_class = ClusterSerializer
    scope = Scope.WRITE

    @extend_schema(responses={202: StartedSerializer})
    def post(self, request: Request) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        occasion = occasion_of(asked.validated_data, principal_of(request))
        arguments = {name: str(value) for name, value in occasion.fields.items() if value and name != "studio_id"}
        studio = Studio.objects.get(pk=occasion.studio_id)
        job = runner.start_job(
            "cluster_unknown_faces", studio=studio, rebuild=asked.validated_data["rebuild"], **arguments
        )
        return Response({"task_id": str(job.pk)}, status=status.HTTP_202_ACCEPTED)


class RejectFaceClusterView(generics.GenericAPIView[Any]):
    serializer_class = RejectSerializer
    scope = Scope.WRITE

    @extend_schema(responses=DecisionSerializer)
    def post(self, request: Request) -> Response:
        """As `/api/v1/groups/{id}/reject/`."""
        wanted = _asked(RejectSerializer, request)["cluster_id"]
        group = get_object_or_404(FaceCluster.objects.visible_to(principal_of(request)), pk=wanted)
        return _decided(decisions.reject(group, by=principal_of(request)))


def occasion_of(asked: dict[str, Any], who: Principal) -> Occasion:
    """Raises 404 where the principal sees no gallery of it."""
    galleries = Gallery.objects.visible_to(who)
    if "session_id" in asked:
        gallery = galleries.filter(session_id=asked["session_id"]).first()
    else:
        gallery = galleries.filter(pk=asked["gallery_id"]).first()
    return Occasion.for_gallery(get_object_or_404(galleries, pk=gallery and gallery.pk))


def _asked(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    found: dict[str, Any] = asked.validated_data
    return found


def _decided(decision: FaceDecision) -> Response:
    return Response(DecisionSerializer(decision).data)


def _faces(group: FaceCluster, wanted: list[UUID]) -> list[PhotoFace]:
    faces = list(group.faces.filter(pk__in=wanted))
    if len(faces) != len(set(wanted)):
        raise _unknown("face_ids")
    return faces


def _unknown(field: str) -> serializers.ValidationError:
    return serializers.ValidationError({field: [_("One of these is not there.")]})
