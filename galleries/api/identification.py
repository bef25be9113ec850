"""/api/v1/faces/search, /recognize-face, /api/v2/recognize/batch and /batch-recognize: a whole studio is searched."""

import time
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.authentication import principal_of, require_scope
from facepass.core.access.tenancy import Principal, studio_for, studios_of
from facepass.core.api.parsers import JSONParser
from facepass.core.api.serializers import FiniteFloatField, StrictSerializer
from facepass.core.errors import FacePassError
from facepass.core.requests.in_memory_uploads import InMemoryMixin
from facepass.models import Scope
from galleries.api import matches as told
from galleries.api.jobs import StartedSerializer
from galleries.api.serializers import FoundFaceSerializer, found_face
from galleries.jobs import runner
from galleries.matching import identification, search, studio_recognition
from galleries.models import Gallery, PhotoFace

MOST_PICTURES = 20


class FacesSearchSerializer(StrictSerializer):
    """A picture, or a face that is known already."""

    file = serializers.FileField(allow_empty_file=True, required=False)
    face_id = serializers.UUIDField(required=False)
    gallery_id = serializers.UUIDField(required=False)
    threshold = FiniteFloatField(min_value=0, max_value=1, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=search.DEFAULT_LIMIT, default=20)

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if ("file" in asked) == ("face_id" in asked):
            raise serializers.ValidationError({"file": [_("Send either a picture or the id of a face.")]})
        return asked


class FoundPersonSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    full_name = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)


class FacesMatchSerializer(told.FoundPhotoSerializer):
    gallery_id = serializers.UUIDField()
    person = FoundPersonSerializer(allow_null=True)


class FacesAnswerSerializer(serializers.Serializer[Any]):
    matches = FacesMatchSerializer(many=True)
    threshold = serializers.FloatField()
    processing_ms = serializers.FloatField()


class FacesSearchView(InMemoryMixin, generics.GenericAPIView[Any]):
    """The faces of the studio that are most like a face."""

    serializer_class = FacesSearchSerializer
    parser_classes = [MultiPartParser, JSONParser]
    scope = Scope.SEARCH

    @extend_schema(
        request={"multipart/form-data": FacesSearchSerializer, "application/json": FacesSearchSerializer},
        responses=FacesAnswerSerializer,
    )
    def post(self, request: Request) -> Response:
        started = time.perf_counter()
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted, who = asked.validated_data, principal_of(request)
        faces = PhotoFace.objects.visible_to(who)
        if "gallery_id" in wanted:
            faces = faces.in_galleries([get_object_or_404(Gallery.objects.visible_to(who), pk=wanted["gallery_id"]).pk])
        probe = (
            studio_recognition.describe_picture(wanted["file"])
            if "file" in wanted
            else studio_recognition.require_descriptor(
                get_object_or_404(PhotoFace.objects.visible_to(who), pk=wanted["face_id"])
            )
        )
        threshold = wanted.get("threshold", identification.default_threshold())
        found = studio_recognition.find_similar_faces(
            probe, among=faces.exclude(pk=wanted.get("face_id")), threshold=threshold, limit=wanted["limit"]
        )
        return Response(
            {
                "matches": [_face_match(match, request) for match in found],
                "threshold": threshold,
                "processing_ms": round((time.perf_counter() - started) * 1000, 1),
            }
        )


class _HowSure(StrictSerializer):
    threshold = FiniteFloatField(min_value=0, max_value=1, required=False)
    candidates = serializers.IntegerField(
        min_value=1, max_value=identification.MAX_CANDIDATES, default=identification.DEFAULT_CANDIDATES
    )


class RecognizeSerializer(_HowSure):
    image = serializers.FileField(allow_empty_file=True)


class CandidateSerializer(serializers.Serializer[Any]):
    person = FoundPersonSerializer()
    cosine = serializers.FloatField()
    similarity = serializers.FloatField()
    face_id = serializers.UUIDField()


class RecognizedFaceSerializer(FoundFaceSerializer):
    matched = serializers.BooleanField(help_text="False is an answer too: nobody whom the studio knows.")
    person = FoundPersonSerializer(allow_null=True)
    margin = serializers.FloatField(allow_null=True, help_text="How much less alike the second candidate is.")
    candidates = CandidateSerializer(many=True)


