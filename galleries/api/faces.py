"""/api/v1/faces/user/{id}, /faces/{id} and what is decided about one face, and the faces of a photo."""

from uuid import UUID

import django_filters
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.api import bulk_deletion
from facepass.core.api.addresses import absolute_address
from facepass.core.api.filters import FilterBackend
from facepass.core.api.pagination import Cursors
from facepass.core.api.rows import get_row
from facepass.core.api.serializers import StrictModelSerializer, StrictSerializer
from facepass.core.api.views import InputView, TenantView, Validated, validate
from facepass.core.errors import FacePassError
from galleries.api.serializers import BoxSerializer
from galleries.faces import decisions, erasure
from galleries.models import FaceCluster, FaceDecision, GalleryImage, Person, PhotoFace
from galleries.models.face import FaceCategory, PhotoFaceQuerySet
from galleries.people import naming
from galleries.photos import media_files


class ConsentSerializer(serializers.Serializer[object]):
    given_by = serializers.CharField()
    given_at = serializers.DateTimeField()
    notice = serializers.CharField()


@extend_schema_serializer(deprecate_fields=["user_id"])
class FaceSerializer(StrictModelSerializer[PhotoFace]):
    person_id = serializers.UUIDField(allow_null=True, read_only=True)
    user_id = serializers.UUIDField(
        source="person_id", allow_null=True, read_only=True, help_text="The same as `person_id`."
    )
    photo_id = serializers.UUIDField(read_only=True)
    group_id = serializers.UUIDField(source="cluster_id", allow_null=True, read_only=True)
    gallery_id = serializers.UUIDField(read_only=True)
    bbox = BoxSerializer(source="insightface_bbox", read_only=True)
    confidence = serializers.FloatField(source="insightface_confidence", read_only=True)
    quality = serializers.DictField(read_only=True)
    rejected = serializers.SerializerMethodField()
    enrolled = serializers.SerializerMethodField()
    consent = ConsentSerializer(
        source="photo.consent", read_only=True, default=None, allow_null=True,
        help_text="To the enrolment: by whom, when, to which notice. Null: none was recorded.",
    )  # fmt: skip
    thumbnail_url = serializers.SerializerMethodField()
    image_url = serializers.SerializerMethodField()

    class Meta:
        model = PhotoFace
        fields = [
            "id", "person_id", "user_id", "photo_id", "gallery_id", "group_id", "bbox", "confidence",
            "quality", "recognition_confidence", "verified", "rejected", "enrolled", "consent", "face_category",
            "created_at", "thumbnail_url", "image_url",
        ]  # fmt: skip
        read_only_fields = fields

    def get_rejected(self, face: PhotoFace) -> bool:
        """Whether somebody said that it is no face, or nobody who should be found."""
        return face.face_category == FaceCategory.IGNORED

    def get_enrolled(self, face: PhotoFace) -> bool:
        """Whether the picture was uploaded as this person's, not found in the photos of an event."""
        return face.photo.subject_id is not None

    def get_thumbnail_url(self, face: PhotoFace) -> str:
        return absolute_address(self.context["request"], media_files.signed_path(face.photo, "thumbnail"))

    def get_image_url(self, face: PhotoFace) -> str:
        return absolute_address(self.context["request"], media_files.signed_path(face.photo, "original"))


class ChangeFaceSerializer(StrictSerializer):
    """What is said of the face; what is left out stays as it is."""

    person_id = serializers.UUIDField(allow_null=True, required=False, help_text="Null takes the name away.")
    name = serializers.CharField(
        max_length=naming.NAME_CHARACTERS,
        required=False,
        help_text="Instead of `person_id`: the one person of that name, or a new one.",
    )
    verified = serializers.BooleanField(
        required=False, help_text="Of the name that it has: true confirms it, false says that it is somebody else."
    )
    rejected = serializers.BooleanField(
        required=False, help_text="True: no face, or nobody who should be found; false: a face after all."
    )

    def validate(self, attrs: Validated) -> Validated:
        if len({"person_id", "name", "verified", "rejected"} & set(attrs)) != 1:
            raise serializers.ValidationError(_("Say one thing of the face: person_id, name, verified or rejected."))
        return attrs


class MoveFaceSerializer(StrictSerializer):
    group_id = serializers.UUIDField(help_text="The group, of the same photo session, whose person the face shows.")


class ChangedFaceSerializer(FaceSerializer):
    """`decision_ids` are what to undo, the last one first."""

    decision_ids = serializers.ListField(child=serializers.UUIDField())

    class Meta(FaceSerializer.Meta):
        fields = [*FaceSerializer.Meta.fields, "decision_ids"]
        read_only_fields = fields


class DeleteFacesSerializer(StrictSerializer):
    face_ids = bulk_deletion.ids_field()


class FaceFilter(django_filters.FilterSet):
    verified = django_filters.BooleanFilter()
    person_id = django_filters.UUIDFilter()
    enrolled = django_filters.BooleanFilter("photo__subject", lookup_expr="isnull", exclude=True)


