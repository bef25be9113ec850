"""/api/v1/admin/keys/…: the API keys of the caller's studio."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.api.serializers import IssuedKeySerializer, KeySerializer, RotationSerializer
from facepass.core.access.authentication import principal_of
from facepass.core.access.tenancy import scopes_of, studio_for, studios_of
from facepass.core.errors import FacePassError
from facepass.models import PARTNER_SCOPES, ApiKey, Scope


@extend_schema(tags=["admin"])
class KeyViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ApiKey]):
    serializer_class = KeySerializer
    queryset = ApiKey.objects.none()
    lookup_value_converter = "uuid"
    scope = Scope.ADMIN
    # What answers with a secret is not kept for an Idempotency-Key.
    keeps_answers = False

    def get_queryset(self) -> Any:
        return ApiKey.objects.filter(studio__in=studios_of(principal_of(self.request)))

    @extend_schema(request=KeySerializer, responses={201: IssuedKeySerializer})
    def create(self, request: Request) -> Response:
        """Issues a key. Its token stands in this answer and nowhere else."""
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        fields = {**asked.validated_data, "scopes": sorted(asked.validated_data.get("scopes", PARTNER_SCOPES))}
        self._require_held(fields["scopes"])
        return _issued(*ApiKey.issue(studio_for(principal_of(request)), **fields))

    @extend_schema(request=RotationSerializer, responses={201: IssuedKeySerializer})
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: Any = None) -> Response:
        """Issues a successor that may do the same. The old key works on for `overlap_hours`."""
        asked = RotationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        key = self.get_object()
        self._require_held(key.scopes)
        return _issued(*key.rotate(overlap=asked.overlap))

    @extend_schema(request=None, responses=KeySerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: Any = None) -> Response:
        """From now on the key is refused. Revoking it again changes nothing."""
        key = self.get_object()
        self.get_queryset().filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
        key.refresh_from_db()
        return Response(self.get_serializer(key).data)

    def _require_held(self, scopes: Iterable[str]) -> None:
        """Nobody can give a key more than they have themselves."""
        missing = sorted(set(scopes) - scopes_of(principal_of(self.request)))
        if missing:
            message = _("You can not give a key what you may not do yourself.")
            raise FacePassError("scope_not_held", message, status=403, details={"scopes": missing})


def _issued(key: ApiKey, token: str) -> Response:
    key.token = token  # type: ignore[attr-defined]  # only for this answer
    return Response(IssuedKeySerializer(key).data, status=status.HTTP_201_CREATED)
