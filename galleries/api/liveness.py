"""/api/v1/liveness and /api/v1/liveness/challenges"""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.tenancy import require_single_studio, studios_of
from facepass.core.api.rows import get_row
from facepass.core.api.serializers import StrictModelSerializer
from facepass.core.api.views import InputView, Validated
from facepass.core.requests.in_memory_uploads import InMemoryUploadMixin
from facepass.models import Scope
from galleries.api.serializers import DetectionChoiceSerializer
from galleries.matching import liveness
from galleries.models import LivenessChallenge
from recognition.liveness.active import Step


class LivenessSerializer(DetectionChoiceSerializer):
    """Either one picture, or a challenge with the pictures taken while it was done, in their order, not mirrored."""

    former_names = {"image": "file", "frames": "files"}

    file = serializers.FileField(allow_empty_file=True, required=False)
    challenge_id = serializers.UUIDField(required=False)
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True),
        required=False,
        min_length=liveness.MIN_FRAMES,
        max_length=liveness.MAX_FRAMES,
        help_text="The frames of a challenge.",
    )

    def validate(self, attrs: Validated) -> Validated:
        if "file" in attrs and set(attrs) <= {"file", "detection"}:
            return attrs
        if {"file", "detection"} & set(attrs) or not {"challenge_id", "files"} <= set(attrs):
            raise serializers.ValidationError(_("Send either file, or challenge_id and files."))
        return attrs


class VerdictSerializer(serializers.Serializer[object]):
    live = serializers.BooleanField()
    reasons = serializers.ListField(
        child=serializers.CharField(),
        help_text="`presentation_attack`, `face_near_edge`; with a challenge `steps_not_done`, `different_people`, "
        "`still_picture`, `face_not_found`, `multiple_faces`.",
    )


class ChallengeSerializer(StrictModelSerializer[LivenessChallenge]):
    challenge_id = serializers.UUIDField(source="pk")
    steps = serializers.ListField(child=serializers.ChoiceField([step.value for step in Step]))

    class Meta:
        model = LivenessChallenge
        fields = ["challenge_id", "steps", "expires_at"]


EXAMPLES = [
    OpenApiExample("one picture", {"file": "selfie.jpg"}, request_only=True),
    OpenApiExample(
        "a challenge",
        {
            "challenge_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
            "files": ["left.jpg", "straight.jpg", "closer.jpg"],
        },
        request_only=True,
    ),
]


class ChallengesView(InputView):
    serializer_class = ChallengeSerializer
    scope = Scope.SEARCH

    @extend_schema(request=None, responses={201: ChallengeSerializer})
    def post(self, request: Request) -> Response:
        """A random challenge: for two minutes, for one answer."""
        challenge = liveness.create_challenge(require_single_studio(self.principal))
        return Response(ChallengeSerializer(challenge).data, status=status.HTTP_201_CREATED)


class LivenessView(InMemoryUploadMixin, InputView):
    serializer_class = LivenessSerializer
    parser_classes = [MultiPartParser]
    scope = Scope.SEARCH

    @extend_schema(request={"multipart/form-data": LivenessSerializer}, responses=VerdictSerializer, examples=EXAMPLES)
    def post(self, request: Request) -> Response:
        """A decision with its reasons, and no score."""
        values = self.read_input()
        if "file" in values:
            studios = studios_of(self.principal).values_list("pk", flat=True)
            mode = values.get("detection")
            return _answer(liveness.judge_picture(values["file"], studio_ids=studios, mode=mode))
        visible_challenges = LivenessChallenge.objects.visible_to(self.principal)
        challenge = get_row(visible_challenges, values["challenge_id"])
        return _answer(liveness.judge_frames(challenge, values["files"]))


def _answer(verdict: liveness.LivenessVerdict) -> Response:
    return Response({"live": verdict.is_live, "reasons": verdict.reasons})
