"""Which names another version, or another threshold, would give: listed first, applied only when somebody asks.

Only names that were given, or not given, automatically are compared. A face that is verified or rejected, or that a
standing decision of a person is about, keeps what it has.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict
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
from recognition.types import Descriptors
from training import versions
from training.learning.scoring import BLOCK, Compare, Progress, with_calibration
from training.learning.templates import EnrolledPeople, part_starts
from training.models import FaceTrainingSession, TrainingAct

# How many changes are listed and can be applied; a training that would change more says how many.
MAX_LISTED, ROWS_AT_ONCE = 5_000, 500

# A face's best candidate and its similarity; nobody, 0.0 where nobody can be named.
Candidate = tuple[UUID | None, float]


class NameChangeJson(TypedDict):
    """`NameChange` in `PreviewJson`."""

    face: str
    photo: str
    was: str | None
    becomes: str | None
    similarity: float


@dataclass(frozen=True, slots=True)
class NameChange:
    """`was` and `becomes`: ids of people, None for nobody. `similarity`: of the best candidate."""

    face: str
    photo: str
    was: str | None
    becomes: str | None
    similarity: float

    def as_json(self) -> NameChangeJson:
        return {
            "face": self.face,
            "photo": self.photo,
            "was": self.was,
            "becomes": self.becomes,
            "similarity": self.similarity,
        }


class PreviewJson(TypedDict):
    """`face_training_sessions.changes`: a preview, and how many of its changes were applied."""

    assignments: int
    count: int
    threshold: float
    listed: list[NameChangeJson]
    applied: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`assignments`: how many faces were compared; `count`: how many of them would change; `listed`: the first ones."""

    assignments: int
    count: int
    threshold: float
    listed: list[NameChange]

    def as_json(self) -> PreviewJson:
        return {
            "assignments": self.assignments,
            "count": self.count,
            "threshold": self.threshold,
            "listed": [change.as_json() for change in self.listed],
            "applied": 0,
        }


@dataclass(frozen=True, slots=True)
class NamingVersion:
    """The templates (k, 512) of people, and the calibration of comparisons with them."""

    templates: dict[UUID, Descriptors]
    scores: Calibration

    @classmethod
    def from_template_set(cls, template_set: TemplateSet) -> "NamingVersion":
        rows = PersonTemplate.objects.filter(template_set=template_set).values_list("person_id", "descriptor")
        by_person: dict[UUID, list[Descriptors]] = defaultdict(list)
        for person, descriptor in rows.iterator():
            by_person[person].append(descriptors.as_array(descriptor))
        return cls({person: np.stack(stack) for person, stack in by_person.items()}, template_set.scores)

    @classmethod
    def from_learnt(cls, enrolled: EnrolledPeople, scores: Calibration) -> "NamingVersion":
        by_person = np.split(enrolled.templates, enrolled.template_starts[1:])
        return cls(dict(zip(enrolled.people, by_person, strict=True)), scores)


def find_version_in_use(studio_id: UUID) -> NamingVersion | None:
    """Return what names the studio's faces now; None where the nearest faces decide."""
    template_set = TemplateSet.objects.in_use(current_model_version()).filter(studio=studio_id).first()
    return NamingVersion.from_template_set(template_set) if template_set else None


def preview_changes(
    studio_id: UUID,
    naming: NamingVersion | None,
    *,
    threshold: float | None = None,
    progress: Progress | None = None,
) -> Preview:
    """Return what would change if `naming` named every face that no person has decided about.

    `naming`: None where the nearest faces alone decide. `threshold`: a similarity, by default that of `assign`.
    """
    least = recognition_settings().confidence_thresholds.assign if threshold is None else threshold
    version = current_model_version()
    undecided = _undecided_faces(studio_id, version).order_by("pk")
    rows, probes = descriptors.read(undecided, "pk", "photo_id", "person_id")
    changes: list[NameChange] = []
    if rows:
        people, compare = _build_comparison(studio_id, naming, version)
        candidates = list(_find_candidates(probes, people, compare, progress)) if people else [(None, 0.0)] * len(rows)
        changes = list(_find_changes(rows, candidates, least, taken=_verified_people_by_photo(studio_id)))
    return Preview(len(rows), len(changes), least, changes[:MAX_LISTED])


def _undecided_faces(studio_id: UUID, version: ModelVersion) -> PhotoFaceQuerySet:
    """Return faces of events whose name, or whose lack of one, no person has decided."""
    faces = PhotoFace.objects.searchable(version).event_faces().filter(gallery__studio=studio_id)
    decided = FaceDecision.objects.filter(studio=studio_id).standing()
    return faces.filter(verified=False).exclude(pk__in=decided.changed_face_ids())


