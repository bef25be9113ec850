"""The end of an event's faces: first of what describes them, then of the faces themselves. Photos stay.

What lies in the trash ends too (`trashed.py`). Nothing here asks whether the time has come.
"""

import json
import re
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from facepass.core.trash.registry import Counts
from galleries.faces.privacy import trashed
from galleries.models import (
    FaceCluster,
    FaceDecision,
    Gallery,
    GalleryImage,
    LeftOutPerson,
    Person,
    PersonTemplate,
    PhotoDescription,
    PhotoFace,
    SpareFace,
)
from galleries.models.face import WHOLE_PHOTO, PhotoFaceQuerySet

# Faces that are deleted at once, with what points at them.
BATCH = 2000
DESCRIPTIONS = "galleries.PhotoFace.insightface_descriptor"
# What stands for a face of whom only the name is kept: see `marking.mark_person`.
NAME_ONLY = json.dumps({"score": 0.0, "size": 0.0, "reasons": [WHOLE_PHOTO]})
NAME_ONLY_ROWS = Q(quality__reasons__contains=[WHOLE_PHOTO])
PHOTO_OF_AVATAR = re.compile(r"/photos/([0-9a-f-]{36})/faces/")


def has_descriptions(session_id: UUID) -> bool:
    """Return whether anything describes a face of the event: in its tables, or in the trash."""
    described = _faces(session_id).filter(insightface_descriptor__isnull=False)
    left_out = LeftOutPerson.objects.filter(session_id=session_id)
    present = (described, _spares(session_id), left_out)
    return any(rows.exists() for rows in present) or trashed.has_descriptions(session_id)


def has_faces(session_id: UUID) -> bool:
    """Return whether the event has faces, other than the names of people who are in a photo."""
    return _faces(session_id).exclude(NAME_ONLY_ROWS).exists() or trashed.has_faces(session_id)


@transaction.atomic
def end_descriptions(session_id: UUID) -> Counts:
    """Delete what describes the event's faces, in use and beside it; return how much it was.

    Boxes, names and groups stay. So do templates of people, but those that were learnt from a face of the event.
    """
    faces = _faces(session_id)
    learnt = PersonTemplate.objects.filter(person__in=faces.filter(training_used=True).values("person"))
    templates = learnt.delete()[0]
    _spares(session_id).delete()
    LeftOutPerson.objects.filter(session_id=session_id).delete()
    PhotoDescription.objects.filter(photo__gallery__in=_galleries(session_id)).delete()
    faces.filter(training_used=True).update(training_used=False)
    number = faces.filter(insightface_descriptor__isnull=False).update(insightface_descriptor=None)
    number += trashed.clear_descriptions(session_id)
    return _only_some({"galleries.PersonTemplate": templates, DESCRIPTIONS: number})


@transaction.atomic
def end_faces(session_id: UUID) -> Counts:
    """Delete the event's faces with their groups and decisions, and what describes them; return how much it was.

    Who was confirmed in a photo is still said to be in it, without a face.
    """
    counts = end_descriptions(session_id)
    _forget_avatars(session_id)
    _turn_into_names(session_id)
    trashed.turn_into_names(session_id, quality=NAME_ONLY)
    faces = _delete_in_batches(_faces(session_id).exclude(NAME_ONLY_ROWS)) + trashed.delete_faces(session_id)
    FaceDecision.objects.filter(session_id=session_id).delete()
    groups = FaceCluster.objects.filter(session_id=session_id).delete()[1].get("galleries.FaceCluster", 0)
    return _only_some({**counts, "galleries.PhotoFace": faces, "galleries.FaceCluster": groups})


def count_names(session_id: UUID) -> int:
    """Return how often somebody is confirmed in a photo of the event: the names that stay."""
    return int(_faces(session_id).shown().filter(verified=True, person__isnull=False).count())


def _only_some(counts: Counts) -> Counts:
    return {name: number for name, number in counts.items() if number}


def _galleries(session_id: UUID) -> Any:  # a query of ids, for others
    return Gallery.objects.filter(session_id=session_id).order_by().values("pk")


def _faces(session_id: UUID) -> PhotoFaceQuerySet:
    return PhotoFace.objects.filter(gallery__in=_galleries(session_id))


def _spares(session_id: UUID) -> "QuerySet[SpareFace]":
    return SpareFace.objects.filter(photo__gallery__in=_galleries(session_id))


def _turn_into_names(session_id: UUID) -> None:
    """Make of each confirmed face a row that only says who is in the photo, as `marking.mark_person` does."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE photo_faces face SET
                insightface_bbox = jsonb_build_object(
                    'x', 0.0, 'y', 0.0, 'width', photo.width::float, 'height', photo.height::float
                ),
                insightface_confidence = 0, insightface_descriptor = NULL, landmarks = '[]', quality = %s::jsonb,
                cluster_id = NULL, recognition_confidence = NULL, drawn = true, face_category = 'known'
            FROM gallery_images photo JOIN galleries gallery ON gallery.id = photo.gallery_id
            WHERE face.photo_id = photo.id AND gallery.session_id = %s
                AND face.verified AND face.person_id IS NOT NULL AND face.face_category <> 'ignored'
            """,
            [NAME_ONLY, session_id],
        )


def _forget_avatars(session_id: UUID) -> None:
    """Take away pictures of people that were cut out of the event's photos by a face."""
    photos = GalleryImage.objects.filter(gallery__in=_galleries(session_id)).values_list("pk", flat=True)
    shown = Person.objects.filter(studio__in=Gallery.objects.filter(session_id=session_id).values("studio"))
    mine = set(photos)
    for person in shown.filter(avatar_url__contains="/faces/").only("avatar_url"):
        found = PHOTO_OF_AVATAR.search(person.avatar_url)
        if found and UUID(found[1]) in mine:
            Person.objects.filter(pk=person.pk).update(avatar_url="")


def _delete_in_batches(faces: PhotoFaceQuerySet) -> int:
    """Delete the faces with what points at them, and return how many faces it were."""
    deleted = 0
    while keys := list(faces.order_by().values_list("pk", flat=True)[:BATCH]):
        PhotoFace.objects.filter(pk__in=keys).delete()
        deleted += len(keys)
    return deleted
