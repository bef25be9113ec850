"""/api/v1/reference/… and /api/v1/verify: is this the same person?"""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.tenancy import require_single_studio
from facepass.core.api.pagination import Cursors
from facepass.core.api.rows import get_row
from facepass.core.api.serializers import FiniteFloatField, StrictModelSerializer, StrictSerializer
from facepass.core.api.views import InputView, TenantViewSet, Validated, validate
from facepass.core.requests.in_memory_uploads import InMemoryUploadMixin
from facepass.models import Scope
from galleries.api.serializers import DetectionChoiceSerializer, FoundFaceSerializer, describe_found_face
from galleries.matching import verification
from galleries.models import Person, Reference
from recognition.types import DescribedFace


class ReferenceSerializer(StrictModelSerializer[Reference]):
    quality = serializers.DictField(read_only=True)
    model_version_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = Reference
        fields = ["id", "label", "quality", "model_version_id", "created_at"]


class NewReferenceSerializer(DetectionChoiceSerializer):
    former_names = {"image": "file"}

    file = serializers.FileField(allow_empty_file=True)
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=200, required=False, default="", allow_blank=True
    )


class VerifySerializer(DetectionChoiceSerializer):
    """The picture, and with whom it is compared: a reference, a person by their confirmed faces, or another picture."""

    former_names = {"image": "file", "user_id": "person_id"}

    file = serializers.FileField(allow_empty_file=True)
    reference_id = serializers.UUIDField(required=False)
    person_id = serializers.UUIDField(required=False)
    other_file = serializers.FileField(allow_empty_file=True, required=False)
    threshold = FiniteFloatField(
        min_value=0, max_value=1, required=False, help_text="By default `confidence_thresholds.verify`."
    )

    def validate(self, attrs: Validated) -> Validated:
        if len({"reference_id", "person_id", "other_file"} & set(attrs)) != 1:
            raise serializers.ValidationError(_("Compare with one: reference_id, person_id or other_file."))
        return attrs


class CompareSerializer(DetectionChoiceSerializer):
    """Two pictures."""

    file = serializers.FileField(allow_empty_file=True)
    other_file = serializers.FileField(allow_empty_file=True)
    threshold = FiniteFloatField(
        min_value=0, max_value=1, required=False, help_text="By default `confidence_thresholds.verify`."
    )


class VerificationSerializer(serializers.Serializer[object]):
    verified = serializers.BooleanField()
    cosine = serializers.FloatField()
    similarity = serializers.FloatField()
    threshold = serializers.FloatField()
    face = FoundFaceSerializer(help_text="Of `file`, the one that is most alike.")
    other_face = FoundFaceSerializer(allow_null=True, help_text="Of `other_file`, where one was sent.")
    processing_ms = serializers.FloatField()


VERIFY_EXAMPLES = [
    OpenApiExample(
        "a reference",
        {"file": "selfie.jpg", "reference_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6"},
        request_only=True,
    ),
    OpenApiExample(
        "a person", {"file": "selfie.jpg", "person_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6"}, request_only=True
    ),
    OpenApiExample("another picture", {"file": "selfie.jpg", "other_file": "passport.jpg"}, request_only=True),
]


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
            require_single_studio(self.principal),
            values["file"],
            label=values["label"],
            by=self.principal,
            mode=values.get("detection"),
        )
        return Response(ReferenceSerializer(reference).data, status=status.HTTP_201_CREATED)


class VerifyView(InMemoryUploadMixin, InputView):
    serializer_class: type[StrictSerializer] = VerifySerializer
    parser_classes = [MultiPartParser]
    scope = Scope.SEARCH

    @extend_schema(
        request={"multipart/form-data": VerifySerializer}, responses=VerificationSerializer, examples=VERIFY_EXAMPLES
    )
    def post(self, request: Request) -> Response:
        """Compares every face of the picture with a reference, a person or another picture; reports the best one."""
        values = self.read_input()
        picture, asked = values["file"], {"threshold": values.get("threshold"), "mode": values.get("detection")}
        if "reference_id" in values:
            reference = get_row(Reference.objects.visible_to(self.principal), values["reference_id"])
            found = verification.verify_probe(reference, picture, **asked)
        elif "person_id" in values:
            person = get_row(Person.objects.visible_to(self.principal), values["person_id"])
            found = verification.verify_person(person, picture, **asked)
        else:
            return self.answer_comparison(values)
        return Response(_describe(found, None))

    def answer_comparison(self, values: Validated) -> Response:
        studio = require_single_studio(self.principal)
        found, other_face = verification.compare_pictures(
            values["file"],
            values["other_file"],
            studio=studio,
            threshold=values.get("threshold"),
            mode=values.get("detection"),
        )
        return Response(_describe(found, other_face))


class CompareView(VerifyView):
    serializer_class = CompareSerializer

    @extend_schema(request={"multipart/form-data": CompareSerializer}, responses=VerificationSerializer)
    def post(self, request: Request) -> Response:
        """Compares two pictures by the pair of their faces that is most alike. Neither is kept."""
        return self.answer_comparison(self.read_input())


def _describe(found: verification.Verification, other_face: DescribedFace | None) -> dict[str, object]:
    return {
        "verified": found.verified,
        "cosine": found.cosine,
        "similarity": found.similarity,
        "threshold": found.threshold,
        "face": describe_found_face(found.face),
        "other_face": describe_found_face(other_face) if other_face else None,
        "processing_ms": found.processing_ms,
    }
