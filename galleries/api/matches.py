"""How found photos and faces are told, by whichever search found them."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from galleries.api.serializers import BoxSerializer
from galleries.matching.search import Match, Miss
from galleries.models import PhotoFace
from galleries.photos import media_files


class FaceInPhotoSerializer(serializers.Serializer[Any]):
    photo_id = serializers.UUIDField()
    filename = serializers.CharField()
    face_id = serializers.UUIDField()
    bbox = BoxSerializer()


class ShownFaceSerializer(FaceInPhotoSerializer):
    thumbnail_url = serializers.URLField()
    image_url = serializers.URLField()


class FoundPhotoSerializer(ShownFaceSerializer):
    cosine = serializers.FloatField()
    similarity = serializers.FloatField()


class MatchSerializer(FoundPhotoSerializer):
    via = serializers.ChoiceField(
        ["group", "face", "person"], help_text="What decided: the face's group, the face alone, or its name."
    )
    group_similarity = serializers.FloatField(allow_null=True)
    subjects = serializers.ListField(
        child=serializers.IntegerField(), help_text="Which of the pictures and people it is, by index."
    )


class MissSerializer(FaceInPhotoSerializer):
    cosine = serializers.FloatField(allow_null=True)
    similarity = serializers.FloatField(allow_null=True)
    reason = serializers.ChoiceField(
        ["hidden", "low_quality", "someone_else", "below_threshold", "other_model_version"]
    )


def photo_of(face: PhotoFace, request: Request) -> dict[str, Any]:
    return {
        **_face_in_photo(face),
        "thumbnail_url": request.build_absolute_uri(media_files.signed_path(face.photo, "thumbnail")),
        "image_url": request.build_absolute_uri(media_files.signed_path(face.photo, "original")),
    }


def match(found: Match, request: Request) -> dict[str, Any]:
    return {
        **photo_of(found.face, request),
        "cosine": found.cosine,
        "similarity": found.similarity,
        "via": found.via,
        "group_similarity": found.group_similarity,
        "subjects": list(found.subjects),
    }


def miss(told: Miss) -> dict[str, Any]:
    return {
        **_face_in_photo(told.face),
        "cosine": told.cosine,
        "similarity": told.similarity,
        "reason": told.reason,
    }


def _face_in_photo(face: PhotoFace) -> dict[str, Any]:
    return {
        "photo_id": str(face.photo_id),
        "filename": face.photo.original_name,
        "face_id": str(face.pk),
        "bbox": face.insightface_bbox,
    }
