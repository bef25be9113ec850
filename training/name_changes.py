"""Which names another version, or another threshold, would give: listed first, changed only when somebody says so.

Only what a machine decided is looked at. A face that is verified or rejected, or about which a decision of a person
stands, keeps what it has.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction

from galleries.matching import descriptors
from galleries.matching.identification import FACES_PER_PERSON
from galleries.models import FaceDecision, Person, PersonTemplate, PhotoFace, TemplateSet
from galleries.models.face import FaceCategory, PhotoFaceQuerySet
from recognition.calibration import Calibration
from recognition.config import recognition_settings
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.types import FloatArray
from training import versions
from training.learning.scoring import BLOCK, Compare, Progress, calibrated
from training.learning.templates import Enrolled, starts_of
from training.models import FaceTrainingSession, TrainingAct

# So many are listed and can be applied; a run that would change more says how many.
MOST_LISTED, ROWS_AT_ONCE = 5_000, 500


@dataclass(frozen=True, slots=True)
class Change:
    """`was` and `becomes`: ids of people, None for nobody. `similarity`: to the most alike person."""

    face: str
    photo: str
    was: str | None
    becomes: str | None
    similarity: float


@dataclass(frozen=True, slots=True)
class Taught:
    """What is known of people beside their faces; `scores` turns likenesses to it into similarities."""

    templates: dict[UUID, FloatArray]
    scores: Calibration

    @classmethod
    def of_set(cls, templates: TemplateSet) -> "Taught":
        found: dict[UUID, list[FloatArray]] = defaultdict(list)
        rows = PersonTemplate.objects.filter(template_set=templates).values_list("person_id", "descriptor")
        for person, vector in rows.iterator():
            found[person].append(descriptors.as_array(vector))
        return cls({person: np.stack(vectors) for person, vectors in found.items()}, templates.scores)

    @classmethod
    def of(cls, enrolled: Enrolled, scores: Calibration) -> "Taught":
        return cls(
            dict(zip(enrolled.people, np.split(enrolled.templates, enrolled.template_starts[1:]), strict=True)), scores
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """`assignments`: how many faces were looked at; `count`: how many of them would change."""

    assignments: int
    count: int
    threshold: float
    listed: list[Change]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "applied": 0}


def in_use(studio_id: UUID) -> Taught | None:
    templates = TemplateSet.objects.in_use(current_model_version()).filter(studio=studio_id).first()
    return Taught.of_set(templates) if templates else None


def preview(
    studio_id: UUID, taught: Taught | None, *, threshold: float | None = None, progress: Progress | None = None
) -> Preview:
    """What would differ if that named every face that no person has decided about.

    `taught`: None where the nearest faces decide. `threshold`: by default the one of `assign`.
    """
    least = recognition_settings().confidence_thresholds.assign if threshold is None else threshold
    version = current_model_version()
    rows, probes = descriptors.read(_open(studio_id, version).order_by("pk"), "pk", "photo_id", "person_id")
    changes: list[Change] = []
    if rows:
        people, compare = _people(studio_id, taught, version)
        named = list(_named(probes, people, compare, progress)) if people else [(None, 0.0)] * len(rows)
        changes = list(_differences(rows, named, least, taken=_verified_in_photos(studio_id)))
    return Preview(len(rows), len(changes), least, changes[:MOST_LISTED])


@transaction.atomic
def apply(session: FaceTrainingSession, *, by: str) -> int:
    """Changes the listed names; how many were. Faces that changed since, or that a person decided about, are left.

    Raises FacePassError 409 `not_active` where the session's version is not in use.
    """
    session = FaceTrainingSession.objects.select_for_update().get(pk=session.pk)
    if not session.is_active:
        raise versions.not_active()
    listed = [Change(**change) for change in session.changes.get("listed", [])]
    number = sum(_apply(session, listed[start : start + ROWS_AT_ONCE]) for start in range(0, len(listed), ROWS_AT_ONCE))
    session.changes = {**session.changes, "applied": session.changes.get("applied", 0) + number}
    session.save(update_fields=["changes"])
    session.note(TrainingAct.Kind.APPLIED, by=by)
    return number


def _apply(session: FaceTrainingSession, listed: Sequence[Change]) -> int:
    version = current_model_version()
    wanted = {change.face: change for change in listed}
    open_now = _open(session.studio_id, version).filter(pk__in=wanted).select_for_update(of=("self",))
    people = {str(pk) for pk in Person.objects.filter(studio=session.studio_id).values_list("pk", flat=True).iterator()}
    rows = [face for face in open_now if _is_as_listed(face, wanted[str(face.pk)], people)]
    for face in rows:
        change = wanted[str(face.pk)]
        face.person_id = UUID(change.becomes) if change.becomes else None
        face.recognition_confidence = change.similarity if change.becomes else None
        face.face_category = FaceCategory.KNOWN if change.becomes else FaceCategory.UNKNOWN
    PhotoFace.objects.bulk_update(rows, ["person", "recognition_confidence", "face_category"])
    return len(rows)


def _is_as_listed(face: PhotoFace, change: Change, people: set[str]) -> bool:
    return _text(face.person_id) == change.was and (change.becomes is None or change.becomes in people)


def _open(studio_id: UUID, version: ModelVersion) -> PhotoFaceQuerySet:
    """Faces of events whose name, or whose lack of one, is a machine's."""
    faces = PhotoFace.objects.searchable(version).event_faces().filter(gallery__studio=studio_id)
    decided = FaceDecision.objects.filter(studio=studio_id).standing()
    return faces.filter(verified=False).exclude(pk__in=decided.changed_face_ids())