class PhotoFaceFilter(FaceFilter):
    named = django_filters.BooleanFilter("person", lookup_expr="isnull", exclude=True)
    rejected = django_filters.BooleanFilter(method="in_category")

    def in_category(self, rows: PhotoFaceQuerySet, _name: str, wanted: bool) -> PhotoFaceQuerySet:
        return rows.exclude(pk__in=rows.shown()) if wanted else rows.shown()


class _FacesView(TenantView[PhotoFace]):
    serializer_class = FaceSerializer
    queryset = PhotoFace.objects.select_related("photo__consent", "gallery").defer(
        "insightface_descriptor", "landmarks"
    )


class FacesOfUserView(_FacesView, generics.ListAPIView[PhotoFace]):
    pagination_class = Cursors
    filter_backends = [FilterBackend]
    filterset_class = FaceFilter

    def get_queryset(self) -> TenantQuerySet[PhotoFace]:
        if "user_id" not in self.kwargs:  # when the schema is made
            return super().get_queryset()
        visible_people = Person.objects.visible_to(self.principal)
        return super().get_queryset().filter(person=get_row(visible_people, self.kwargs["user_id"]))


class FacesOfPhotoView(_FacesView, generics.ListAPIView[PhotoFace]):
    """The faces of a photo, rejected ones too."""

    pagination_class = Cursors
    filter_backends = [FilterBackend]
    filterset_class = PhotoFaceFilter

    def get_queryset(self) -> TenantQuerySet[PhotoFace]:
        if "photo_id" not in self.kwargs:  # when the schema is made
            return super().get_queryset()
        photos = GalleryImage.objects.visible_to(self.principal).event_photos()
        return super().get_queryset().filter(photo=get_row(photos, self.kwargs["photo_id"]))


class FaceView(_FacesView, generics.RetrieveDestroyAPIView[PhotoFace]):
    """Deleting takes the descriptors along, and the picture too where it only enrols the face. In a photo of an event
    the face stays away: no later analysis and no other model finds it there again.
    """

    def perform_destroy(self, instance: PhotoFace) -> None:
        erasure.erase_face(instance)

    @extend_schema(request=ChangeFaceSerializer, responses=ChangedFaceSerializer)
    @transaction.atomic
    def patch(self, request: Request, pk: UUID) -> Response:
        """Names a face of an event, confirms or denies its name, rejects or shows it: a decision to be undone."""
        face, said = self.get_object(), validate(ChangeFaceSerializer, request.data)
        return self.answer_changed(face, self._decide(_require_found(face), said))

    def _decide(self, face: PhotoFace, said: Validated) -> list[FaceDecision]:
        by = self.principal
        if "rejected" in said:
            return [decisions.ignore([face], by=by) if said["rejected"] else decisions.show([face], by=by)]
        if "verified" in said:
            return [decisions.confirm([face], by=by) if said["verified"] else decisions.deny(face, by=by)]
        return naming.name_faces([face], self._find_person(face, said), by=by)

    def _find_person(self, face: PhotoFace, said: Validated) -> Person | None:
        studio_id = face.gallery.studio_id
        if "name" in said:
            return naming.get_or_create_person(said["name"], studio_id=studio_id, by=self.principal)
        if said["person_id"] is None:
            return None
        visible_people = Person.objects.visible_to(self.principal).filter(studio=studio_id)
        return get_row(visible_people, said["person_id"])

    def answer_changed(self, face: PhotoFace, made: list[FaceDecision]) -> Response:
        changed = self.get_queryset().get(pk=face.pk)
        changed.decision_ids = [decision.pk for decision in made]  # type: ignore[attr-defined]  # for the serializer
        return Response(ChangedFaceSerializer(changed, context=self.get_serializer_context()).data)


class MoveFaceView(FaceView):
    http_method_names = ["post", "options"]

    @extend_schema(request=MoveFaceSerializer, responses=ChangedFaceSerializer)
    @transaction.atomic
    def post(self, request: Request, pk: UUID) -> Response:
        """Moves the face to another group, whose name it has then, or none."""
        face = _require_found(self.get_object())
        groups = FaceCluster.objects.visible_to(self.principal).filter(rejected=False)
        group = get_row(groups, validate(MoveFaceSerializer, request.data)["group_id"])
        return self.answer_changed(face, [decisions.move([face], group, by=self.principal)])


class DeleteFacesView(InputView):
    serializer_class = DeleteFacesSerializer

    @extend_schema(request=DeleteFacesSerializer, responses=bulk_deletion.DeletedManySerializer)
    def post(self, request: Request) -> Response:
        """Erases up to 1,000 faces, each as `DELETE /api/v1/faces/{id}/` does; one that is not there stops no other."""
        ids = self.read_input()["face_ids"]
        rows = PhotoFace.objects.visible_to(self.principal).select_related("photo__gallery").in_bulk(ids)
        return bulk_deletion.delete_each(ids, rows, erasure.erase_face, name="face_id")


def _require_found(face: PhotoFace) -> PhotoFace:
    """Return the face. Raise 409 `face_enrolled` for that of a picture that enrols somebody: it is theirs."""
    if face.photo.subject_id is not None:
        message = _("This face enrols a person. Delete it, and enrol the other person by the picture.")
        raise FacePassError("face_enrolled", message, status=409)
    return face
