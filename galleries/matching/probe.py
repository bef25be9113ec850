"""The probe: the one usable face of a picture that somebody searches with."""

from collections.abc import Sequence
from math import hypot
from typing import BinaryIO, cast

from django.conf import settings as django_settings
from django.core.files import File
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition import pipeline
from recognition.config import RecognitionSettings
from recognition.pictures import decoding
from recognition.quality import list_description_obstacles
from recognition.types import DescribedFace, Picture

# A face is the picture's subject if it is twice as prominent as the next; otherwise the picture shows several.
SUBJECT_RATIO = 2.0
# A probe is shown large, so half the analysis size of a group photo is enough.
PROBE_SIDE = 800


def read_picture(file: File[bytes]) -> Picture:
    """Return the upright picture (RGB), at most PROBE_SIDE pixels on its longest side.

    Raises FacePassError 413 `image_too_large`, and as `recognition.pictures.decoding.decode_picture` does.
    """
    return decoding.decode_picture(open_upload(file), longest_side=PROBE_SIDE)


def read_size(file: File[bytes]) -> tuple[int, int]:
    """Return width and height of the upright picture as it was sent. Raises as `read_picture` does."""
    info = decoding.inspect_picture(open_upload(file))
    return info.width, info.height


def open_upload(file: File[bytes]) -> BinaryIO:
    """Return the uploaded bytes, from their beginning. Raises FacePassError 413 `image_too_large`."""
    if file.size > django_settings.MAX_UPLOAD_BYTES:
        limit = django_settings.MAX_UPLOAD_BYTES // 1_000_000
        raise FacePassError(
            "image_too_large", _("The file is larger than %(limit)d MB.") % {"limit": limit}, status=413
        )
    stream = cast(BinaryIO, file.open("rb"))
    stream.seek(0)
    return stream


def describe_subject(picture: Picture, *, settings: RecognitionSettings | None = None) -> DescribedFace:
    """Return the face of the picture's subject, in pixels of `picture`. Without `settings` those in force are read.

    A face that falls short of the selfie filters is returned with its reasons: who searches is advised, not refused.
    Raises FacePassError 422 `face_not_found`, `multiple_faces` (no face is prominent) or `low_quality`, with what keeps
    the face from being described.
    """
    found = describe_most_prominent(picture, settings=settings)
    if reasons := list_description_obstacles(found):
        raise _unusable(reasons)
    return found


def describe_most_prominent(picture: Picture, *, settings: RecognitionSettings | None = None) -> DescribedFace:
    """Return the face of the picture's subject as `describe_subject` does, however poor it is."""
    faces = pipeline.describe_close_up(picture, settings=settings)
    require_any_face(faces)
    first, *others = sorted(faces, key=lambda found: -_prominence(found, picture))
    if others and _prominence(first, picture) < SUBJECT_RATIO * _prominence(others[0], picture):
        raise _several(faces)
    return first


def _prominence(found: DescribedFace, picture: Picture) -> float:
    """Return the face's area in square pixels, less towards the corners: a selfie has its subject in the middle."""
    height, width = picture.shape[:2]
    box = found.face.box
    across, down = box.x + (box.width - width) / 2, box.y + (box.height - height) / 2
    return box.area * max(0.0, 1 - 2 * hypot(across, down) / hypot(width, height))


def require_single_usable(faces: Sequence[DescribedFace]) -> DescribedFace:
    """Return the one usable face of a picture that enrols somebody. Beside another usable one, none is the subject.

    Raises FacePassError 422 `face_not_found`, `multiple_faces` or `low_quality`, as `describe_subject` does.
    """
    require_any_face(faces)
    usable = [found for found in faces if not found.quality.reasons]
    if len(usable) > 1:
        raise _several(usable)
    if not usable:
        raise _unusable(faces[0].quality.reasons)
    return usable[0]


def require_any_face(faces: Sequence[DescribedFace]) -> None:
    """Raise FacePassError 422 `face_not_found` where there is none."""
    if not faces:
        raise FacePassError("face_not_found", _("No face was found in the picture."), status=422)


def _several(faces: Sequence[DescribedFace]) -> FacePassError:
    boxes = [found.face.box.as_json() for found in faces]
    return FacePassError("multiple_faces", _("The picture shows several faces."), status=422, details={"faces": boxes})


def _unusable(reasons: Sequence[str]) -> FacePassError:
    details = {"reasons": list(reasons)}
    return FacePassError("low_quality", _("The face cannot be used."), status=422, details=details)
