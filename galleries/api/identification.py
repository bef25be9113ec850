"""/api/v1/faces/search, /recognize-face, /api/v2/recognize/batch and /batch-recognize: a whole studio is searched."""

import time
from typing import TypedDict

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.authentication import require_scope
from facepass.core.access.tenancy import Principal, require_single_studio, studios_of
from facepass.core.api.parsers import JSONParser
from facepass.core.api.rows import get_row, missing_error
from facepass.core.api.serializers import FiniteFloatField
from facepass.core.api.tasks import StartedSerializer
from facepass.core.api.views import InputView, Validated
from facepass.core.errors import FacePassError
from facepass.core.requests.in_memory_uploads import InMemoryUploadMixin
from facepass.models import Scope
from galleries.api import matches
from galleries.api.jobs import answer_job
from galleries.api.serializers import DetectionChoiceSerializer, FoundFaceSerializer, describe_found_face
from galleries.jobs import runner
from galleries.matching import identification, search, studio_recognition
from galleries.models import Gallery, Person, PhotoFace
from galleries.models.face import PhotoFaceQuerySet
from galleries.models.gallery import Limit

MOST_PICTURES = 20


class _SearchSerializer(DetectionChoiceSerializer):
    gallery_id = serializers.UUIDField(required=False, help_text="Only the faces of this gallery.")
    session_id = serializers.UUIDField(required=False, help_text="Only the faces of this photo session.")
    threshold = FiniteFloatField(min_value=0, max_value=1, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=search.DEFAULT_LIMIT, default=20)


class KnownFaceSearchSerializer(_SearchSerializer):
    face_id = serializers.UUIDField()


class FacesSearchSerializer(_SearchSerializer):
    """A picture, or a face that is known already."""

    file = serializers.FileField(allow_empty_file=True, required=False)
    face_id = serializers.UUIDField(required=False)

    def validate(self, attrs: Validated) -> Validated:
        if ("file" in attrs) == ("face_id" in attrs):
            raise serializers.ValidationError({"file": [_("Send either a picture or the id of a face.")]})
        return attrs


class FoundPersonSerializer(serializers.Serializer[object]):
    id = serializers.UUIDField()
    full_name = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)


class FacesMatchSerializer(matches.FoundPhotoSerializer):
    gallery_id = serializers.UUIDField()
    person = FoundPersonSerializer(allow_null=True)


class FacesAnswerSerializer(serializers.Serializer[object]):
    matches = FacesMatchSerializer(many=True)
    threshold = serializers.FloatField()
    processing_ms = serializers.FloatField()


class FacesSearchView(InMemoryUploadMixin, InputView):
    """The faces of the studio that are most like a face."""

    serializer_class = FacesSearchSerializer
    parser_classes = [MultiPartParser, JSONParser]
    scope = Scope.SEARCH

    @extend_schema(
        request={"multipart/form-data": FacesSearchSerializer, "application/json": KnownFaceSearchSerializer},
        responses=FacesAnswerSerializer,
    )
    def post(self, request: Request) -> Response:
        started = time.perf_counter()
        values, visible_faces = self.read_input(), PhotoFace.objects.visible_to(self.principal)
        searched_faces = self._find_searched_faces(values)
        studios = list(studios_of(self.principal).values_list("pk", flat=True))
        if "file" in values:
            mode = values.get("detection")
            probe = studio_recognition.describe_picture(values["file"], studio_ids=studios, mode=mode)
        else:
            face = get_row(visible_faces, values["face_id"])
            probe = studio_recognition.require_descriptor(face)
            searched_faces = searched_faces.exclude(pk=face.pk)
        threshold = values.get("threshold", identification.default_threshold(studios))
        found = studio_recognition.find_similar_faces(
            probe, among=searched_faces, threshold=threshold, limit=values["limit"]
        )
        return Response(
            {
                "matches": [_describe_match(match, request) for match in found],
                "threshold": threshold,
                "processing_ms": round((time.perf_counter() - started) * 1000, 1),
            }
        )

    def _find_searched_faces(self, values: Validated) -> PhotoFaceQuerySet:
        """Return the faces of the gallery and photo session that are named, else all visible ones.

        Raise 404, and 403 `facepass_disabled` where the event is closed.
        """
        columns = {"gallery_id": "pk", "session_id": "session_id"}
        named = {column: values[name] for name, column in columns.items() if name in values}
        faces = PhotoFace.objects.visible_to(self.principal)
        if not named:
            return faces
        galleries = list(Gallery.objects.visible_to(self.principal).filter(**named))
        if not galleries:
            raise _missing_place(values)
        studio_recognition.require_open(galleries[0], beyond=Limit.CLOSED)  # with several, all are of one event
        return faces.in_galleries(gallery.pk for gallery in galleries)


def _missing_place(values: Validated) -> FacePassError:
    name = "gallery_id" if "gallery_id" in values else "session_id"
    return missing_error(name, [values[name]])


class _IdentifySerializer(DetectionChoiceSerializer):
    threshold = FiniteFloatField(min_value=0, max_value=1, required=False)
    candidates = serializers.IntegerField(
        min_value=1, max_value=identification.MAX_CANDIDATES, default=identification.DEFAULT_CANDIDATES
    )


class RecognizeSerializer(_IdentifySerializer):
    former_names = {"image": "file"}

    file = serializers.FileField(allow_empty_file=True)