def _people(studio_id: UUID, taught: Taught | None, version: ModelVersion) -> tuple[list[UUID], Compare]:
    """Everybody who can be named, as `galleries.matching.identification` would compare them, all at once. Who has no
    verified face, has no name to give.
    """
    known = PhotoFace.objects.searchable(version).filter(person__studio=studio_id, verified=True)
    rows, faces = descriptors.read(known.order_by("person_id", "pk"), "person_id")
    owners = [person for (person,) in rows]
    templates = taught.templates if taught else {}
    has_some = np.array([person in templates for person in owners], bool)
    learnt = _enrolled([p for p in owners if p in templates], faces[has_some], templates)
    others = _enrolled([p for p in owners if p not in templates], faces[~has_some], {})
    parts: list[Compare] = []
    if learnt.people and taught is not None:
        parts.append(calibrated(learnt.likeness, taught.scores))
    if others.people:
        parts.append(calibrated(lambda probes: others.nearest_faces(probes, count=FACES_PER_PERSON), version.scores))
    return [*learnt.people, *others.people], lambda probes: np.concatenate([part(probes) for part in parts], axis=1)


def _enrolled(owners: Sequence[UUID], faces: FloatArray, templates: dict[UUID, FloatArray]) -> Enrolled:
    """`owners`: of each face, those of one person together."""
    people = list(dict.fromkeys(owners))
    firsts = np.array([i for i, person in enumerate(owners) if i == 0 or owners[i - 1] != person], np.int64)
    vectors = [templates[person] for person in people] if templates else []
    stacked = np.concatenate(vectors) if vectors else np.zeros((0, faces.shape[1]), np.float32)
    return Enrolled(people, faces, firsts, stacked, starts_of(vectors))


def _named(
    probes: FloatArray, people: Sequence[UUID], compare: Compare, progress: Progress | None
) -> Iterator[tuple[UUID | None, float]]:
    for start in range(0, len(probes), BLOCK):
        scores = compare(probes[start : start + BLOCK])
        best = scores.argmax(axis=1)
        yield from ((people[j], float(scores[i, j])) for i, j in enumerate(best.tolist()))
        if progress is not None:
            progress(min(start + BLOCK, len(probes)))


def _verified_in_photos(studio_id: UUID) -> set[tuple[UUID, UUID]]:
    """Who is in which photo for certain: nobody is there twice."""
    sure = PhotoFace.objects.filter(gallery__studio=studio_id, verified=True, person__isnull=False)
    return set(sure.order_by().values_list("photo_id", "person_id").iterator())


def _differences(
    rows: Sequence[tuple[UUID, UUID, UUID | None]],
    named: Sequence[tuple[UUID | None, float]],
    least: float,
    *,
    taken: set[tuple[UUID, UUID]],
) -> Iterator[Change]:
    """The most alike face of a photo gets the name first."""
    becomes: list[UUID | None] = [None] * len(rows)
    for i in sorted(range(len(rows)), key=lambda i: -named[i][1]):
        person, similarity = named[i]
        if person is not None and similarity >= least and (rows[i][1], person) not in taken:
            becomes[i] = person
            taken.add((rows[i][1], person))
    for (face, photo, was), now, (_person, similarity) in zip(rows, becomes, named, strict=True):
        if was != now:
            yield Change(str(face), str(photo), _text(was), _text(now), round(similarity, 4))


def _text(pk: UUID | None) -> str | None:
    return None if pk is None else str(pk)
