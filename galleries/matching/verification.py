"""1:1 comparison: a reference face is stored, and probes are compared with it. No picture is stored."""

import time
from dataclasses import dataclass

import numpy as np
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import Principal, recheck_scope
from facepass.core.errors import FacePassError
from facepass.models import Scope, Studio
from galleries.matching import descriptors, probe
from galleries.models import Reference
from recognition import pipeline
from recognition.config import recognition_settings
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.types import DescribedFace, Picture


@dataclass(frozen=True, slots=True)
class Verification:
    """How the probe compares with the reference: by its face that is most similar to it.

    `face`: in pixels of the picture as it was decoded. `scale`: the factor from those to pixels of the uploaded one.
    """

    verified: bool
    cosine: float
    similarity: float
    threshold: float
    face: DescribedFace
    scale: float
    processing_ms: float


def create_reference(studio: Studio, file: File[bytes], *, label: str, by: Principal) -> Reference:
    """Create a reference from the picture's one usable face.

    Raises what `probe.read_picture` raises, 422 unless the picture shows exactly one usable face, and 401 or 403 where
    `by` may no longer create one.
    """
    found = probe.require_single_usable(_describe(probe.read_picture(file)))
    current_model_version()  # may have to load the weights, so not in the transaction
    with transaction.atomic():
        recheck_scope(by, Scope.WRITE, studio_id=studio.pk)
        ModelVersion.objects.prevent_switch()
        return Reference.objects.create(
            studio=studio,
            label=label,
            model_version=current_model_version(),
            descriptor=found.descriptor,
            quality=found.quality.as_json(),
        )


def verify_probe(reference: Reference, file: File[bytes], *, threshold: float | None = None) -> Verification:
    """Compare every face of the picture with the reference, and report the best one.

    `threshold`: a similarity, by default that of the settings. Raises what `probe.read_picture` raises, 422
    `face_not_found`, and 409 `reference_outdated` where another model described the reference: its picture is not kept,
    so it has to be sent again.
    """
    started = time.perf_counter()
    version = current_model_version()
    if reference.model_version_id != version.pk:
        raise FacePassError(
            "reference_outdated", _("Another model described this reference. Send its picture again."), status=409
        )
    width, _height = probe.read_size(file)
    picture = probe.read_picture(file)
    faces = _describe(picture)
    probe.require_any_face(faces)
    cosine, best = max(((_cosine(reference, face), face) for face in faces), key=lambda pair: pair[0])
    required = recognition_settings().confidence_thresholds.verify if threshold is None else threshold
    similarity = version.scores.similarity(cosine)
    return Verification(
        verified=similarity >= required,
        cosine=round(cosine, 4),
        similarity=round(similarity, 4),
        threshold=required,
        face=best,
        scale=width / picture.shape[1],
        processing_ms=round((time.perf_counter() - started) * 1000, 1),
    )


def _describe(picture: Picture) -> list[DescribedFace]:
    """Describe the picture as a selfie: it has a large face, which the mode `fast` may miss."""
    settings = recognition_settings()
    filters = {"quality_filters": settings.selfie_filters, "detection": "balanced"}
    return pipeline.describe_picture(picture, settings=settings.model_copy(update=filters))


def _cosine(reference: Reference, face: DescribedFace) -> float:
    stored = descriptors.as_array(reference.descriptor)  # of half precision, so not quite of unit length
    return float(np.clip(stored @ face.descriptor / max(float(np.linalg.norm(stored)), 1e-12), -1, 1))
