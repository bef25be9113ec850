"""1:1 comparison: a reference face is stored, and probes are compared with it. No picture is stored."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import Principal, recheck_scope
from facepass.core.errors import FacePassError
from facepass.models import Scope, Studio
from galleries.matching import descriptors, likeness, probe
from galleries.models import Person, Reference
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.settings.overrides import settings_in
from recognition.types import DescribedFace, DetectionMode


@dataclass(frozen=True, slots=True)
class Verification:
    """How the probe compares with the reference: by its face that is most similar to it.

    `face`: in pixels of the uploaded picture, upright.
    """

    verified: bool
    cosine: float
    similarity: float
    threshold: float
    face: DescribedFace
    processing_ms: float


def create_reference(
    studio: Studio, file: File[bytes], *, label: str, by: Principal, mode: DetectionMode | None = None
) -> Reference:
    """Create a reference from the picture's one usable face.

    `mode`: of detection, within the bounds of the settings. Raises what `probe.read_picture` raises, 422 unless the
    picture shows exactly one usable face, and 401 or 403 where `by` may no longer create one.
    """
    found = probe.require_single_usable(_read_faces(file, studio_id=studio.pk, mode=mode))
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


def verify_probe(
    reference: Reference, file: File[bytes], *, threshold: float | None = None, mode: DetectionMode | None = None
) -> Verification:
    """Compare every face of the picture with the reference, and report the best one.

    `threshold`: a similarity, by default that of the settings. `mode`: as `create_reference` takes it. Raises what
    `probe.read_picture` raises, 422 `face_not_found`, and 409 `reference_outdated` where another model described the
    reference: its picture is not kept, so it has to be sent again.
    """
    started = time.perf_counter()
    version = current_model_version()
    if reference.model_version_id != version.pk:
        raise FacePassError(
            "reference_outdated", _("Another model described this reference. Send its picture again."), status=409
        )
    faces = _read_faces(file, studio_id=reference.studio_id, mode=mode)
    probe.require_any_face(faces)
    cosines = [_cosine(reference, face) for face in faces]
    return _judge(cosines, faces, studio_id=reference.studio_id, threshold=threshold, started=started)


def verify_person(
    person: Person, file: File[bytes], *, threshold: float | None = None, mode: DetectionMode | None = None
) -> Verification:
    """Compare every face of the picture with the person's confirmed faces, and report the one that is most like them.

    Raises what `verify_probe` does, and 409 `not_described` where no face of theirs is confirmed and described by the
    model in use.
    """
    started = time.perf_counter()
    faces = _read_faces(file, studio_id=person.studio_id, mode=mode)
    probe.require_any_face(faces)
    cosines = likeness.measure_cosines_to(person.pk, np.stack([face.descriptor for face in faces]))
    if cosines is None:
        message = _("No face of this person is confirmed and described by the model in use.")
        raise FacePassError("not_described", message, status=409)
    return _judge(cosines, faces, studio_id=person.studio_id, threshold=threshold, started=started)


def compare_pictures(
    file: File[bytes],
    other: File[bytes],
    *,
    studio: Studio,
    threshold: float | None = None,
    mode: DetectionMode | None = None,
) -> tuple[Verification, DescribedFace]:
    """Compare two pictures by the pair of their faces that is most alike, and return the other picture's face with it.

    Raises what `verify_probe` does, of either picture.
    """
    started = time.perf_counter()
    one, two = (_read_faces(each, studio_id=studio.pk, mode=mode) for each in (file, other))
    for faces in (one, two):
        probe.require_any_face(faces)
    cosines = np.stack([face.descriptor for face in one]) @ np.stack([face.descriptor for face in two]).T
    verdict = _judge(list(cosines.max(axis=1)), one, studio_id=studio.pk, threshold=threshold, started=started)
    return verdict, two[int(cosines[one.index(verdict.face)].argmax())]


def _judge(
    cosines: Sequence[float], faces: list[DescribedFace], *, studio_id: UUID, threshold: float | None, started: float
) -> Verification:
    """Return what the best of the faces says. `cosines`: of each face; `started`: on the clock of performance."""
    best = int(np.argmax(cosines))
    cosine = float(np.clip(cosines[best], -1, 1))
    required = settings_in(studio_id).confidence_thresholds.verify if threshold is None else threshold
    similarity = current_model_version().scores.similarity(cosine)
    return Verification(
        verified=similarity >= required,
        cosine=round(cosine, 4),
        similarity=round(similarity, 4),
        threshold=required,
        face=faces[best],
        processing_ms=round((time.perf_counter() - started) * 1000, 1),
    )


def _read_faces(file: File[bytes], *, studio_id: UUID, mode: DetectionMode | None) -> list[DescribedFace]:
    """Read the picture as a selfie: it has a large face, which the mode `fast` may miss."""
    settings = settings_in(studio_id, detection=mode)
    filters = {"quality_filters": settings.selfie_filters, "detection": mode or "balanced"}
    return probe.read_faces(file, settings=settings.model_copy(update=filters), mode=mode).faces_as_sent


def _cosine(reference: Reference, face: DescribedFace) -> float:
    stored = descriptors.as_array(reference.descriptor)  # of half precision, so not quite of unit length
    return float(np.clip(stored @ face.descriptor / max(float(np.linalg.norm(stored)), 1e-12), -1, 1))
