"""/api/v1/faces/upload, /faces/user/{id} and /faces/{id}."""

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.api.filters import FilterBackend
from facepass.core.api.pagination import Cursors
from facepass.core.api.serializers import StrictModelSerializer
from facepass.core.api.views import InputView, TenantView
from galleries.api.serializers import BoxSerializer
from galleries.faces import erasure
from galleries.models import Person, PhotoFace
from galleries.people import enrolment
from galleries.photos import media_files


class EnrolSerializer(serializers.Serializer[object]):
    user_id = serializers.UUIDField()
    file = serializers.FileField(allow_empty_file=True)


class EnrolledSerializer(serializers.Serializer[object]):
    """The face has its id before it is found; `GET /api/v1/tasks/{task_id}` says whether it was."""

    face_id = serializers.UUIDField()
    task_id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    state = serializers.ChoiceField(["pending", "running", "done", "failed"])


class FaceSerializer(StrictModelSerializer[PhotoFace]):
    user_id = serializers.UUIDField(source="person_id", allow_null=True, read_only=True)
    photo_id = serializers.UUIDField(read_only=True)
    gallery_id = serializers.UUIDField(read_only=True)
    bbox = BoxSerializer(source="insightface_bbox", read_only=True)
    confidence = serializers.FloatField(source="insightface_confidence", read_only=True)
    quality = serializers.DictField(read_only=True)
    enrolled = serializers.SerializerMethodField()
    thumbnail_url = serializers.SerializerMethodField()
    image_url = serializers.SerializerMethodField()

    class Meta:
        model = PhotoFace
        fields = [
            "id", "user_id", "photo_id", "gallery_id", "bbox", "confidence", "quality", "recognition_confidence",
            "verified", "enrolled", "face_category", "created_at", "thumbnail_url", "image_url",
        ]  # fmt: skip
        read_only_fields = fields

    def get_enrolled(self, face: PhotoFace) -> bool:
        """Whether the picture was uploaded as this person's, not found in the photos of an event."""
        return face.photo.subject_id is not None

    def get_thumbnail_url(self, face: PhotoFace) -> str:
        return str(self.context["request"].build_absolute_uri(media_files.signed_path(face.photo, "thumbnail")))

    def get_image_url(self, face: PhotoFace) -> str:
        return str(self.context["request"].build_absolute_uri(media_files.signed_path(face.photo, "original")))


class FaceFilter(django_filters.FilterSet):
    verified = django_filters.BooleanFilter()
    enrolled = django_filters.BooleanFilter("photo__subject", lookup_expr="isnull", exclude=True)


class EnrolView(InputView):
    serializer_class = EnrolSerializer
    parser_classes = [MultiPartParser]

    @extend_schema(request={"multipart/form-data": EnrolSerializer}, responses={202: EnrolledSerializer})
    def post(self, request: Request) -> Response:
        """Enrols a person by a picture, which must show exactly one usable face. A worker looks for it."""
        values = self.read_input()
        visible_people = Person.objects.visible_to(self.principal).select_related("studio")
        person = get_object_or_404(visible_people, pk=values["user_id"])
        photo = enrolment.enrol(person, values["file"], by=self.principal)
        task = enrolment.describe_task(photo)
        body = {"face_id": task["id"], "task_id": task["id"], "user_id": str(person.pk), "state": task["state"]}
        return Response(body, status=status.HTTP_202_ACCEPTED)


class _FacesView(TenantView[PhotoFace]):
    serializer_class = FaceSerializer
    queryset = PhotoFace.objects.select_related("photo").defer("insightface_descriptor", "landmarks")


class FacesOfUserView(_FacesView, generics.ListAPIView[PhotoFace]):
    pagination_class = Cursors
    filter_backends = [FilterBackend]
    filterset_class = FaceFilter

    def get_queryset(self) -> TenantQuerySet[PhotoFace]:
        if "user_id" not in self.kwargs:  # when the schema is made
            return super().get_queryset()
        visible_people = Person.objects.visible_to(self.principal)
        return super().get_queryset().filter(person=get_object_or_404(visible_people, pk=self.kwargs["user_id"]))


class FaceView(_FacesView, generics.RetrieveDestroyAPIView[PhotoFace]):
    """Deleting takes the descriptors along, and the picture too where it only enrols the face. In a photo of an event
    the face stays away: no later analysis and no other model finds it there again.
    """

    def perform_destroy(self, instance: PhotoFace) -> None:
        erasure.erase_face(instance)