class RecognizedSerializer(serializers.Serializer[Any]):
    faces = RecognizedFaceSerializer(many=True)
    threshold = serializers.FloatField()
    processing_ms = serializers.FloatField()


class RecognizeView(InMemoryMixin, generics.GenericAPIView[Any]):
    """Says of every face of a picture who it is, of the people with verified faces."""

    serializer_class = RecognizeSerializer
    parser_classes = [MultiPartParser]
    scope = Scope.SEARCH

    @extend_schema(request={"multipart/form-data": RecognizeSerializer}, responses=RecognizedSerializer)
    def post(self, request: Request) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(_recognised(asked.validated_data["image"], asked.validated_data, principal_of(request)))


class BatchSerializer(_HowSure):
    """Pictures, answered at once; or a gallery, whose unknown faces a task gives the names that it is sure of."""

    images = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), required=False, default=list, max_length=MOST_PICTURES
    )
    gallery_id = serializers.UUIDField(required=False)

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if bool(asked["images"]) == ("gallery_id" in asked):
            raise serializers.ValidationError({"images": [_("Send either pictures or the id of a gallery.")]})
        return asked


class BatchItemSerializer(serializers.Serializer[Any]):
    filename = serializers.CharField()
    faces = RecognizedFaceSerializer(many=True, required=False)
    error = serializers.DictField(required=False, help_text="`code` and `message`, where the picture was refused.")


class BatchAnswerSerializer(serializers.Serializer[Any]):
    results = BatchItemSerializer(many=True)


class RecognizeBatchView(InMemoryMixin, generics.GenericAPIView[Any]):
    serializer_class = BatchSerializer
    parser_classes = [MultiPartParser, JSONParser]
    scope = Scope.SEARCH

    @extend_schema(
        request={"multipart/form-data": BatchSerializer, "application/json": BatchSerializer},
        responses={200: BatchAnswerSerializer, 202: StartedSerializer},
    )
    def post(self, request: Request) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted, who = asked.validated_data, principal_of(request)
        if "gallery_id" not in wanted:
            return Response({"results": [_one_of_many(image, wanted, who) for image in wanted["images"]]})
        gallery = get_object_or_404(Gallery.objects.visible_to(who), pk=wanted["gallery_id"])
        require_scope(request, Scope.WRITE)
        job = runner.start_job("recognize_gallery", studio=studio_for(who), gallery_id=str(gallery.pk))
        return Response({"task_id": str(job.pk)}, status=status.HTTP_202_ACCEPTED)


def _one_of_many(image: Any, wanted: dict[str, Any], who: Principal) -> dict[str, Any]:
    try:
        return {"filename": image.name, "faces": _recognised(image, wanted, who)["faces"]}
    except FacePassError as refusal:
        if refusal.status >= 500:
            raise
        return {"filename": image.name, "error": {"code": refusal.code, "message": refusal.message}}


def _recognised(image: Any, wanted: dict[str, Any], who: Principal) -> dict[str, Any]:
    started = time.perf_counter()
    studios = list(studios_of(who).values_list("pk", flat=True))
    threshold = wanted.get("threshold", identification.default_threshold())
    faces = studio_recognition.identify_people(
        image, studio_ids=studios, threshold=threshold, candidates=wanted["candidates"]
    )
    return {
        "faces": [
            {
                **found_face(each.face, scale=each.scale),
                "matched": each.who.person is not None,
                "person": each.who.person and _person(each.who.person),
                "margin": each.who.margin,
                "candidates": [_candidate(candidate) for candidate in each.who.candidates],
            }
            for each in faces
        ],
        "threshold": threshold,
        "processing_ms": round((time.perf_counter() - started) * 1000, 1),
    }


def _candidate(candidate: identification.PersonCandidate) -> dict[str, Any]:
    return {
        "person": _person(candidate.person),
        "cosine": candidate.cosine,
        "similarity": candidate.similarity,
        "face_id": str(candidate.face.pk),
    }


def _person(person: Any) -> dict[str, Any]:
    return {"id": str(person.pk), "full_name": person.real_name, "external_id": person.external_id}


def _face_match(match: search.Match, request: Request) -> dict[str, Any]:
    return {
        **told.photo_of(match.face, request),
        "cosine": match.cosine,
        "similarity": match.similarity,
        "gallery_id": str(match.face.gallery_id),
        "person": match.face.person and _person(match.face.person),
    }
