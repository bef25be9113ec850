"""/api/v1/liveness and /api/v1/liveness/challenges"""

from typing import Any, cast

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.authentication import principal_of
from facepass.core.access.tenancy import studio_for
from facepass.core.api.serializers import StrictModelSerializer
from facepass.core.requests.in_memory_uploads import InMemoryMixin
from facepass.models import Scope
from galleries.matching import liveness
from galleries.models import LivenessChallenge
from recognition.liveness.active import Step


class LivenessSerializer(serializers.Serializer[Any]):
    """Either one picture, or a challenge with the pictures taken while it was done, in their order, not mirrored."""

    image = serializers.FileField(allow_empty_file=True, required=False)
    challenge_id = serializers.UUIDField(required=False)
    frames = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True),
        required=False,
        min_length=liveness.MIN_FRAMES,
        max_length=liveness.MAX_FRAMES,
        help_text="Also taken as `frames[]`.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "image" in attrs and len(attrs) == 1:
            return attrs
        if "image" in attrs or not {"challenge_id", "frames"} <= set(attrs):
            raise serializers.ValidationError(_("Send either image, or challenge_id and frames."))
        return attrs


class VerdictSerializer(serializers.Serializer[Any]):
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
    OpenApiExample("one picture", {"image": "selfie.jpg"}, request_only=True),
    OpenApiExample(
        "a challenge",
        {
            "challenge_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
            "frames": ["left.jpg", "straight.jpg", "closer.jpg"],
        },
        request_only=True,
    ),
]


class ChallengesView(generics.GenericAPIView[Any]):
    serializer_class = ChallengeSerializer
    scope = Scope.SEARCH

    @extend_schema(request=None, responses={201: ChallengeSerializer})
    def post(self, request: Request) -> Response:
        """A random challenge: for two minutes, for one answer."""
        challenge = liveness.create_challenge(studio_for(principal_of(request)))
        return Response(ChallengeSerializer(challenge).data, status=status.HTTP_201_CREATED)


class LivenessView(InMemoryMixin, generics.GenericAPIView[Any]):
    serializer_class = LivenessSerializer
    parser_classes = [MultiPartParser]
    scope = Scope.SEARCH

    @extend_schema(request={"multipart/form-data": LivenessSerializer}, responses=VerdictSerializer, examples=EXAMPLES)
    def post(self, request: Request) -> Response:
        """A decision with its reasons, and no score."""
        asked = self.get_serializer(data=_form(request))
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        if "image" in wanted:
            return _answer(liveness.judge_picture(wanted["image"]))
        mine = LivenessChallenge.objects.visible_to(principal_of(request))
        challenge = get_object_or_404(mine, pk=wanted["challenge_id"])
        return _answer(liveness.judge_frames(challenge, wanted["frames"]))


def _form(request: Request) -> dict[str, Any]:
    sent = cast(QueryDict, request.data)  # of a form, which is all that the parser takes
    data = {name: sent[name] for name in ("image", "challenge_id") if name in sent}
    frames = [*request.FILES.getlist("frames"), *request.FILES.getlist("frames[]")]
    return {**data, "frames": frames} if frames else data


def _answer(verdict: liveness.LivenessVerdict) -> Response:
    return Response({"live": verdict.live, "reasons": verdict.reasons})
