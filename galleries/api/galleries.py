"""/api/v1/galleries/…: galleries, their photos, and how far their analysis is."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from facepass.core.access.tenancy import require_single_studio
from facepass.core.api.filters import FilterBackend
from facepass.core.api.pagination import Cursors
from facepass.core.api.views import TenantViewSet, TrashMixin, validate
from galleries.api.filters import GalleryFilter, PhotoFilter
from galleries.api.serializers import (
    GallerySerializer,
    PhotoSerializer,
    ProgressSerializer,
    UploadReportSerializer,
    UploadSerializer,
)
from galleries.models import Gallery, GalleryImage
from galleries.photos import ingest, progress
from galleries.staff_kit.photo_sessions import require_session


class OldestFirst(Cursors):
    def get_ordering(self, *_args: object, **_kwargs: object) -> tuple[str, ...]:
        return "created_at", "pk"


class GalleryViewSet(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    TrashMixin[Gallery],
    mixins.ListModelMixin,
    TenantViewSet[Gallery],
):
    trash_kind = "gallery"
    serializer_class = GallerySerializer
    queryset = Gallery.objects.event_galleries().with_counts()
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    pagination_class = Cursors
    filter_backends = [FilterBackend, SearchFilter, OrderingFilter]
    filterset_class = GalleryFilter
    search_fields = ["title"]
    ordering_fields = ["created_at", "title"]
    ordering = ["-created_at"]

    def perform_create(self, serializer: BaseSerializer[Gallery]) -> None:
        studio = require_single_studio(self.principal)
        if pk := serializer.validated_data.get("session_id"):
            require_session(pk, studio_id=studio.pk)
        serializer.save(studio=studio)

    def perform_update(self, serializer: BaseSerializer[Gallery]) -> None:
        """A session that the gallery has already is not looked up: it may live where nobody answers now."""
        gallery, pk = serializer.instance, serializer.validated_data.get("session_id")
        if gallery and pk and pk != gallery.session_id:
            require_session(pk, studio_id=gallery.studio_id)
        serializer.save()

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses={202: UploadReportSerializer})
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def images(self, request: Request, pk: UUID) -> Response:
        gallery = self.get_object()
        files = validate(UploadSerializer, {"files": request.FILES.getlist("files")})["files"]
        report = ingest.add_photos(gallery, files, by=self.principal)
        return Response(_describe_report(report), status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=PhotoSerializer(many=True))
    @images.mapping.get
    def list_images(self, request: Request, pk: UUID) -> Response:
        """The gallery's photos, oldest first, with the filters of `/api/v1/images/`."""
        photos = GalleryImage.objects.filter(gallery=self.get_object()).with_face_count()
        filters = PhotoFilter(request.query_params, queryset=photos, request=request)
        if not filters.is_valid():
            raise ValidationError(filters.errors)
        paginator = OldestFirst()
        page = paginator.paginate_queryset(filters.qs, request, self) or []
        return paginator.get_paginated_response(PhotoSerializer(page, many=True, context={"request": request}).data)

    @extend_schema(responses=ProgressSerializer)
    @action(detail=True)
    def progress(self, request: Request, pk: UUID) -> Response:
        return Response(progress.load_progress(self.get_object().pk))


class PhotoViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    TrashMixin[GalleryImage],
    TenantViewSet[GalleryImage],
):
    """/api/v1/images/{id}"""

    trash_kind = "photo"
    serializer_class = PhotoSerializer
    queryset = GalleryImage.objects.event_photos().with_face_count()
    pagination_class = Cursors
    filter_backends = [FilterBackend, SearchFilter, OrderingFilter]
    filterset_class = PhotoFilter
    search_fields = ["original_name"]
    ordering_fields = ["created_at", "original_name", "byte_size"]
    ordering = ["-created_at"]


def _describe_report(report: ingest.UploadReport) -> dict[str, list[dict[str, str]]]:
    return {
        "accepted": [{"id": str(photo.pk), "filename": photo.original_name} for photo in report.accepted],
        "duplicates": [{"id": str(pk), "filename": name} for name, pk in report.duplicates],
        "rejected": [
            {"filename": refusal.filename, "code": refusal.code, "message": refusal.message}
            for refusal in report.rejected
        ],
    }
