"""Shapes of the galleries API. None of them queries."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from facepass.core.api import bulk_deletion
from facepass.core.api.addresses import absolute_address
from facepass.core.api.serializers import StrictModelSerializer, StrictSerializer
from galleries.models import Gallery, GalleryImage
from galleries.models.photo import PhotoState
from galleries.photos import media_files
from recognition.settings.levels import DETECTION_MODES
from recognition.types import DescribedFace


class DetectionChoiceSerializer(StrictSerializer):
    """A request with a picture, which may say how closely it is looked at."""

    detection = serializers.ChoiceField(
        DETECTION_MODES,
        required=False,
        help_text="How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer where that "
        "shows no face well, `thorough` always at the large one, for small faces. By default what the operation needs. "
        "Only what the settings' bounds allow.",
    )


class GallerySerializer(StrictModelSerializer[Gallery]):
    photo_count = serializers.IntegerField(read_only=True, default=0)
    face_count = serializers.IntegerField(read_only=True, default=0)

    class Meta:
        model = Gallery
        fields = ["id", "title", "shoot_date", "location_id", "session_id", "created_at", "photo_count", "face_count"]
        read_only_fields = ["id", "created_at"]


class PhotoSerializer(StrictModelSerializer[GalleryImage]):
    filename = serializers.CharField(source="original_name", read_only=True)
    error = serializers.CharField(source="problem_code", read_only=True)
    thumbnail_url = serializers.SerializerMethodField()
    image_url = serializers.SerializerMethodField()
    face_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = GalleryImage
        fields = [
            "id", "gallery_id", "filename", "width", "height", "byte_size", "taken_at", "truncated", "state", "error",
            "created_at", "processed_at", "face_count", "thumbnail_url", "image_url",
        ]  # fmt: skip
        read_only_fields = fields

    def get_thumbnail_url(self, photo: GalleryImage) -> str:
        return absolute_address(self.context["request"], media_files.signed_path(photo, "thumbnail"))

    def get_image_url(self, photo: GalleryImage) -> str:
        return absolute_address(self.context["request"], media_files.signed_path(photo, "original"))


class AvatarField(serializers.CharField):
    """The address of a picture: whole in answers. Of one of ours that is sent back the path is kept."""

    def to_representation(self, value: str) -> str:
        return self._root().removesuffix("/") + value if value.startswith("/") else value

    def to_internal_value(self, data: Any) -> str:
        address, root = super().to_internal_value(data), self._root()
        return f"/{address.removeprefix(root)}" if address.startswith(root) else address

    def _root(self) -> str:
        request = self.context.get("request")
        return absolute_address(request, "/") if request else f"{settings.PUBLIC_URL}/"


class BoxSerializer(serializers.Serializer[object]):
    """Pixels of the upright picture."""

    x = serializers.FloatField()
    y = serializers.FloatField()
    width = serializers.FloatField()
    height = serializers.FloatField()


class FoundFaceSerializer(serializers.Serializer[object]):
    """A face of an uploaded picture, in pixels of that picture."""

    bbox = BoxSerializer()
    landmarks = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2),
        help_text="Eyes, nose, corners of the mouth.",
    )
    confidence = serializers.FloatField()
    quality = serializers.DictField()


def describe_found_face(found: DescribedFace) -> dict[str, object]:
    """Return the face in the shape of `FoundFaceSerializer`."""
    return {
        "bbox": found.face.box.as_json(),
        "landmarks": [[round(float(axis), 1) for axis in point] for point in found.face.landmarks],
        "confidence": round(found.face.score, 4),
        "quality": found.quality.as_json(),
    }


class UploadSerializer(StrictSerializer):
    former_names = {"file": "files", "images": "files"}

    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), min_length=1)


class DeletePhotosSerializer(StrictSerializer):
    photo_ids = bulk_deletion.ids_field()


class AcceptedPhotoSerializer(serializers.Serializer[object]):
    id = serializers.UUIDField()
    filename = serializers.CharField()
    state = serializers.ChoiceField(PhotoState.choices, required=False, help_text="With `wait`: what came of it.")
    error = serializers.CharField(required=False, allow_null=True, help_text="With `wait`: why it failed.")
    face_count = serializers.IntegerField(required=False, help_text="With `wait`: how many faces were found.")


class RefusedPhotoSerializer(serializers.Serializer[object]):
    filename = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class UploadReportSerializer(serializers.Serializer[object]):
    accepted = AcceptedPhotoSerializer(many=True)
    duplicates = AcceptedPhotoSerializer(many=True)
    rejected = RefusedPhotoSerializer(many=True)


class ProgressSerializer(serializers.Serializer[object]):
    total = serializers.IntegerField()
    pending = serializers.IntegerField()
    processing = serializers.IntegerField()
    processed = serializers.IntegerField()
    failed = serializers.IntegerField()
    faces = serializers.IntegerField()
    photos_per_second = serializers.FloatField()
    eta_seconds = serializers.FloatField(allow_null=True)
    blocked_by = serializers.CharField(
        help_text="The error's code of what photos wait for, such as storage_unavailable; empty where they do not wait."
    )


class DeletedSerializer(serializers.Serializer[object]):
    """What went with the person."""

    pictures = serializers.IntegerField(help_text="Enrolment pictures that were deleted.")
    faces = serializers.IntegerField(help_text="Enrolled faces that were deleted, with their descriptors.")
    unnamed = serializers.IntegerField(help_text="Faces in photos of events that lost the name.")


class PersonDeletedSerializer(serializers.Serializer[object]):
    id = serializers.UUIDField()
    deleted = DeletedSerializer()