def _build_comparison(
    studio_id: UUID, naming: NamingVersion | None, version: ModelVersion
) -> tuple[list[UUID], Compare]:
    """Return everybody who can be named, and their comparison as `identification` would do it, for all at once.

    A person without a verified face cannot be named.
    """
    verified = PhotoFace.objects.searchable(version).filter(person__studio=studio_id, verified=True)
    rows, faces = descriptors.read(verified.order_by("person_id", "pk"), "person_id")
    owners = [person for (person,) in rows]
    templates = naming.templates if naming else {}
    has_templates = np.array([person in templates for person in owners], bool)
    learnt = _enroll([p for p in owners if p in templates], faces[has_templates], templates)
    others = _enroll([p for p in owners if p not in templates], faces[~has_templates], {})
    parts: list[Compare] = []
    if learnt.people and naming is not None:
        parts.append(with_calibration(learnt.combined_cosines, naming.scores))
    if others.people:
        parts.append(
            with_calibration(lambda probes: others.nearest_face_cosines(probes, count=FACES_PER_PERSON), version.scores)
        )
    return [*learnt.people, *others.people], lambda probes: np.concatenate([part(probes) for part in parts], axis=1)


def _enroll(owners: Sequence[UUID], faces: Descriptors, templates: dict[UUID, Descriptors]) -> EnrolledPeople:
    """Return the people of these faces. `owners`: the person of each face, those of one person together.

    `templates` is empty, or has those of every owner.
    """
    people = list(dict.fromkeys(owners))
    face_starts = np.array([i for i, person in enumerate(owners) if i == 0 or owners[i - 1] != person], np.int64)
    own_templates = [templates[person] for person in people] if templates else []
    stacked = np.concatenate(own_templates) if own_templates else np.zeros((0, faces.shape[1]), np.float32)
    return EnrolledPeople(people, faces, face_starts, stacked, part_starts(own_templates))


def _find_candidates(
    probes: Descriptors, people: Sequence[UUID], compare: Compare, progress: Progress | None
) -> Iterator[Candidate]:
    for start in range(0, len(probes), BLOCK):
        scores = compare(probes[start : start + BLOCK])
        best = scores.argmax(axis=1)
        yield from ((people[j], float(scores[i, j])) for i, j in enumerate(best.tolist()))
        if progress is not None:
            progress(min(start + BLOCK, len(probes)))


def _verified_people_by_photo(studio_id: UUID) -> set[tuple[UUID, UUID]]:
    """Return (photo, person) of all verified faces: nobody is in a photo twice."""
    verified = PhotoFace.objects.filter(gallery__studio=studio_id, verified=True, person__isnull=False)
    return set(verified.order_by().values_list("photo_id", "person_id").iterator())


def _find_changes(
    rows: Sequence[tuple[UUID, UUID, UUID | None]],
    candidates: Sequence[Candidate],
    least: float,
    *,
    taken: set[tuple[UUID, UUID]],
) -> Iterator[NameChange]:
    """Yield the faces that would get another name. `rows`: face, photo, present person. `taken`: (photo, person).

    Of several faces of a photo with the same candidate the most similar one gets the name.
    """
    becomes: list[UUID | None] = [None] * len(rows)
    for i in sorted(range(len(rows)), key=lambda i: -candidates[i][1]):
        person, similarity = candidates[i]
        if person is not None and similarity >= least and (rows[i][1], person) not in taken:
            becomes[i] = person
            taken.add((rows[i][1], person))
    for (face, photo, was), person, (_best, similarity) in zip(rows, becomes, candidates, strict=True):
        if was != person:
            yield NameChange(str(face), str(photo), _id_text(was), _id_text(person), round(similarity, 4))


@transaction.atomic
def apply_changes(training: FaceTrainingSession, *, by: str) -> int:
    """Change the listed names and return how many were changed.

    Faces that have changed since, or that a person decided about, are left as they are. Raise FacePassError 409
    `not_active` where the training's version is not in use.
    """
    training = FaceTrainingSession.objects.select_for_update().get(pk=training.pk)
    if not training.is_active:
        raise versions.not_active_error()
    listed = [NameChange(**change) for change in training.changes.get("listed", [])]
    batches = (listed[start : start + ROWS_AT_ONCE] for start in range(0, len(listed), ROWS_AT_ONCE))
    applied = sum(_apply_batch(training, batch) for batch in batches)
    training.changes = {**training.changes, "applied": training.changes.get("applied", 0) + applied}
    training.save(update_fields=["changes"])
    training.record_act(TrainingAct.Kind.APPLIED, by=by)
    return applied


def _apply_batch(training: FaceTrainingSession, listed: Sequence[NameChange]) -> int:
    changes = {change.face: change for change in listed}
    undecided = _undecided_faces(training.studio_id, current_model_version()).filter(pk__in=changes)
    people = Person.objects.filter(studio=training.studio_id)
    person_ids = {str(pk) for pk in people.values_list("pk", flat=True).iterator()}
    locked = undecided.select_for_update(of=("self",))
    faces = [face for face in locked if _still_applies(changes[str(face.pk)], face, person_ids)]
    for face in faces:
        change = changes[str(face.pk)]
        face.person_id = UUID(change.becomes) if change.becomes else None
        face.recognition_confidence = change.similarity if change.becomes else None
        face.face_category = FaceCategory.KNOWN if change.becomes else FaceCategory.UNKNOWN
    PhotoFace.objects.bulk_update(faces, ["person", "recognition_confidence", "face_category"])
    return len(faces)


def _still_applies(change: NameChange, face: PhotoFace, person_ids: set[str]) -> bool:
    """Return whether the face still has the name that was listed, and the new person still exists."""
    return _id_text(face.person_id) == change.was and (change.becomes is None or change.becomes in person_ids)


def _id_text(pk: UUID | None) -> str | None:
    return None if pk is None else str(pk)
