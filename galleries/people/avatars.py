"""A person's picture: one of their faces, cut out of its photo for each request. Only its address is stored."""

from collections.abc import Sequence
from io import BytesIO
from typing import BinaryIO, cast
from uuid import UUID

from django.core.files.storage import default_storage
from django.urls import Resolver404, resolve
from PIL import Image

from galleries.models import Person, PhotoFace
from galleries.models.face import BEST_FIRST
from galleries.photos import media_files
from galleries.photos.rotation.shown_files import prepare_file

SIDE = 256
# The side of the square that is cut out, as a multiple of the box's longer side.
MARGIN = 1.5
QUALITY = 85


def find_best_face(person: Person) -> PhotoFace | None:
    """Return the person's shown face of the highest quality, verified ones first."""
    faces = PhotoFace.objects.shown().filter(person=person)
    return faces.select_related("photo").order_by("-verified", *BEST_FIRST).first()


def chosen_face_id(person: Person) -> UUID | None:
    """Return the id of the face that somebody chose as the picture; None for none, or a picture from elsewhere."""
    try:
        found = resolve(person.avatar_url)
    except Resolver404:
        return None
    return found.kwargs["pk"] if found.url_name == "face-file" else None


def load_avatars(people: Sequence[Person]) -> dict[UUID, PhotoFace]:
    """Return the face that is each person's picture: the chosen one, else the best one, confirmed ones first.

    Who has no face that is shown is left out. Five queries at most.
    """
    faces = PhotoFace.objects.shown().filter(person__in=people).defer("insightface_descriptor", "landmarks")
    chosen = [face_id for person in people if (face_id := chosen_face_id(person))]
    found = {face.person_id: face for face in faces.filter(pk__in=chosen)}
    for is_verified in (True, False):
        if lacking := [person.pk for person in people if person.pk not in found]:
            best = faces.filter(verified=is_verified).best_of_each("person", lacking, 1)
            found |= {face.person_id: face for face in best}
    return cast(dict[UUID, PhotoFace], found)


def set_avatar(person: Person, face: PhotoFace) -> None:
    """Make the face the person's picture."""
    person.avatar_url = media_files.face_path(face)
    person.save(update_fields=["avatar_url"])


def crop_face(face: PhotoFace) -> bytes:
    """Return a square JPEG of the face, SIDE pixels wide. Raises FileNotFoundError where the photo has no preview."""
    with (
        default_storage.open(prepare_file(face.photo, "preview")) as file,
        Image.open(cast(BinaryIO, file)) as picture,
    ):
        scale = picture.width / face.photo.width
        box = face.as_box.scaled(scale)
        half = max(box.width, box.height) * MARGIN / 2
        x, y = box.x + box.width / 2, box.y + box.height / 2
        square = (round(x - half), round(y - half), round(x + half), round(y + half))
        crop = picture.convert("RGB").crop(square).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    written = BytesIO()
    crop.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()
