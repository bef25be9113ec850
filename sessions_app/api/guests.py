"""/api/v1/guests/{id}: what is kept of a guest, who asked their studio for it, or to delete it."""

from django.db.models import Q
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.api.renderers import AnyAccepted
from facepass.core.api.rows import missing_error
from facepass.core.api.views import TenantView
from facepass.models import Scope
from galleries.photos import archives
from sessions_app.guest_data.erasure import erase_guest
from sessions_app.guest_data.export import build_export
from sessions_app.models import Guest

NUMBER = OpenApiParameter(
    "id", OpenApiTypes.UUID, OpenApiParameter.PATH, description="Of the guest, or of the record of their consent."
)


class ErasedCountsSerializer(serializers.Serializer[object]):
    """How much was deleted."""

    photos = serializers.IntegerField(help_text="Photos found.")
    favourites = serializers.IntegerField()
    shares = serializers.IntegerField(help_text="Links for others.")
    links = serializers.IntegerField(help_text="Private links.")
    alerts = serializers.IntegerField(help_text="Wishes for news, each with an address and a descriptor.")
    uploads = serializers.IntegerField(help_text="Photos that they sent and that were not approved.")


class GuestErasedSerializer(serializers.Serializer[object]):
    receipt_id = serializers.UUIDField()
    erased_at = serializers.DateTimeField()
    deleted = ErasedCountsSerializer()


class _GuestView(TenantView[Guest]):
    queryset = Guest.objects.select_related("session__studio", "session__guest_rules", "notice_text")
    pagination_class = None
    scope = Scope.ADMIN

    def find_guest(self, number: str) -> Guest:
        """Return the guest with that id, or that number of the record. Raise 404."""
        found = self.get_queryset().filter(Q(pk=number) | Q(consent_record=number)).first()
        if found is None:
            raise missing_error("guest_id", [number])
        return found


@extend_schema(tags=["guests"])
class GuestView(_GuestView):
    """A guest who asked the studio to be forgotten."""

    @extend_schema(parameters=[NUMBER], responses=GuestErasedSerializer)
    def delete(self, request: Request, pk: str) -> Response:
        """Deletes all that is kept of the guest, at once and for good; the record of the consent stays as proof."""
        receipt = erase_guest(self.find_guest(pk), even_withdrawn=True)
        answer = {"receipt_id": receipt.id, "erased_at": receipt.at, "deleted": receipt.counts}
        return Response(GuestErasedSerializer(answer).data)


@extend_schema(tags=["guests"])
class GuestExportView(_GuestView):
    """Everything that is kept of a guest, as a ZIP: `data.json` and the photos found. Descriptors are left out."""

    content_negotiation_class = AnyAccepted

    @extend_schema(parameters=[NUMBER], responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        guest = self.find_guest(pk)
        return archives.archive_response(build_export(guest), f"{guest.session.name} guest")
