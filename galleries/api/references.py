"""/api/v1/reference/… and /api/v1/verify: is this the same person?"""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, mixins, serializers, status, viewsets
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.authentication import principal_of
from facepass.core.access.tenancy import studio_for
from facepass.core.api.pagination import Cursors
from facepass.core.api.serializers import FiniteFloatField, StrictModelSerializer
from facepass.core.requests.in_memory_uploads import InMemoryMixin
from facepass.models import Scope
from galleries.api.serializers import FoundFaceSerializer, found_face
from galleries.matching import verification
from galleries.models import Reference


class ReferenceSerializer(StrictModelSerializer[Reference]):
    quality = serializers.DictField(read_only=True)
    model_version_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = Reference
        fields = ["id", "label", "quality", "model_version_id", "created_at"]


class NewReferenceSerializer(serializers.Serializer[Any]):
    image = serializers.FileField(allow_empty_file=True)
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=200, required=False, default="", allow_blank=True
    )


class VerifySerializer(serializers.Serializer[Any]):
    image = serializers.FileField(allow_empty_file=True)
    reference_id = serializers.UUIDField()
    threshold = FiniteFloatField(
        min_value=0, max_value=1, required=False, help_text="By default `confidence_thresholds.verify`."
    )


class VerificationSerializer(serializers.Serializer[Any]):
    verified = serializers.BooleanField()
    cosine = serializers.FloatField()
    similarity = serializers.FloatField()
    threshold = serializers.FloatField()
    face = FoundFaceSerializer()
    processing_ms = serializers.FloatField()


class ReferenceViewSet(
    InMemoryMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[Reference],
):
    serializer_class = ReferenceSerializer
    queryset = Reference.objects.none()
    lookup_value_converter = "uuid"
    pagination_class = Cursors
    parser_classes = [MultiPartParser]

    def get_queryset(self) -> Any:
        return Reference.objects.visible_to(principal_of(self.request)).defer("descriptor")

    @extend_schema(request={"multipart/form-data": NewReferenceSerializer}, responses={201: ReferenceSerializer})
    def create(self, request: Request) -> Response:
        """Keeps the one usable face of a picture, or answers 422 with the reasons. The picture is not kept."""
        asked = NewReferenceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        studio = studio_for(principal_of(request))
        kept = verification.create_reference(studio, wanted["image"], label=wanted["label"], by=principal_of(request))
        return Response(ReferenceSerializer(kept).data, status=status.HTTP_201_CREATED)


class VerifyView(InMemoryMixin, generics.GenericAPIView[Any]):
    serializer_class = VerifySerializer
    parser_classes = [MultiPartParser]
    scope = Scope.SEARCH

    @extend_schema(request={"multipart/form-data": VerifySerializer}, responses=VerificationSerializer)
    def post(self, request: Request) -> Response:
        """Compares every face of the picture with the reference and reports the most similar one."""
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        mine = Reference.objects.visible_to(principal_of(request))
        reference = get_object_or_404(mine, pk=wanted["reference_id"])
        found = verification.verify_probe(reference, wanted["image"], threshold=wanted.get("threshold"))
        return Response(
            {
                "verified": found.verified,
                "cosine": found.cosine,
                "similarity": found.similarity,
                "threshold": found.threshold,
                "face": found_face(found.face, scale=found.scale),
                "processing_ms": found.processing_ms,
            }
        )
