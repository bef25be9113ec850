"""A face against a whole studio: which faces are like it, and who is in a picture."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.files import File
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from galleries.matching import descriptors, identification, probe
from galleries.matching.nearest import find_nearest
from galleries.matching.search import Match
from galleries.models import Gallery, PhotoFace
from galleries.models.face import PhotoFaceQuerySet
from galleries.models.gallery import Limit
from recognition.model_versions import current_model_version
from recognition.settings.overrides import settings_across
from recognition.types import DescribedFace, DetectionMode, FloatArray


@dataclass(frozen=True, slots=True)
class RecognisedFace:
    """A face of an uploaded picture, in pixels of that picture upright, and whom it shows."""

    face: DescribedFace
    who: identification.Identification


def describe_picture(file: File[bytes], *, studio_ids: Iterable[UUID], mode: DetectionMode | None = None) -> FloatArray:
    """Return the descriptor of the picture's subject.

    `mode`: of detection, within the bounds of the studios' settings. Raises what `probe.read_subject` raises.
    """
    settings = settings_across(studio_ids, detection=mode) if mode else None
    return probe.read_subject(file, settings=settings, mode=mode).faces[0].descriptor


def require_descriptor(face: PhotoFace) -> FloatArray:
    """Return the face's descriptor.

    Raises FacePassError 409 `not_described` where the model in use has not described the face, and as `require_open`.
    """
    require_open(face.gallery, beyond=Limit.CLOSED)
    if face.model_version_id != current_model_version().pk or face.insightface_descriptor is None:
        message = _("The model in use has not described this face yet. Run generate_descriptors first.")
        raise FacePassError("not_described", message, status=409)
    return descriptors.as_array(face.insightface_descriptor)


def require_open(gallery: Gallery, *, beyond: Limit) -> None:
    """Raise FacePassError 403 `facepass_disabled` where the limit applies to the gallery's event."""
    if gallery.is_limited(beyond):
        message = _("Search by face is not enabled for this photo session.")
        raise FacePassError("facepass_disabled", message, status=403)


def find_similar_faces(
    descriptor: FloatArray, *, among: PhotoFaceQuerySet, threshold: float, limit: int
) -> list[Match]:
    """Return the faces that reach the threshold, a similarity, best first; none of an event that is closed to apps."""
    version = current_model_version()
    faces = among.searchable(version).outside(Limit.CLOSED).select_related("photo", "person")
    found = find_nearest(faces, descriptor, limit=limit)
    matches = [
        Match(face, round(1 - face.distance, 4), round(version.scores.similarity(1 - face.distance), 4))
        for face in found
    ]
    return [match for match in matches if match.similarity >= threshold]


def identify_people(
    file: File[bytes],
    *,
    studio_ids: Iterable[UUID],
    threshold: float,
    candidates: int,
    mode: DetectionMode | None = None,
) -> list[RecognisedFace]:
    """Return every face of the picture with whom it shows, largest first; no face is an empty list.

    `threshold` and `candidates`: as `identification.identify` takes them. `mode`: as `describe_picture` takes it.
    Raises what `probe.read_picture` raises.
    """
    studios = list(studio_ids)
    settings = settings_across(studios, detection=mode)
    return [
        RecognisedFace(
            face,
            identification.identify(
                face.descriptor, studio_ids=studios, threshold=threshold, candidates=candidates, beyond=Limit.CLOSED
            ),
        )
        for face in probe.read_faces(file, settings=settings, mode=mode).faces_as_sent
    ]
