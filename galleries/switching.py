"""One transaction that puts another version's descriptions in use. It is its own inverse.

a face that both versions see         keeps its row; the descriptions are exchanged
one that only the new version sees    a new row
one that only the old version saw     steps aside, unless a person, a group or a decision is bound to it:
                                      then it stays, with its old description, which no search compares
"""

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from galleries.models import PhotoDescription, PhotoFace, SpareFace
from galleries.models.description import waiting_for
from galleries.models.face import DESCRIPTION, FaceCategory
from recognition.models import ModelVersion

ROWS_AT_ONCE = 500


def switch(version: ModelVersion) -> bool:
    """Puts that version's descriptions in use, in one transaction; False where photos still wait for theirs."""
    with transaction.atomic():
        ModelVersion.objects.keep_alone()
        if waiting_for(version).exists():
            return False
        former = ModelVersion.objects.active()
        seen = PhotoDescription.objects.filter(model_version=version).valid()
        if former is not None and former != version:
            _note_former(seen, former)
        _exchange(version)
        _set_aside(_only_old(version))
        _bring_in(version)
        ModelVersion.objects.activate(version)
    return True


def _note_former(seen: "QuerySet[PhotoDescription]", former: ModelVersion) -> None:
    """The former version has seen these photos too, unless yet another one described them."""
    others = PhotoFace.objects.filter(photo=OuterRef("photo")).exclude(model_version=former)
    photos = seen.filter(~Exists(others)).values_list("photo_id", "analysed_at")
    PhotoDescription.objects.bulk_create(
        [
            PhotoDescription(photo_id=photo_id, model_version=former, analysed_at=analysed_at)
            for photo_id, analysed_at in photos.iterator(chunk_size=ROWS_AT_ONCE)
        ],
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["photo", "model_version"],
        update_fields=["analysed_at", "error"],
    )


def _exchange(version: ModelVersion) -> None:
    """Both updates of the one statement see the rows as they were before it."""
    SpareFace.objects.filter(model_version=F("face__model_version")).delete()  # seen again since, by an analysis
    columns = ", ".join(DESCRIPTION)
    taken = ", ".join(f"pair.{name}" for name in DESCRIPTION)
    given = ", ".join(f"spare.{name}" for name in DESCRIPTION)
    statement = f"""
        WITH pair AS (
            SELECT spare.id AS spare_id, face.id AS face_id, {", ".join(f"face.{name}" for name in DESCRIPTION)}
            FROM spare_faces spare JOIN photo_faces face ON face.id = spare.face_id {_VALID}
            WHERE spare.model_version_id = %(version)s AND face.model_version_id <> %(version)s
            FOR UPDATE OF face
        ), changed AS (
            UPDATE photo_faces face SET ({columns}) = ROW({given})
            FROM pair JOIN spare_faces spare ON spare.id = pair.spare_id WHERE face.id = pair.face_id
        )
        UPDATE spare_faces spare SET ({columns}) = ROW({taken}) FROM pair WHERE spare.id = pair.spare_id
    """  # noqa: S608 - our own column names
    with connection.cursor() as cursor:
        cursor.execute(statement, {"version": version.pk})


_VALID = """
    JOIN photo_descriptions seen ON seen.photo_id = spare.photo_id AND seen.model_version_id = %(version)s
        AND seen.error = ''
    JOIN gallery_images photo ON photo.id = spare.photo_id AND photo.state = 'processed'
        AND photo.processed_at = seen.analysed_at
"""


def _only_old(version: ModelVersion) -> "QuerySet[PhotoFace]":
    """Faces that the version does not see, and to which nobody and nothing is bound."""
    seen = PhotoDescription.objects.filter(photo=OuterRef("photo"), model_version=version).valid()
    bound = Q(verified=True) | Q(training_used=True) | Q(person__isnull=False) | Q(cluster__isnull=False)
    free = PhotoFace.objects.exclude(bound | ~Q(face_category=FaceCategory.UNKNOWN))
    return free.exclude(model_version=version).filter(Exists(seen))


def _set_aside(faces: "QuerySet[PhotoFace]") -> None:
    SpareFace.objects.filter(face__in=faces).update(face=None)  # what a third version sees there stays
    SpareFace.objects.bulk_create(
        [
            SpareFace(id=face.pk, photo_id=face.photo_id, **{name: getattr(face, name) for name in DESCRIPTION})
            for face in faces.iterator(chunk_size=ROWS_AT_ONCE)
        ],
        batch_size=ROWS_AT_ONCE,
    )
    faces.delete()


def _bring_in(version: ModelVersion) -> None:
    """Faces that only this version sees. Other spares of it belong to photos that were analysed again since.

    An enrolment picture has the one face that it was taken for.
    """
    spares = SpareFace.objects.filter(model_version=version)
    seen = PhotoDescription.objects.filter(photo=OuterRef("photo"), model_version=version).valid()
    new = spares.filter(Exists(seen), face=None, photo__subject=None).select_related("photo")
    PhotoFace.objects.bulk_create(
        [
            PhotoFace(
                id=spare.pk,
                photo_id=spare.photo_id,
                gallery_id=spare.photo.gallery_id,
                **{name: getattr(spare, name) for name in DESCRIPTION},
            )
            for spare in new.iterator(chunk_size=ROWS_AT_ONCE)
        ],
        batch_size=ROWS_AT_ONCE,
    )
    spares.delete()
