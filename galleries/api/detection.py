"""/detect-faces"""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.authentication import principal_of, require_scope
from facepass.core.api.parsers import JSONParser
from facepass.core.api.serializers import StrictSerializer
from facepass.core.requests.in_memory_uploads import InMemoryMixin
from facepass.models import Scope
from galleries.api.serializers import FoundFaceSerializer
from galleries.faces import detection
from galleries.models import GalleryImage


class DetectSerializer(serializers.Serializer[Any]):
    """Either a picture, which is not kept, or a photo of a gallery."""

    image = serializers.FileField(allow_empty_file=True, required=False)
    photo_id = serializers.UUIDField(required=False)
    save = serializers.BooleanField(  # type: ignore[assignment]
        default=False, help_text="Write what is found to the photo's faces, as its analysis does. Needs `photo_id`."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("image" in attrs) == ("photo_id" in attrs):
            raise serializers.ValidationError(_("Send either image or photo_id."))
        if attrs["save"] and "image" in attrs:
            raise serializers.ValidationError({"save": [_("Only the faces of a photo can be saved.")]})
        return attrs


class DetectPhotoSerializer(StrictSerializer):
    photo_id = serializers.UUIDField()
    save = serializers.BooleanField(default=False)  # type: ignore[assignment]


class DetectedFaceSerializer(FoundFaceSerializer):
    face_id = serializers.UUIDField(allow_null=True, help_text="Null where it was not saved.")


class DetectionSerializer(serializers.Serializer[Any]):
    photo_id = serializers.UUIDField(allow_null=True)
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    saved = serializers.BooleanField()
    faces = DetectedFaceSerializer(many=True)
    processing_ms = serializers.FloatField()


PICTURE = OpenApiExample("a picture", {"image": "party.jpg"}, request_only=True, media_type="multipart/form-data")
PHOTO = OpenApiExample(
    "a photo",
    {"photo_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "save": False},
    request_only=True,
    media_type="application/json",
)


class DetectFacesView(InMemoryMixin, generics.GenericAPIView[Any]):
    serializer_class = DetectSerializer
    parser_classes = [MultiPartParser, JSONParser]
    # Looking is searching; what is saved is written, for which `write` is asked below.
    scope = Scope.SEARCH

    @extend_schema(
        request={"multipart/form-data": DetectSerializer, "application/json": DetectPhotoSerializer},
        responses=DetectionSerializer,
        examples=[PICTURE, PHOTO],
    )
    def post(self, request: Request) -> Response:
        """The faces of a picture, largest first, in pixels of the upright picture."""
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        photo = self._photo(wanted)
        found = detection.detect_in_upload(wanted["image"]) if photo is None else _look(photo, save=wanted["save"])
        return Response(
            {
                "photo_id": str(photo.pk) if photo else None,
                "width": found.width,
                "height": found.height,
                "saved": wanted["save"],
                "faces": [_face(face) for face in found.faces],
                "processing_ms": found.processing_ms,
            }
        )

    def _photo(self, wanted: dict[str, Any]) -> GalleryImage | None:
        if "photo_id" not in wanted:
            return None
        if wanted["save"]:
            require_scope(self.request, Scope.WRITE)
        mine = GalleryImage.objects.visible_to(principal_of(self.request)).event_photos()
        return get_object_or_404(mine, pk=wanted["photo_id"])


def _look(photo: GalleryImage, *, save: bool) -> detection.DetectionReport:
    return detection.detect_and_record(photo) if save else detection.detect_in_photo(photo)


def _face(found: detection.ReportedFace) -> dict[str, Any]:
    return {
        "face_id": str(found.pk) if found.pk else None,
        "bbox": found.bbox,
        "landmarks": [[round(float(axis), 1) for axis in point] for point in found.landmarks],
        "confidence": round(found.confidence, 4),
        "quality": found.quality,
    }
