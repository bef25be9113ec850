"""Shapes of the sessions API. None of them queries."""

from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers

from facepass.core.api.serializers import FiniteFloatField, StrictModelSerializer, StrictSerializer
from facepass.core.api.views import Validated
from galleries.api.matches import MatchSerializer, MissSerializer
from galleries.api.serializers import BoxSerializer, DetectionChoiceSerializer
from galleries.matching.search import DEFAULT_LIMIT, MAX_LIMIT
from sessions_app.models import PhotoSession


class SessionSerializer(StrictModelSerializer[PhotoSession]):
    studio_id = serializers.UUIDField(
        source="partner_studio_id",
        read_only=True,
        help_text="The studio: by Pixora's id for a session that lives there, else by FacePass's.",
    )

    class Meta:
        model = PhotoSession
        fields = [
            "id", "name", "description", "studio_id", "photographer_id", "service_package_id", "status", "scheduled_at",
            "completed_at", "time_zone", "facepass_enabled", "code", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["code", "created_at", "updated_at"]
        extra_kwargs = {"id": {"required": False, "validators": []}}  # one that exists is a conflict, see the view

    def validate_id(self, value: UUID) -> UUID:
        if self.instance is not None and value != self.instance.pk:
            raise serializers.ValidationError(_("The id of a photo session cannot be changed."))
        return value


class ValidateSerializer(StrictSerializer):
    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=1000)


class ValidationSerializer(serializers.Serializer[object]):
    valid = serializers.BooleanField()
    session = SessionSerializer(allow_null=True)
    error = serializers.CharField(allow_null=True)


class ValidationsSerializer(serializers.Serializer[object]):
    """By the session's id."""

    results = serializers.DictField(child=ValidationSerializer())


class FacePassStatusSerializer(serializers.Serializer[object]):
    session_id = serializers.UUIDField()
    facepass_enabled = serializers.BooleanField()
    galleries = serializers.IntegerField()
    photos = serializers.IntegerField()
    faces = serializers.IntegerField()


MOST_SUBJECTS = 5


class SearchSessionSerializer(DetectionChoiceSerializer):
    """Several pictures or people: photos of `any` of them, or of `all` of them together."""

    former_names = {"files": "file"}

    session_id = serializers.UUIDField()
    file = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), required=False, default=list, max_length=MOST_SUBJECTS
    )
    person_id = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=MOST_SUBJECTS
    )
    combine = serializers.ChoiceField(["any", "all"], default="any")
    threshold = FiniteFloatField(min_value=0, max_value=1, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=MAX_LIMIT, default=DEFAULT_LIMIT)
    explain = serializers.BooleanField(
        default=False, help_text="Also say of the nearest photos that were not given why they were not."
    )

    def validate(self, attrs: Validated) -> Validated:
        if not attrs["file"] and not attrs["person_id"]:
            raise serializers.ValidationError({"file": [_("Send a picture, or name a person.")]})
        return attrs


class SearchedFaceSerializer(serializers.Serializer[object]):
    bbox = BoxSerializer()
    confidence = serializers.FloatField()
    quality = serializers.DictField()


class SearchAnswerSerializer(serializers.Serializer[object]):
    """`searched_face`: of the first picture; null where only people were asked for."""

    session_id = serializers.UUIDField()
    searched_face = SearchedFaceSerializer(allow_null=True)
    searched_faces = SearchedFaceSerializer(many=True)
    matches = MatchSerializer(many=True)
    possible = MatchSerializer(
        many=True, help_text="Photos that may show the subject as well: likely, below the threshold, never in matches."
    )
    misses = MissSerializer(many=True, allow_null=True)
    threshold = serializers.FloatField()
    processing_ms = serializers.FloatField()
