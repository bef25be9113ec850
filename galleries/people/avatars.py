"""A person's picture: one of their faces, cut out of its photo for each request. Only its address is stored."""

from io import BytesIO
from typing import BinaryIO, cast

from django.core.files.storage import default_storage
from PIL import Image

from galleries.models import Person, PhotoFace
from galleries.models.face import BEST_FIRST
from galleries.photos import media_files

SIDE = 256
# The side of the square that is cut out, as a multiple of the box's longer side.
MARGIN = 1.5
QUALITY = 85


def find_best_face(person: Person) -> PhotoFace | None:
    """Return the person's shown face of the highest quality, verified ones first."""
    faces = PhotoFace.objects.shown().filter(person=person)
    return faces.select_related("photo").order_by("-verified", *BEST_FIRST).first()


def set_avatar(person: Person, face: PhotoFace) -> None:
    """Make the face the person's picture."""
    person.avatar_url = media_files.face_path(face)
    person.save(update_fields=["avatar_url"])


def crop_face(face: PhotoFace) -> bytes:
    """Return a square JPEG of the face, SIDE pixels wide. Raises FileNotFoundError where the photo has no preview."""
    with (
        default_storage.open(media_files.storage_name(face.photo, "preview")) as file,
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
