"""A face is erased: it goes with everything that describes it, and does not come back."""

from collections.abc import Iterable

from django.db import transaction

from galleries.models import ErasedFace, GalleryImage, Person, PhotoFace, SpareFace
from galleries.photos import media_files, same_faces
from recognition.types import Box


@transaction.atomic
def erase_face(face: PhotoFace) -> None:
    """Delete the face with its descriptors of every model version, and keep it away from later ones.

    An enrolment picture is there for its face only, and goes with it. Decisions that named the face stay, and say that
    it is gone.
    """
    photo = GalleryImage.objects.select_for_update().filter(pk=face.photo_id).first()
    if photo is None:
        return
    if photo.subject_id is not None:
        photo.delete()
        return
    ErasedFace.objects.create(photo=photo, box=face.box)
    _delete_spares(photo, face.as_box)
    Person.objects.filter(studio=photo.gallery.studio_id, avatar_url=media_files.face_path(face)).update(avatar_url="")
    PhotoFace.objects.filter(pk=face.pk).delete()


@transaction.atomic
def erase_faces(faces: Iterable[PhotoFace]) -> None:
    for face in faces:
        erase_face(face)


def lift_erasure(photo: GalleryImage, box: Box) -> None:
    """Somebody draws a face where one was erased: their word is the later one. To be called with the photo locked."""
    erased = list(photo.erased_faces.all())
    again = same_faces.match_faces([gone.as_box for gone in erased], [], erased=[box]).erased
    ErasedFace.objects.filter(pk__in=[erased[index].pk for index in again]).delete()


def _delete_spares(photo: GalleryImage, box: Box) -> None:
    """What other versions saw there and has no row; what has one goes with the row."""
    loose = list(SpareFace.objects.filter(photo=photo, face=None).only("insightface_bbox"))
    there = same_faces.match_faces([spare.as_box for spare in loose], [], erased=[box]).erased
    SpareFace.objects.filter(pk__in=[loose[index].pk for index in there]).delete()
