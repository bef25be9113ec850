"""Whom the faces show that no person decided about, by a version of templates: all faces at once, nothing is written.

A face keeps what it has where it is verified or rejected, where a standing decision of a person is about it, and where
its group has its name: the next grouping would give that name again.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import F, Q

from galleries.matching import descriptors
from galleries.matching.identification import FACES_PER_PERSON
from galleries.models import FaceDecision, PersonTemplate, PhotoFace, TemplateSet
from galleries.models.face import PhotoFaceQuerySet
from galleries.models.gallery import Limit
from recognition.calibration import Calibration
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.types import Descriptors
from training.learning.scoring import BLOCK, Compare, Progress, with_calibration
from training.learning.templates import EnrolledPeople, part_starts

# A face's best candidate and its similarity; nobody, 0.0 where nobody can be named.
Candidate = tuple[UUID | None, float]
# A photo, and somebody who is in it.
PersonInPhoto = tuple[UUID, UUID]


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


@dataclass(frozen=True, slots=True)
class UndecidedFaces:
    """Faces and whom they may show. `rows`: face, photo, present person. `candidates`: the best one of each face.

    `kept`: who is in a photo whatever happens to these faces.
    """

    rows: Sequence[tuple[UUID, UUID, UUID | None]]
    candidates: Sequence[Candidate]
    kept: frozenset[PersonInPhoto]

    @property
    def present_names(self) -> list[UUID | None]:
        return [person for _face, _photo, person in self.rows]

    def names_from(self, threshold: float) -> list[UUID | None]:
        """Return the name that each face gets from this similarity on.

        Of several faces of a photo with the same candidate the most similar one gets the name.
        """
        names: list[UUID | None] = [None] * len(self.rows)
        taken = set(self.kept)
        for i in sorted(range(len(self.rows)), key=lambda i: -self.candidates[i][1]):
            person, similarity = self.candidates[i]
            photo = self.rows[i][1]
            if person is not None and similarity >= threshold and (photo, person) not in taken:
                names[i] = person
                taken.add((photo, person))
        return names


def find_candidates(
    studio_id: UUID, naming: NamingVersion | None, *, progress: Progress | None = None
) -> UndecidedFaces:
    """Return the studio's undecided faces with their candidates. `naming`: None where the nearest faces decide."""
    version = current_model_version()
    rows, probes = descriptors.read(undecided_faces(studio_id).order_by("pk"), "pk", "photo_id", "person_id")
    people, compare = _build_comparison(studio_id, naming, version) if rows else ([], None)
    candidates: list[Candidate] = [(None, 0.0)] * len(rows)
    if compare is not None and people:
        candidates = list(_find_best(probes, people, compare, progress))
    return UndecidedFaces(rows, candidates, _find_kept_names(studio_id, frozenset(pk for pk, *_others in rows)))


def undecided_faces(studio_id: UUID) -> PhotoFaceQuerySet:
    """Return faces of events whose name, or whose lack of one, neither a person nor a group's name has decided."""
    faces = PhotoFace.objects.searchable(current_model_version()).event_faces().outside(Limit.ENDED)
    faces = faces.filter(gallery__studio=studio_id)
    decided = FaceDecision.objects.filter(studio=studio_id).standing()
    has_no_name_of_a_group = (
        Q(cluster=None) | Q(cluster__person=None) | Q(person=None) | ~Q(cluster__person=F("person"))
    )
    return faces.filter(has_no_name_of_a_group, verified=False).exclude(pk__in=decided.changed_face_ids())


def _find_kept_names(studio_id: UUID, undecided: frozenset[UUID]) -> frozenset[PersonInPhoto]:
    """Return who is named in which photo by another face than these: nobody is in a photo twice."""
    named = PhotoFace.objects.filter(gallery__studio=studio_id, person__isnull=False).order_by()
    rows = named.values_list("pk", "photo_id", "person_id").iterator()
    return frozenset((photo, person) for pk, photo, person in rows if pk not in undecided)


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


def _find_best(
    probes: Descriptors, people: Sequence[UUID], compare: Compare, progress: Progress | None
) -> Iterator[Candidate]:
    for start in range(0, len(probes), BLOCK):
        scores = compare(probes[start : start + BLOCK])
        best = scores.argmax(axis=1)
        yield from ((people[j], float(scores[i, j])) for i, j in enumerate(best.tolist()))
        if progress is not None:
            progress(min(start + BLOCK, len(probes)))
