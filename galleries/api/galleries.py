"""/api/v1/galleries/…: galleries, their photos, and how far their analysis is."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.filters import SearchFilter
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from facepass.core.access.tenancy import require_single_studio
from facepass.core.api import bulk_deletion, waiting
from facepass.core.api.addresses import absolute_address
from facepass.core.api.filters import FilterBackend, OrderingFilter
from facepass.core.api.pagination import Cursors
from facepass.core.api.views import TenantViewSet, TrashMixin, validate
from galleries.api.filters import GalleryFilter, PhotoFilter, PhotosOfGalleryFilter
from galleries.api.serializers import (
    DeletePhotosSerializer,
    GallerySerializer,
    PhotoSerializer,
    ProgressSerializer,
    UploadReportSerializer,
    UploadSerializer,
)
from galleries.faces import event_change
from galleries.models import Gallery, GalleryImage, Occasion
from galleries.photos import ingest, progress
from galleries.staff_kit.photo_sessions import require_session


class PhotoOrdering(OrderingFilter):
    """Orders in which file names sort as people count: IMG_9 before IMG_10."""

    def get_ordering(self, *args: Any, **kwargs: Any) -> list[str] | None:  # as the filter's
        columns = super().get_ordering(*args, **kwargs)
        return [column.replace("original_name", "name_key") for column in columns or ()] or None


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
        source = Occasion.for_gallery(self.get_object())
        with transaction.atomic():
            event_change.carry_gallery(serializer.save(), source=source)

    @extend_schema(
        request={"multipart/form-data": UploadSerializer},
        responses={202: UploadReportSerializer, 200: UploadReportSerializer},
        parameters=[waiting.WAIT],
    )
    @action(
        detail=True,
        methods=["post"],
        parser_classes=[MultiPartParser],
        pagination_class=OldestFirst,
        filter_backends=[FilterBackend, SearchFilter],
        filterset_class=PhotosOfGalleryFilter,
        search_fields=["original_name"],
    )
    def images(self, request: Request, pk: UUID) -> Response:
        """Adds photos. With `wait` the answer is 200 where all are analysed in time, and says what came of each."""
        gallery, seconds = self.get_object(), waiting.parse_wait(request)
        files = validate(UploadSerializer, request.data)["files"]
        report = ingest.add_photos(gallery, files, by=self.principal)
        progress_path = absolute_address(request, self.reverse_action("progress", args=[gallery.pk]))
        response = Response(
            _describe_report(report), status=status.HTTP_202_ACCEPTED, headers={"Location": progress_path}
        )
        return waiting.hold(response, look=partial(_look, report), seconds=seconds, request=request)

    @extend_schema(responses=PhotoSerializer(many=True))
    @images.mapping.get
    def list_images(self, request: Request, pk: UUID) -> Response:
        """The gallery's photos, oldest first, with the filters of `/api/v1/images/`."""
        photos = GalleryImage.objects.filter(gallery=self.get_object()).with_face_count()
        context = self.get_serializer_context()
        return self.answer_nested(photos, lambda page: PhotoSerializer(page, many=True, context=context).data)

    @extend_schema(responses=ProgressSerializer)
    @action(detail=True, queryset=Gallery.objects.event_galleries())
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
    filter_backends = [FilterBackend, SearchFilter, PhotoOrdering]
    filterset_class = PhotoFilter
    search_fields = ["original_name"]
    ordering_fields = ["created_at", "original_name", "byte_size"]
    ordering = ["-created_at"]

    @extend_schema(request=DeletePhotosSerializer, responses=bulk_deletion.DeletedManySerializer)
    @action(detail=False, methods=["post"], url_path="bulk-delete", pagination_class=None, filter_backends=[])
    def bulk_delete(self, request: Request) -> Response:
        """Moves up to 1,000 photos to the trash, as one entry; one that is not there stops no other."""
        ids = validate(DeletePhotosSerializer, request.data)["photo_ids"]
        rows = GalleryImage.objects.visible_to(self.principal).event_photos().in_bulk(ids)
        return bulk_deletion.move_to_trash(self.trash_kind, ids, rows, by=self.principal)


def _look(report: ingest.UploadReport) -> dict[str, Any] | None:
    """Return the report with what came of each photo; None while one is not analysed."""
    ids = [photo.pk for photo in report.accepted]
    if GalleryImage.objects.filter(pk__in=ids).unfinished().exists():
        return None
    photos = GalleryImage.objects.filter(pk__in=ids).with_face_count().in_bulk()
    told = _describe_report(report)
    outcomes = [_describe_outcome(photos[photo.pk]) for photo in report.accepted if photo.pk in photos]
    return {**told, "accepted": outcomes}


def _describe_outcome(photo: GalleryImage) -> dict[str, Any]:
    return {
        "id": str(photo.pk),
        "filename": photo.original_name,
        "state": photo.state,
        "error": photo.problem_code or None,
        "face_count": photo.face_count,
    }


def _describe_report(report: ingest.UploadReport) -> dict[str, list[dict[str, str]]]:
    return {
        "accepted": [{"id": str(photo.pk), "filename": photo.original_name} for photo in report.accepted],
        "duplicates": [{"id": str(pk), "filename": name} for name, pk in report.duplicates],
        "rejected": [
            {"filename": refusal.filename, "code": refusal.code, "message": refusal.message}
            for refusal in report.rejected
        ],
    }
