"""Erasing a face: it is deleted with everything that describes it, and no later analysis brings it back."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from facepass.core.trash import erased_subjects
from galleries.models import ErasedFace, GalleryImage, Person, PhotoFace, SpareFace
from galleries.photos import media_files, same_faces
from recognition.types import Box


@transaction.atomic
def erase_face(face: PhotoFace, *, requested: bool = False, request_id: UUID | None = None) -> None:
    """Delete the face with its descriptors of every model version, and remember its place, so that it stays away.

    An enrolment picture exists for its face only, and is deleted with it. Decisions that named the face stay, and say
    that it is gone. `requested`: by whoever it shows; then nobody draws a face there again. `request_id`: of the
    request that staff entered for them.
    """
    photo = GalleryImage.objects.select_for_update().filter(pk=face.photo_id).first()
    if photo is None:
        return
    if photo.subject_id is not None:
        photo.delete()
        return
    # The place is stored before the face goes, in one transaction, so no analysis can bring it back in between.
    ErasedFace.objects.create(photo=photo, box=face.box, requested=requested, request_id=request_id)
    _delete_spares(photo, face.as_box)
    Person.objects.filter(studio=photo.gallery.studio_id, avatar_url=media_files.face_path(face)).update(avatar_url="")
    PhotoFace.objects.filter(pk=face.pk).delete()
    erased_subjects.record(PhotoFace._meta.label, [str(face.pk)])


def erase_faces_again(keys: Sequence[str]) -> int:
    """Erase faces that were erased before, and came back with a back-up; return how many there were."""
    faces = list(PhotoFace.objects.select_related("photo__gallery").filter(pk__in=keys))
    erase_faces(faces)
    return len(faces)


@transaction.atomic
def erase_faces(faces: Iterable[PhotoFace]) -> None:
    """Erase all of the faces, or none."""
    for face in faces:
        erase_face(face)


def require_not_left_out(photo: GalleryImage, box: Box) -> None:
    """Raise FacePassError 409 `left_out` where whoever the place shows asked that no face be described there."""
    asked = [face.as_box for face in photo.erased_faces.filter(requested=True)]
    if same_faces.match_faces([box], [], erased=asked).erased:
        raise FacePassError("left_out", _("Somebody asked that no face be described here."), status=409)


def lift_erasure(photo: GalleryImage, box: Box) -> None:
    """Forget that a face was erased at that place, because somebody draws one there: the later decision counts.

    To be called with the photo locked. Raises as `require_not_left_out`.
    """
    require_not_left_out(photo, box)
    erased = list(photo.erased_faces.all())
    lifted = same_faces.match_faces([face.as_box for face in erased], [], erased=[box]).erased
    ErasedFace.objects.filter(pk__in=[erased[index].pk for index in lifted]).delete()


def _delete_spares(photo: GalleryImage, box: Box) -> None:
    """Delete what other versions saw at that place and has no face; spares that have one are deleted with it."""
    loose = list(SpareFace.objects.filter(photo=photo, face=None).only("insightface_bbox"))
    at_place = same_faces.match_faces([spare.as_box for spare in loose], [], erased=[box]).erased
    SpareFace.objects.filter(pk__in=[loose[index].pk for index in at_place]).delete()
