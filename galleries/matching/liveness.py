"""Whether a living person is before the camera: by one picture, or by what somebody was asked to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.files import File
from django.utils import timezone
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from facepass.models import Studio
from galleries.matching import probe
from galleries.models import LivenessChallenge
from recognition.liveness import active, passive
from recognition.model_versions import current_model_version
from recognition.settings.overrides import settings_across
from recognition.types import DetectionMode, Picture

MIN_FRAMES, MAX_FRAMES = active.STEPS, 20


@dataclass(frozen=True, slots=True)
class LivenessVerdict:
    """Why it is no living person; no reason means that it is one. Scores would tell an attacker how close they are."""

    reasons: list[str]

    @property
    def is_live(self) -> bool:
        return not self.reasons


def judge_picture(
    file: File[bytes], *, studio_ids: Iterable[UUID] = (), mode: DetectionMode | None = None
) -> LivenessVerdict:
    """Return whether the picture shows a living person.

    `mode`: of detection, within the bounds of the studios' settings. Raises what `probe.read_subject` raises, and 503
    where the liveness model is missing or damaged.
    """
    settings = settings_across(studio_ids, detection=mode) if mode else None
    read = probe.read_subject(file, settings=settings, mode=mode)
    reason = passive.check_liveness(read.picture, read.faces[0].face)
    return LivenessVerdict([reason] if reason else [])


def create_challenge(studio: Studio) -> LivenessChallenge:
    """Create a challenge with random steps, and delete the studio's old ones."""
    LivenessChallenge.objects.filter(studio=studio).delete_old()
    return LivenessChallenge.objects.create(studio=studio, steps=[step.value for step in active.draw_steps()])


def judge_frames(challenge: LivenessChallenge, files: Sequence[File[bytes]]) -> LivenessVerdict:
    """Return whether the frames show a living person who does what the challenge asks for.

    The challenge is used up, whatever the verdict. A frame without exactly one prominent face is a reason. Raises 409
    `challenge_used` or `challenge_expired`, and what `probe.read_picture` raises.
    """
    if not LivenessChallenge.objects.use(challenge.pk):
        if challenge.expires_at <= timezone.now():
            raise FacePassError("challenge_expired", _("This challenge has expired. Ask for another."), status=409)
        raise FacePassError("challenge_used", _("This challenge was used. Ask for another."), status=409)
    frames: list[active.Frame] = []
    for file in files:
        picture = probe.read_picture(file)
        try:
            frames.append(_frame(picture))
        except FacePassError as refusal:
            if refusal.status != 422:
                raise
            return LivenessVerdict([refusal.code])
    steps = [active.Step(step) for step in challenge.steps]
    return LivenessVerdict(active.find_liveness_problems(steps, frames, current_model_version().scores))


def _frame(picture: Picture) -> active.Frame:
    found = probe.describe_most_prominent(picture)
    return active.Frame(found.face.landmarks, found.face.box.height / picture.shape[0], found.descriptor)
