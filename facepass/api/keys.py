"""/api/v1/admin/keys/…: the API keys of the caller's studio."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.api.serializers import IssuedKeySerializer, KeySerializer, RotationSerializer
from facepass.core.access.authentication import principal_of
from facepass.core.access.tenancy import require_single_studio, scopes_of, studios_of
from facepass.core.api.pagination import CursorsOrPages
from facepass.core.api.views import RowMixin, StrictMixin, validate
from facepass.core.errors import FacePassError
from facepass.models import PARTNER_SCOPES, ApiKey, Scope


@extend_schema(tags=["admin"])
class KeyViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    StrictMixin,
    RowMixin[ApiKey],
    viewsets.GenericViewSet[ApiKey],
):
    serializer_class = KeySerializer
    queryset = ApiKey.objects.none()
    lookup_value_converter = "uuid"
    scope = Scope.ADMIN
    pagination_class = CursorsOrPages
    # What answers with a secret is not kept for an Idempotency-Key.
    keeps_answers = False

    def get_queryset(self) -> QuerySet[ApiKey]:
        return ApiKey.objects.filter(studio__in=studios_of(principal_of(self.request)))

    @extend_schema(request=KeySerializer, responses={201: IssuedKeySerializer})
    def create(self, request: Request) -> Response:
        """Issues a key. Its token stands in this answer and nowhere else."""
        values = validate(KeySerializer, request.data)
        fields = {**values, "scopes": sorted(values.get("scopes", PARTNER_SCOPES))}
        self._require_held(fields["scopes"])
        return _answer_issued(*ApiKey.issue(require_single_studio(principal_of(request)), **fields))

    @extend_schema(request=RotationSerializer, responses={201: IssuedKeySerializer})
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: UUID) -> Response:
        """Issues a successor that may do the same. The old key works on for `overlap_hours`."""
        hours = validate(RotationSerializer, request.data)["overlap_hours"]
        key = self.get_object()
        self._require_held(key.scopes)
        return _answer_issued(*key.rotate(overlap=timedelta(hours=hours)))

    @extend_schema(request=None, responses=KeySerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: UUID) -> Response:
        """From now on the key is refused. Revoking it again changes nothing."""
        key = self.get_object()
        self.get_queryset().filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
        key.refresh_from_db()
        return Response(self.get_serializer(key).data)

    def _require_held(self, scopes: Iterable[str]) -> None:
        """Raise 403 `scope_not_held`: nobody can give a key what they may not do themselves."""
        missing = sorted(set(scopes) - scopes_of(principal_of(self.request)))
        if missing:
            message = _("You cannot grant a key rights that you do not have yourself.")
            raise FacePassError("scope_not_held", message, status=403, details={"scopes": missing})


def _answer_issued(key: ApiKey, token: str) -> Response:
    key.token = token  # type: ignore[attr-defined]  # only for this answer
    return Response(IssuedKeySerializer(key).data, status=status.HTTP_201_CREATED)
