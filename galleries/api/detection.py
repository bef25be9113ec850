"""/detect-faces"""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.authentication import require_scope
from facepass.core.access.tenancy import studios_of
from facepass.core.api.parsers import JSONParser
from facepass.core.api.rows import get_row
from facepass.core.api.views import InputView, Validated
from facepass.core.requests.in_memory_uploads import InMemoryUploadMixin
from facepass.models import Scope
from galleries.api.serializers import DetectionChoiceSerializer, FoundFaceSerializer
from galleries.faces import detection
from galleries.models import GalleryImage
from recognition.settings.overrides import settings_across


class DetectSerializer(DetectionChoiceSerializer):
    """Either a picture, which is not kept, or a photo of a gallery."""

    former_names = {"image": "file"}

    file = serializers.FileField(allow_empty_file=True, required=False)
    photo_id = serializers.UUIDField(required=False)
    save = serializers.BooleanField(  # type: ignore[assignment]
        default=False, help_text="Write what is found to the photo's faces, as its analysis does. Needs `photo_id`."
    )

    def validate(self, attrs: Validated) -> Validated:
        if ("file" in attrs) == ("photo_id" in attrs):
            raise serializers.ValidationError(_("Send either file or photo_id."))
        if attrs["save"] and "file" in attrs:
            raise serializers.ValidationError({"save": [_("Only the faces of a photo can be saved.")]})
        if attrs["save"] and "detection" in attrs:
            raise serializers.ValidationError({"detection": [_("What is saved is found as the settings say.")]})
        return attrs


class DetectPhotoSerializer(DetectionChoiceSerializer):
    photo_id = serializers.UUIDField()
    save = serializers.BooleanField(default=False)  # type: ignore[assignment]


class DetectedFaceSerializer(FoundFaceSerializer):
    face_id = serializers.UUIDField(allow_null=True, help_text="Null where it was not saved.")


class DetectionSerializer(serializers.Serializer[object]):
    photo_id = serializers.UUIDField(allow_null=True)
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    saved = serializers.BooleanField()
    faces = DetectedFaceSerializer(many=True)
    processing_ms = serializers.FloatField()


PICTURE = OpenApiExample("a picture", {"file": "party.jpg"}, request_only=True, media_type="multipart/form-data")
PHOTO = OpenApiExample(
    "a photo",
    {"photo_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "save": False},
    request_only=True,
    media_type="application/json",
)


class DetectFacesView(InMemoryUploadMixin, InputView):
    serializer_class = DetectSerializer
    parser_classes = [MultiPartParser, JSONParser]
    # Detecting is searching; saving what was found needs `write` as well, see `_find_photo`.
    scope = Scope.SEARCH

    @extend_schema(
        request={"multipart/form-data": DetectSerializer, "application/json": DetectPhotoSerializer},
        responses=DetectionSerializer,
        examples=[PICTURE, PHOTO],
    )
    def post(self, request: Request) -> Response:
        """The faces of a picture, largest first, in pixels of the upright picture."""
        values = self.read_input()
        mode = values.get("detection")
        photo = self._find_photo(values)
        if photo is None:
            studios = studios_of(self.principal).values_list("pk", flat=True)
            found = detection.detect_in_upload(values["file"], settings=settings_across(studios, detection=mode))
        else:
            found = (
                detection.detect_and_record(photo) if values["save"] else detection.detect_in_photo(photo, mode=mode)
            )
        return Response(
            {
                "photo_id": str(photo.pk) if photo else None,
                "width": found.width,
                "height": found.height,
                "saved": values["save"],
                "faces": [_describe_face(face) for face in found.faces],
                "processing_ms": found.processing_ms,
            }
        )

    def _find_photo(self, values: Validated) -> GalleryImage | None:
        if "photo_id" not in values:
            return None
        if values["save"]:
            require_scope(self.request, Scope.WRITE)
        visible_photos = GalleryImage.objects.visible_to(self.principal).event_photos()
        return get_row(visible_photos, values["photo_id"])


def _describe_face(face: detection.ReportedFace) -> dict[str, object]:
    return {
        "face_id": str(face.pk) if face.pk else None,
        "bbox": face.bbox,
        "landmarks": [[round(float(axis), 1) for axis in point] for point in face.landmarks],
        "confidence": round(face.confidence, 4),
        "quality": face.quality,
    }
