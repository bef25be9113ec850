"""Staff enter that somebody asked to be left out, of an event or of all that the studio has; and take it back.

It does what a selfie of a guest does (`opt_out`), for faces that staff know: a person's, or those of a face's group.
"""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db import transaction

from facepass.models import User
from galleries.faces.privacy import opt_out, receipts, trashed
from galleries.jobs import queue
from galleries.matching import descriptors
from galleries.models import (
    ErasedFace,
    Gallery,
    GalleryImage,
    LeftOutPerson,
    LeftOutRequest,
    Occasion,
    Person,
    PhotoFace,
)
from galleries.models.face import PhotoFaceQuerySet
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.types import FloatArray

RECEIPT = "left_out"


@dataclass(frozen=True, slots=True)
class Reach:
    """Where somebody may be left out: an event, a gallery, or all that a studio has; and how much that is there."""

    within: Occasion
    faces: int
    photos: int


def list_reaches(whom: Person | PhotoFace) -> list[Reach]:
    """Return where they can be left out: first of all, then each event in which they are, the newest first.

    A face without a name is known in its own event alone.
    """
    if isinstance(whom, PhotoFace) and whom.person is not None:
        return list_reaches(whom.person)
    if isinstance(whom, PhotoFace):
        return [_count(whom, Occasion.for_gallery(whom.photo.gallery))]
    shown = find_faces(whom, within=Occasion(whom.studio_id)).order_by().values("gallery")
    galleries = Gallery.objects.filter(pk__in=shown).order_by("-created_at")
    occasions = dict.fromkeys([Occasion(whom.studio_id), *map(Occasion.for_gallery, galleries)])
    return [_count(whom, within) for within in occasions]


def find_faces(whom: Person | PhotoFace, *, within: Occasion) -> PhotoFaceQuerySet:
    """Return the faces there that would be deleted: all with the person's name, or the face with its group.

    Pictures by which a person is enrolled are no photos of an event, and stay.
    """
    faces = PhotoFace.objects.filter(gallery__studio=within.studio_id, photo__subject=None)
    faces = faces if within.is_studio_wide else faces.filter(gallery__in=within.galleries)
    if isinstance(whom, Person):
        return faces.filter(person=whom)
    return faces.filter(cluster=whom.cluster_id) if whom.cluster_id else faces.filter(pk=whom.pk)


@transaction.atomic
def leave_out(whom: Person | PhotoFace, *, within: Occasion, later: bool, by: User) -> LeftOutRequest:
    """Delete the faces there, keep their places, write a receipt, and return the request.

    `later`: keep a description as well, to leave the person out of photos that come later. Raise as
    `current_model_version`.
    """
    version = current_model_version()
    ModelVersion.objects.prevent_switch()
    faces = list(find_faces(whom, within=within).select_related("photo__gallery"))
    descriptor = _mean_descriptor(faces, version) if later and not within.gallery_id else None
    request = LeftOutRequest.objects.create(
        **within.fields,
        person=whom if isinstance(whom, Person) else None,
        faces=len(faces),
        photos=len({face.photo_id for face in faces}),
        later=descriptor is not None,
        asked_by=by,
    )
    if descriptor is not None:
        LeftOutPerson.objects.create(
            studio_id=within.studio_id, session_id=within.session_id, model_version=version, descriptor=descriptor,
            request_id=request.pk,
        )  # fmt: skip
    opt_out.erase_requested(faces, request_id=request.pk)
    receipts.write_receipt(RECEIPT, {"galleries.PhotoFace": len(faces)} if faces else {}, of=within, by=by)
    return request


@transaction.atomic
def take_back(request: LeftOutRequest) -> int:
    """Forget the request with the places that were kept for it, have the photos analysed again; return their number.

    Names do not come back. Nothing is left to do where somebody else was quicker.
    """
    if not LeftOutRequest.objects.select_for_update().filter(pk=request.pk).exists():
        return 0
    places = ErasedFace.objects.filter(request_id=request.pk)
    photos = GalleryImage.objects.filter(pk__in=list(places.values_list("photo", flat=True)))
    galleries = list(photos.order_by("gallery").values_list("gallery", flat=True).distinct())
    places.delete()
    trashed.forget_places(request.pk)
    LeftOutPerson.objects.filter(request_id=request.pk).delete()
    LeftOutRequest.objects.filter(pk=request.pk).delete()
    number = photos.requeue()
    for gallery_id in galleries:
        queue.wake_workers(gallery_id, photos=number)
    return number


def _count(whom: Person | PhotoFace, within: Occasion) -> Reach:
    photos = list(find_faces(whom, within=within).values_list("photo", flat=True))
    return Reach(within, len(photos), len(set(photos)))


def _mean_descriptor(faces: list[PhotoFace], version: ModelVersion) -> FloatArray | None:
    """Return the mean of what describes the faces, of unit length; None where nothing does."""
    found = [
        descriptors.as_array(face.insightface_descriptor)
        for face in faces
        if face.insightface_descriptor is not None and face.model_version_id == version.pk
    ]
    if not found:
        return None
    mean = np.mean(np.stack(found), axis=0, dtype=np.float32)
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


def find_of_person(person: Person) -> list[LeftOutRequest]:
    """Return what was entered for the person, the latest first."""
    return list(LeftOutRequest.objects.filter(person=person).order_by("-asked_at"))


def studio_of(whom: Person | PhotoFace) -> UUID:
    """Return whose they are. A face is read with its gallery."""
    return whom.studio_id if isinstance(whom, Person) else whom.photo.gallery.studio_id
