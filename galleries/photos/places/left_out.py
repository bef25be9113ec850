"""New faces of people who asked to be left out of an event: they are not stored, and their place is kept instead."""

from collections.abc import Sequence

import numpy as np
from django.db.models import Q

from galleries.matching import descriptors
from galleries.models import ErasedFace, GalleryImage, LeftOutPerson, PhotoFace
from recognition.models import ModelVersion


def keep_out(photo: GalleryImage, faces: Sequence[PhotoFace]) -> list[PhotoFace]:
    """Return those of the unsaved faces that show nobody who is left out; note the places of the others.

    To be called with the photo locked, in the transaction that writes the faces.
    """
    if not faces or photo.subject_id is not None:  # who is enrolled by a picture wants to be known by it
        return list(faces)
    version = faces[0].model_version
    people = _list_people(photo, version)
    if not people:
        return list(faces)
    known = np.stack([descriptors.as_array(person.descriptor) for person in people])
    cosines = np.stack([descriptors.as_array(face.insightface_descriptor) for face in faces]) @ known.T
    nearest, least = cosines.argmax(axis=1), _least_cosine(photo, version)
    is_left_out = cosines.max(axis=1) >= least
    ErasedFace.objects.bulk_create(
        ErasedFace(photo=photo, box=face.box, requested=True, request_id=people[index].request_id)
        for face, index, left_out in zip(faces, nearest, is_left_out, strict=True)
        if left_out
    )
    return [face for face, left_out in zip(faces, is_left_out, strict=True) if not left_out]


def _list_people(photo: GalleryImage, version: ModelVersion) -> list[LeftOutPerson]:
    """Return who is left out of the photo's event, and of all that its studio has."""
    gallery = photo.gallery
    where = Q(session_id=None) | Q(session_id=gallery.session_id)
    return list(
        LeftOutPerson.objects.filter(where, studio=gallery.studio_id, model_version=version).order_by("asked_at")
    )


def _least_cosine(photo: GalleryImage, version: ModelVersion) -> float:
    """Return the cosine from which a face counts as the person's: that of a selfie which finds a photo."""
    rules = photo.gallery.load_settings().confidence_thresholds
    return float(version.scores.cosine(rules.search))
