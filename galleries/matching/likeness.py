"""How like faces are to the people whose names they have, measured as identification measures it.

A face is compared with the nearest of the person's confirmed faces. Where none is confirmed yet, with the other faces
of the name: one that is unlike the rest stands out.
"""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

import numpy as np

from galleries.matching import descriptors
from galleries.matching.identification import FACES_PER_PERSON
from galleries.models import PhotoFace
from galleries.models.face import PhotoFaceQuerySet
from recognition.model_versions import current_model_version
from recognition.types import FloatArray

# Of each person, their best confirmed faces.
CONFIRMED_COMPARED = 40


def measure_likeness(faces: PhotoFaceQuerySet) -> dict[UUID, float]:
    """Return the similarity of each face to the person whose name it has, 0..1, by the face's id.

    Faces that can be compared with nothing are left out: drawn ones that the engine does not see, those of another
    model version, and somebody's only face.
    """
    version = current_model_version()
    rows, stacked = descriptors.read(faces.searchable(version).order_by(), "pk", "person_id")
    places: dict[UUID, list[int]] = defaultdict(list)
    for place, (_pk, person_id) in enumerate(rows):
        places[person_id].append(place)
    confirmed = read_confirmed(places)
    found = {}
    for person_id, theirs in places.items():
        own = stacked[theirs]
        known = confirmed.get(person_id)
        for place, cosine in zip(theirs, _mean_of_nearest(own, known), strict=True):
            if cosine is not None:
                found[rows[place][0]] = round(version.scores.similarity(cosine), 4)
    return found


def measure_likeness_to(person_id: UUID, descriptor: FloatArray) -> float | None:
    """Return the similarity of a face to the person, 0..1; None where no face of theirs is confirmed.

    `descriptor`: protected, float32 (512,), unit length, made by the engine in use.
    """
    known = read_confirmed([person_id]).get(person_id)
    (cosine,) = _mean_of_nearest(descriptor[np.newaxis], known)
    return None if known is None or cosine is None else current_model_version().scores.similarity(cosine)


def measure_cosines_to(person_id: UUID, probes: FloatArray) -> list[float] | None:
    """Return the cosine of each probe to the person; None where no face of theirs is confirmed.

    `probes`: as in `measure_likeness_to`, float32 (n, 512).
    """
    known = read_confirmed([person_id]).get(person_id)
    cosines = _mean_of_nearest(probes, known)
    return None if known is None else [cosine for cosine in cosines if cosine is not None]


def read_confirmed(person_ids: Iterable[UUID]) -> dict[UUID, FloatArray]:
    """Return the descriptors of each person's best confirmed faces, float32 (n, 512); who has none is left out."""
    verified = PhotoFace.objects.filter(verified=True).searchable(current_model_version())
    rows, stacked = descriptors.read(verified.best_of_each("person", person_ids, CONFIRMED_COMPARED), "person_id")
    places: dict[UUID, list[int]] = defaultdict(list)
    for place, (person_id,) in enumerate(rows):
        places[person_id].append(place)
    return {person_id: stacked[theirs] for person_id, theirs in places.items()}


def _mean_of_nearest(faces: FloatArray, known: FloatArray | None) -> list[float | None]:
    """Return for each face the mean cosine to the nearest known ones; without those, to the nearest of the others."""
    cosines = faces @ (faces if known is None else known).T
    if known is None:
        np.fill_diagonal(cosines, -np.inf)
    nearest = np.sort(cosines, axis=1)[:, ::-1][:, :FACES_PER_PERSON]
    return [float(np.mean(row[np.isfinite(row)])) if np.isfinite(row).any() else None for row in nearest]
