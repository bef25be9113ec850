"""Faces as the staff pages take and show them."""

from collections.abc import Iterable
from uuid import UUID

from django.http import Http404
from django.utils.safestring import SafeString

from galleries.models import PhotoFace
from galleries.models.face import PhotoFaceQuerySet
from galleries.staff_kit import markup


def select_shown(faces: PhotoFaceQuerySet) -> PhotoFaceQuerySet:
    """Return those that nobody rejected, with what a crop needs and without descriptors, which are large."""
    return faces.shown().select_related("photo").defer("insightface_descriptor", "landmarks")


def load_best_crops(
    faces: PhotoFaceQuerySet, column: str, owners: Iterable[UUID], *, most: int
) -> dict[UUID, list[SafeString]]:
    """Return crops of the best faces of each of the `owners`, whom `column` names, such as `cluster`."""
    crops: dict[UUID, list[SafeString]] = {}
    for face in select_shown(faces).best_of_each(column, owners, most):
        crops.setdefault(getattr(face, f"{column}_id"), []).append(markup.face_crop(face))
    return crops


def find_faces(rows: PhotoFaceQuerySet, ids: Iterable[UUID]) -> list[PhotoFace]:
    """Return these faces with what decisions need of them. Raise Http404 where one of them is not among the rows."""
    wanted = set(ids)
    faces = rows.filter(pk__in=wanted).select_related("gallery", "cluster", "person")
    found = list(faces.defer("insightface_descriptor", "landmarks"))
    if len(found) != len(wanted):
        raise Http404
    return found
