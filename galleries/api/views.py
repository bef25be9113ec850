"""/api/v1/galleries/…: each view parses, asks one function, answers."""

from typing import Any, cast
from uuid import UUID

from django.db.models import Count
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.auth import principal
from facepass.tenancy import studio_for
from galleries import ingest, progress
from galleries.api.serializers import (
    GallerySerializer,
    PhotoSerializer,
    ProgressSerializer,
    UploadReportSerializer,
    UploadSerializer,
)
from galleries.models import Gallery, GalleryImage


class GalleryViewSet(viewsets.ModelViewSet[Gallery]):
    serializer_class = GallerySerializer
    queryset = Gallery.objects.none()
    lookup_value_converter = "uuid"
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def get_queryset(self) -> Any:
        return Gallery.objects.visible_to(principal(self.request)).of_events().with_counts()

    def perform_create(self, serializer: Any) -> None:
        serializer.save(studio=studio_for(principal(self.request)))

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses={202: UploadReportSerializer})
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def images(self, request: Request, pk: UUID) -> Response:
        gallery = self.get_object()
        upload = UploadSerializer(data={"files": request.FILES.getlist("files")})
        upload.is_valid(raise_exception=True)
        report = ingest.add_photos(gallery, upload.validated_data["files"])
        return Response(_report(report), status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=PhotoSerializer(many=True))
    @images.mapping.get
    def list_images(self, request: Request, pk: UUID) -> Response:
        photos = GalleryImage.objects.filter(gallery=self.get_object()).annotate(face_count=Count("faces"))
        page = self.paginate_queryset(photos.order_by("created_at", "pk")) or []  # type: ignore[arg-type]
        return self.get_paginated_response(
            PhotoSerializer(cast(list[GalleryImage], page), many=True, context={"request": request}).data
        )

    @extend_schema(responses=ProgressSerializer)
    @action(detail=True)
    def progress(self, request: Request, pk: UUID) -> Response:
        return Response(progress.of_gallery(self.get_object().pk))


class PhotoViewSet(mixins.RetrieveModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet[GalleryImage]):
    """/api/v1/images/{id}"""

    serializer_class = PhotoSerializer
    queryset = GalleryImage.objects.none()
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return GalleryImage.objects.visible_to(principal(self.request)).of_events().annotate(face_count=Count("faces"))


def _report(report: ingest.Report) -> dict[str, Any]:
    return {
        "accepted": [{"id": str(photo.pk), "filename": photo.original_name} for photo in report.accepted],
        "duplicates": [{"id": str(pk), "filename": name} for name, pk in report.duplicates],
        "rejected": [
            {"filename": refusal.filename, "code": refusal.code, "message": refusal.message}
            for refusal in report.rejected
        ],
    }
