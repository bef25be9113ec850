"""How the API describes faces and photos that were found, whichever search found them."""

from rest_framework import serializers
from rest_framework.request import Request

from facepass.core.api.addresses import absolute_address
from galleries.api.serializers import BoxSerializer
from galleries.matching.misses import Miss
from galleries.matching.search import Match
from galleries.models import PhotoFace
from galleries.photos import media_files


class FaceInPhotoSerializer(serializers.Serializer[object]):
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


def describe_face(face: PhotoFace, request: Request) -> dict[str, object]:
    """Return the face with the addresses of its photo, in the shape of `ShownFaceSerializer`.

    The addresses are absolute, and signed for an hour.
    """
    return {
        **_describe_place(face),
        "thumbnail_url": absolute_address(request, media_files.signed_path(face.photo, "thumbnail")),
        "image_url": absolute_address(request, media_files.signed_path(face.photo, "original")),
    }


def describe_match(match: Match, request: Request) -> dict[str, object]:
    """Return a photo that a search found, in the shape of `MatchSerializer`."""
    return {
        **describe_face(match.face, request),
        "cosine": match.cosine,
        "similarity": match.similarity,
        "via": match.via,
        "group_similarity": match.group_similarity,
        "subjects": list(match.subjects),
    }


def describe_miss(miss: Miss) -> dict[str, object]:
    """Return a photo that a search looked at and did not give, in the shape of `MissSerializer`."""
    return {
        **_describe_place(miss.face),
        "cosine": miss.cosine,
        "similarity": miss.similarity,
        "reason": miss.reason,
    }


def _describe_place(face: PhotoFace) -> dict[str, object]:
    return {
        "photo_id": str(face.photo_id),
        "filename": face.photo.original_name,
        "face_id": str(face.pk),
        "bbox": face.insightface_bbox,
    }
