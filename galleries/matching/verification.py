"""1:1: a reference face is kept, and a probe is compared with it. Neither picture is."""

import time
from dataclasses import dataclass

import numpy as np
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import Principal, recheck_scope
from facepass.core.errors import FacePassError
from facepass.models import Scope, Studio
from galleries.matching import probe
from galleries.models import Reference
from recognition import pipeline
from recognition.config import recognition_settings
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.types import DescribedFace, Picture


@dataclass(frozen=True, slots=True)
class Verification:
    """The probe's face that is most like the reference, in pixels of the uploaded picture."""

    verified: bool
    cosine: float
    similarity: float
    threshold: float
    face: DescribedFace
    scale: float
    """From the picture that was looked at to the uploaded one."""
    processing_ms: float


def create_reference(studio: Studio, file: File[bytes], *, label: str, by: Principal) -> Reference:
    """Create a reference from the picture's one usable face.

    Raises what `probe.read_picture` raises, 422 unless the picture shows exactly one usable face, and 401 or 403 where
    `by` may no longer create one.
    """
    found = probe.require_single_usable(_described(probe.read_picture(file)))
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
    """Every face of the picture is compared, and the best one reported.

    Raises what `probe.read_picture` raises, 422 `face_not_found`, and 409 `reference_outdated` where another model
    described the reference: its picture is not kept, so it has to be sent again.
    """
    started = time.perf_counter()
    version = current_model_version()
    if reference.model_version_id != version.pk:
        raise FacePassError(
            "reference_outdated", _("Another model described this reference. Send its picture again."), status=409
        )
    sent = probe.read_size(file)
    picture = probe.read_picture(file)
    faces = _described(picture)
    probe.require_any_face(faces)
    cosine, best = max(((_cosine(reference, face), face) for face in faces), key=lambda pair: pair[0])
    least = recognition_settings().confidence_thresholds.verify if threshold is None else threshold
    similarity = version.scores.similarity(cosine)
    return Verification(
        verified=similarity >= least,
        cosine=round(cosine, 4),
        similarity=round(similarity, 4),
        threshold=least,
        face=best,
        scale=sent[0] / picture.shape[1],
        processing_ms=round((time.perf_counter() - started) * 1000, 1),
    )


def _described(picture: Picture) -> list[DescribedFace]:
    """As a selfie is: a large face, which `fast` may miss and for which `thorough` need not look."""
    settings = recognition_settings()
    filters = {"quality_filters": settings.selfie_filters, "detection": "balanced"}
    return pipeline.describe_picture(picture, settings=settings.model_copy(update=filters))


def _cosine(reference: Reference, face: DescribedFace) -> float:
    kept = np.asarray(reference.descriptor, np.float32)
    return float(np.clip(kept @ face.descriptor / max(float(np.linalg.norm(kept)), 1e-12), -1, 1))
