"""/api/v1/galleries/…: each view parses, asks one function, answers."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.authentication import principal_of
from facepass.core.access.tenancy import studio_for
from facepass.core.api.filters import FilterBackend
from facepass.core.api.pagination import Cursors
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


class OldestFirst(Cursors):
    def get_ordering(self, *_args: Any, **_kwargs: Any) -> tuple[str, ...]:
        return "created_at", "pk"


class GalleryViewSet(viewsets.ModelViewSet[Gallery]):
    serializer_class = GallerySerializer
    queryset = Gallery.objects.none()
    lookup_value_converter = "uuid"
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    pagination_class = Cursors
    filter_backends = [FilterBackend, SearchFilter, OrderingFilter]
    filterset_class = GalleryFilter
    search_fields = ["title"]
    ordering_fields = ["created_at", "title"]
    ordering = ["-created_at"]

    def get_queryset(self) -> Any:
        return Gallery.objects.visible_to(principal_of(self.request)).event_galleries().with_counts()

    def perform_create(self, serializer: Any) -> None:
        serializer.save(studio=studio_for(principal_of(self.request)))

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses={202: UploadReportSerializer})
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def images(self, request: Request, pk: UUID) -> Response:
        gallery = self.get_object()
        upload = UploadSerializer(data={"files": request.FILES.getlist("files")})
        upload.is_valid(raise_exception=True)
        report = ingest.add_photos(gallery, upload.validated_data["files"], by=principal_of(request))
        return Response(_report(report), status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=PhotoSerializer(many=True))
    @images.mapping.get
    def list_images(self, request: Request, pk: UUID) -> Response:
        """The gallery's photos, oldest first, with the filters of `/api/v1/images/`."""
        photos = GalleryImage.objects.filter(gallery=self.get_object()).with_face_count()
        found = PhotoFilter(request.query_params, queryset=photos, request=request)
        if not found.is_valid():
            raise ValidationError(found.errors)
        pages = OldestFirst()
        page = pages.paginate_queryset(found.qs, request, self) or []
        return pages.get_paginated_response(PhotoSerializer(page, many=True, context={"request": request}).data)

    @extend_schema(responses=ProgressSerializer)
    @action(detail=True)
    def progress(self, request: Request, pk: UUID) -> Response:
        return Response(progress.load_progress(self.get_object().pk))


class PhotoViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[GalleryImage],
):
    """/api/v1/images/{id}"""

    serializer_class = PhotoSerializer
    queryset = GalleryImage.objects.none()
    lookup_value_converter = "uuid"
    pagination_class = Cursors
    filter_backends = [FilterBackend, SearchFilter, OrderingFilter]
    filterset_class = PhotoFilter
    search_fields = ["original_name"]
    ordering_fields = ["created_at", "original_name", "byte_size"]
    ordering = ["-created_at"]

    def get_queryset(self) -> Any:
        return GalleryImage.objects.visible_to(principal_of(self.request)).event_photos().with_face_count()


def _report(report: ingest.UploadReport) -> dict[str, Any]:
    return {
        "accepted": [{"id": str(photo.pk), "filename": photo.original_name} for photo in report.accepted],
        "duplicates": [{"id": str(pk), "filename": name} for name, pk in report.duplicates],
        "rejected": [
            {"filename": refusal.filename, "code": refusal.code, "message": refusal.message}
            for refusal in report.rejected
        ],
    }
