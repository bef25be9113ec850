"""The switch: one transaction that puts another version's descriptions in use. Switching back is the same exchange.

a face that both versions see         keeps its row; the descriptions are exchanged
one that only the new version sees    a new row
one that only the old version saw     steps aside, unless something is bound to it (`PhotoFace.objects.bound`):
                                      then it stays, with its old description, which no search compares
one that was erased                   stays away
"""

from collections import defaultdict
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from galleries.models import ErasedFace, Gallery, PhotoDescription, PhotoFace, SpareFace
from galleries.models.description import photos_to_describe
from galleries.models.face import DESCRIPTION_COLUMNS
from galleries.photos import same_faces
from recognition.models import ModelVersion

ROWS_AT_ONCE = 500


def switch_version(version: ModelVersion) -> bool:
    """Put that version's descriptions in use, in one transaction; return False where photos still wait for theirs.

    Whoever writes faces waits for it. An exclusive lock: see `ModelVersion.objects.lock_for_switch`.
    """
    with transaction.atomic():
        ModelVersion.objects.lock_for_switch()
        if photos_to_describe(version).exists():
            return False
        former = ModelVersion.objects.active()
        seen = PhotoDescription.objects.valid_for(version)
        if former is not None and former != version:
            _note_former(seen, former)
        # From here on the order matters: spares are matched to faces before the two are exchanged, and faces are set
        # aside before new ones come in.
        _match_loose_spares(version)
        _exchange(version)
        _set_aside(_only_old(version))
        _bring_in(version)
        ModelVersion.objects.activate(version)
    return True


def _note_former(seen: "QuerySet[PhotoDescription]", former: ModelVersion) -> None:
    """Record that the former version has seen these photos too, unless yet another one described them."""
    others = PhotoFace.objects.not_described_by(former).filter(photo=OuterRef("photo"))
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


def _match_loose_spares(version: ModelVersion) -> None:
    """Match spares without a face once more: since they were described, faces may have been drawn there, or erased."""
    loose: dict[UUID, list[SpareFace]] = defaultdict(list)
    for spare in SpareFace.objects.filter(model_version=version, face=None).only("photo", "insightface_bbox"):
        loose[spare.photo_id].append(spare)
    photos = list(loose)
    for start in range(0, len(photos), ROWS_AT_ONCE):
        _match_in_photos({photo: loose[photo] for photo in photos[start : start + ROWS_AT_ONCE]}, version)


def _match_in_photos(loose: dict[UUID, list[SpareFace]], version: ModelVersion) -> None:
    """Bind a spare to the face that is there now, or delete it where the face was erased."""
    has_spare = Exists(SpareFace.objects.filter(face=OuterRef("pk"), model_version=version))
    faces, erased = defaultdict(list), defaultdict(list)
    for face in PhotoFace.objects.filter(~has_spare, photo__in=loose).only("photo", "insightface_bbox", "quality"):
        if not face.is_of_whole_photo:
            faces[face.photo_id].append(face)
    for erased_face in ErasedFace.objects.filter(photo__in=loose):
        erased[erased_face.photo_id].append(erased_face.as_box)
    known, erased_ids = [], []
    for photo, spares in loose.items():
        boxes = [face.as_box for face in faces[photo]]
        found = same_faces.match_faces([spare.as_box for spare in spares], boxes, erased=erased[photo])
        for index, face_index in found.known.items():
            spares[index].face = faces[photo][face_index]
            known.append(spares[index])
        erased_ids += [spares[index].pk for index in found.erased]
    SpareFace.objects.bulk_update(known, ["face"], batch_size=ROWS_AT_ONCE)
    SpareFace.objects.filter(pk__in=erased_ids).delete()


def _exchange(version: ModelVersion) -> None:
    """Exchange the columns of spares and their faces. Both updates of the one statement see the rows as before it."""
    SpareFace.objects.filter(model_version=F("face__model_version")).delete()  # seen again since, by an analysis
    columns = ", ".join(DESCRIPTION_COLUMNS)
    taken = ", ".join(f"pair.{name}" for name in DESCRIPTION_COLUMNS)
    given = ", ".join(f"spare.{name}" for name in DESCRIPTION_COLUMNS)
    statement = f"""
        WITH pair AS (
            SELECT spare.id AS spare_id, face.id AS face_id, {", ".join(f"face.{name}" for name in DESCRIPTION_COLUMNS)}
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
    """Return faces that the version does not see, and to which nobody and nothing is bound."""
    seen = PhotoDescription.objects.valid_for(version).filter(photo=OuterRef("photo"))
    return PhotoFace.objects.unbound().not_described_by(version).filter(Exists(seen))


def _set_aside(faces: "QuerySet[PhotoFace]") -> None:
    """Make the faces spares, which come back with the switch back."""
    SpareFace.objects.filter(face__in=faces).update(face=None)  # what a third version sees there stays
    SpareFace.objects.bulk_create(
        [
            SpareFace(id=face.pk, photo_id=face.photo_id, **{name: getattr(face, name) for name in DESCRIPTION_COLUMNS})
            for face in faces.iterator(chunk_size=ROWS_AT_ONCE)
        ],
        batch_size=ROWS_AT_ONCE,
    )
    faces.delete()


def _bring_in(version: ModelVersion) -> None:
    """Make faces of what only this version sees, and delete its other spares, whose photos were analysed again since.

    Not in enrolment pictures, which have the one face that they were taken for.
    """
    spares = SpareFace.objects.filter(model_version=version)
    seen = PhotoDescription.objects.valid_for(version).filter(photo=OuterRef("photo"))
    new = spares.filter(Exists(seen), face=None, photo__subject=None).select_related("photo")
    created = PhotoFace.objects.bulk_create(
        [
            PhotoFace(
                id=spare.pk,
                photo_id=spare.photo_id,
                gallery_id=spare.photo.gallery_id,
                **{name: getattr(spare, name) for name in DESCRIPTION_COLUMNS},
            )
            for spare in new.iterator(chunk_size=ROWS_AT_ONCE)
        ],
        batch_size=ROWS_AT_ONCE,
    )
    spares.delete()
    Gallery.objects.filter(pk__in={face.gallery_id for face in created}).mark_for_grouping()
