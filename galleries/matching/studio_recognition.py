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
from galleries.models import PhotoFace
from galleries.models.face import PhotoFaceQuerySet
from recognition import pipeline
from recognition.model_versions import current_model_version
from recognition.types import DescribedFace, FloatArray


@dataclass(frozen=True, slots=True)
class RecognisedFace:
    """A face of an uploaded picture, and whom it shows.

    `face`: in pixels of the picture as it was decoded. `scale`: the factor from those to pixels of the uploaded one.
    """

    face: DescribedFace
    scale: float
    who: identification.Identification


def describe_picture(file: File[bytes]) -> FloatArray:
    """Return the descriptor of the picture's subject.

    Raises what `probe.read_picture` and `probe.describe_subject` raise.
    """
    return probe.describe_subject(probe.read_picture(file)).descriptor


def require_descriptor(face: PhotoFace) -> FloatArray:
    """Return the face's descriptor.

    Raises FacePassError 409 `not_described` where the model in use has not described the face.
    """
    if face.model_version_id != current_model_version().pk or face.insightface_descriptor is None:
        message = _("The model in use has not described this face yet. Run generate_descriptors first.")
        raise FacePassError("not_described", message, status=409)
    return descriptors.as_array(face.insightface_descriptor)


def find_similar_faces(
    descriptor: FloatArray, *, among: PhotoFaceQuerySet, threshold: float, limit: int
) -> list[Match]:
    """Return the faces that reach the threshold, a similarity, best first."""
    version = current_model_version()
    faces = among.searchable(version).select_related("photo", "person")
    found = find_nearest(faces, descriptor, limit=limit)
    matches = [
        Match(face, round(1 - face.distance, 4), round(version.scores.similarity(1 - face.distance), 4))
        for face in found
    ]
    return [match for match in matches if match.similarity >= threshold]


def identify_people(
    file: File[bytes], *, studio_ids: Iterable[UUID], threshold: float, candidates: int
) -> list[RecognisedFace]:
    """Return every face of the picture with whom it shows, largest first; no face is an empty list.

    `threshold` and `candidates`: as `identification.identify` takes them. Raises what `probe.read_picture` raises.
    """
    studios = list(studio_ids)
    width, _height = probe.read_size(file)
    picture = probe.read_picture(file)
    scale = width / picture.shape[1]
    return [
        RecognisedFace(
            face,
            scale,
            identification.identify(face.descriptor, studio_ids=studios, threshold=threshold, candidates=candidates),
        )
        for face in pipeline.describe_picture(picture)
    ]
