"""/api/v1/reference/… and /api/v1/verify: is this the same person?"""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.tenancy import require_single_studio
from facepass.core.api.pagination import Cursors
from facepass.core.api.serializers import FiniteFloatField, StrictModelSerializer
from facepass.core.api.views import InputView, TenantViewSet, validate
from facepass.core.requests.in_memory_uploads import InMemoryUploadMixin
from facepass.models import Scope
from galleries.api.serializers import FoundFaceSerializer, describe_found_face
from galleries.matching import verification
from galleries.models import Reference


class ReferenceSerializer(StrictModelSerializer[Reference]):
    quality = serializers.DictField(read_only=True)
    model_version_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = Reference
        fields = ["id", "label", "quality", "model_version_id", "created_at"]


class NewReferenceSerializer(serializers.Serializer[object]):
    image = serializers.FileField(allow_empty_file=True)
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=200, required=False, default="", allow_blank=True
    )


class VerifySerializer(serializers.Serializer[object]):
    image = serializers.FileField(allow_empty_file=True)
    reference_id = serializers.UUIDField()
    threshold = FiniteFloatField(
        min_value=0, max_value=1, required=False, help_text="By default `confidence_thresholds.verify`."
    )


class VerificationSerializer(serializers.Serializer[object]):
    verified = serializers.BooleanField()
    cosine = serializers.FloatField()
    similarity = serializers.FloatField()
    threshold = serializers.FloatField()
    face = FoundFaceSerializer()
    processing_ms = serializers.FloatField()


class ReferenceViewSet(
    InMemoryUploadMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    TenantViewSet[Reference],
):
    serializer_class = ReferenceSerializer
    queryset = Reference.objects.defer("descriptor")
    pagination_class = Cursors
    parser_classes = [MultiPartParser]

    @extend_schema(request={"multipart/form-data": NewReferenceSerializer}, responses={201: ReferenceSerializer})
    def create(self, request: Request) -> Response:
        """Keeps the one usable face of a picture, or answers 422 with the reasons. The picture is not kept."""
        values = validate(NewReferenceSerializer, request.data)
        reference = verification.create_reference(
            require_single_studio(self.principal), values["image"], label=values["label"], by=self.principal
        )
        return Response(ReferenceSerializer(reference).data, status=status.HTTP_201_CREATED)


class VerifyView(InMemoryUploadMixin, InputView):
    serializer_class = VerifySerializer
    parser_classes = [MultiPartParser]
    scope = Scope.SEARCH

    @extend_schema(request={"multipart/form-data": VerifySerializer}, responses=VerificationSerializer)
    def post(self, request: Request) -> Response:
        """Compares every face of the picture with the reference and reports the most similar one."""
        values = self.read_input()
        reference = get_object_or_404(Reference.objects.visible_to(self.principal), pk=values["reference_id"])
        found = verification.verify_probe(reference, values["image"], threshold=values.get("threshold"))
        return Response(
            {
                "verified": found.verified,
                "cosine": found.cosine,
                "similarity": found.similarity,
                "threshold": found.threshold,
                "face": describe_found_face(found.face, scale=found.scale),
                "processing_ms": found.processing_ms,
            }
        )