class CandidateSerializer(serializers.Serializer[object]):
    person = FoundPersonSerializer()
    cosine = serializers.FloatField()
    similarity = serializers.FloatField()
    face_id = serializers.UUIDField()


class RecognizedFaceSerializer(FoundFaceSerializer):
    matched = serializers.BooleanField(help_text="False is an answer too: nobody whom the studio knows.")
    person = FoundPersonSerializer(allow_null=True)
    margin = serializers.FloatField(allow_null=True, help_text="How much less alike the second candidate is.")
    candidates = CandidateSerializer(many=True)


class RecognizedSerializer(serializers.Serializer[object]):
    faces = RecognizedFaceSerializer(many=True)
    threshold = serializers.FloatField()
    processing_ms = serializers.FloatField()


class RecognizeView(InMemoryUploadMixin, InputView):
    """Says of every face of a picture who it is, of the people with verified faces."""

    serializer_class = RecognizeSerializer
    parser_classes = [MultiPartParser]
    scope = Scope.SEARCH

    @extend_schema(request={"multipart/form-data": RecognizeSerializer}, responses=RecognizedSerializer)
    def post(self, request: Request) -> Response:
        values = self.read_input()
        return Response(_recognise(values["file"], values, self.principal))


class BatchSerializer(_IdentifySerializer):
    """Pictures, answered at once; or a gallery, whose unknown faces a task gives the names that it is sure of."""

    former_names = {"images": "files", "file": "files"}

    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), required=False, default=list, max_length=MOST_PICTURES
    )
    gallery_id = serializers.UUIDField(required=False)

    def validate(self, attrs: Validated) -> Validated:
        if bool(attrs["files"]) == ("gallery_id" in attrs):
            raise serializers.ValidationError({"files": [_("Send either pictures or the id of a gallery.")]})
        return attrs


class BatchOfGallerySerializer(_IdentifySerializer):
    gallery_id = serializers.UUIDField()


class BatchItemSerializer(serializers.Serializer[object]):
    filename = serializers.CharField()
    faces = RecognizedFaceSerializer(many=True, required=False)
    error = serializers.DictField(required=False, help_text="`code` and `message`, where the picture was refused.")


class BatchAnswerSerializer(serializers.Serializer[object]):
    results = BatchItemSerializer(many=True)


class RecognizeBatchView(InMemoryUploadMixin, InputView):
    serializer_class = BatchSerializer
    parser_classes = [MultiPartParser, JSONParser]
    scope = Scope.SEARCH

    @extend_schema(
        request={"multipart/form-data": BatchSerializer, "application/json": BatchOfGallerySerializer},
        responses={200: BatchAnswerSerializer, 202: StartedSerializer},
    )
    def post(self, request: Request) -> Response:
        values = self.read_input()
        if "gallery_id" not in values:
            results = [_recognise_or_refuse(image, values, self.principal) for image in values["files"]]
            return Response({"results": results})
        gallery = get_row(Gallery.objects.visible_to(self.principal), values["gallery_id"])
        require_scope(request, Scope.WRITE)
        studio_recognition.require_open(gallery, beyond=Limit.ENDED)
        studio = require_single_studio(self.principal)
        return answer_job(runner.start_job("recognize_gallery", studio=studio, gallery_id=str(gallery.pk)))


class _Recognised(TypedDict):
    faces: list[dict[str, object]]
    threshold: float
    processing_ms: float


def _recognise_or_refuse(image: UploadedFile[bytes], values: Validated, principal: Principal) -> dict[str, object]:
    """Return who is in one picture of several, or why it was refused, which leaves the others alone."""
    try:
        return {"filename": image.name, "faces": _recognise(image, values, principal)["faces"]}
    except FacePassError as refusal:
        if refusal.status >= 500:
            raise
        return {"filename": image.name, "error": {"code": refusal.code, "message": refusal.message}}


def _recognise(image: UploadedFile[bytes], values: Validated, principal: Principal) -> _Recognised:
    """Return who each face of the picture is, of the people of all studios that the principal sees."""
    started = time.perf_counter()
    studios = list(studios_of(principal).values_list("pk", flat=True))
    threshold = values.get("threshold", identification.default_threshold(studios))
    faces = studio_recognition.identify_people(
        image,
        studio_ids=studios,
        threshold=threshold,
        candidates=values["candidates"],
        mode=values.get("detection"),
    )
    return {
        "faces": [
            {
                **describe_found_face(each.face),
                "matched": each.who.person is not None,
                "person": each.who.person and _describe_person(each.who.person),
                "margin": each.who.margin,
                "candidates": [_describe_candidate(candidate) for candidate in each.who.candidates],
            }
            for each in faces
        ],
        "threshold": threshold,
        "processing_ms": round((time.perf_counter() - started) * 1000, 1),
    }


def _describe_candidate(candidate: identification.PersonCandidate) -> dict[str, object]:
    return {
        "person": _describe_person(candidate.person),
        "cosine": candidate.cosine,
        "similarity": candidate.similarity,
        "face_id": str(candidate.face.pk),
    }


def _describe_person(person: Person) -> dict[str, str | None]:
    return {"id": str(person.pk), "full_name": person.real_name, "external_id": person.external_id}


def _describe_match(match: search.Match, request: Request) -> dict[str, object]:
    return {
        **matches.describe_face(match.face, request),
        "cosine": match.cosine,
        "similarity": match.similarity,
        "gallery_id": str(match.face.gallery_id),
        "person": match.face.person and _describe_person(match.face.person),
    }
