"""Shapes of the accounts API. None of them queries."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from facepass.core.api.serializers import StrictModelSerializer, StrictSerializer
from facepass.models import ApiKey, Scope

MAX_OVERLAP_HOURS = 30 * 24


class TokensSerializer(serializers.Serializer[object]):
    access = serializers.CharField()
    refresh = serializers.CharField()


class NewTokensSerializer(TokensSerializer):
    pass


class KeySerializer(StrictModelSerializer[ApiKey]):
    """A key without its secret, which is not stored."""

    # `PARTNER_SCOPES` (read, write and search) where none are named.
    scopes = serializers.MultipleChoiceField(choices=Scope.choices, required=False, allow_empty=False)

    class Meta:
        model = ApiKey
        fields = [
            "id", "name", "prefix", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at", "replaced_by",
        ]  # fmt: skip
        read_only_fields = ["id", "prefix", "created_at", "revoked_at", "last_used_at", "replaced_by"]

    def validate_expires_at(self, value: datetime | None) -> datetime | None:
        if value is not None and value <= timezone.now():
            raise serializers.ValidationError(_("This is in the past."))
        return value


class IssuedKeySerializer(KeySerializer):
    """A key that was just issued, with its secret: nobody can be told it again."""

    token = serializers.CharField(read_only=True)

    class Meta(KeySerializer.Meta):
        fields = [*KeySerializer.Meta.fields, "token"]


class RotationSerializer(StrictSerializer):
    overlap_hours = serializers.IntegerField(min_value=0, max_value=MAX_OVERLAP_HOURS, default=24)
