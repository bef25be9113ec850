"""The probe: the one usable face of a picture that somebody searches with."""

from collections.abc import Sequence
from typing import BinaryIO, cast

from django.conf import settings as django_settings
from django.core.files import File
from django.utils.translation import gettext as _

from facepass.errors import FacePassError
from recognition import pictures, pipeline
from recognition.config import recognition_settings
from recognition.types import DescribedFace, Picture

# A face is the picture's subject if it has at least twice the area of the next; otherwise the picture shows several.
SUBJECT_AREA_RATIO = 2.0
# A probe is shown large, so half the analysis size of a group photo is enough.
PROBE_SIDE = 800


def read(file: File[bytes], *, longest_side: int = PROBE_SIDE) -> Picture:
    """The upright picture, at most `longest_side` pixels on its longest side. Raises the refusals of an upload."""
    stream = _checked(file)
    return pictures.decode(stream, longest_side=longest_side)


def size(file: File[bytes]) -> tuple[int, int]:
    """Width and height of the upright picture as it was sent. Raises as `read` does."""
    info = pictures.inspect(_checked(file))
    return info.width, info.height


def _checked(file: File[bytes]) -> BinaryIO:
    if file.size > django_settings.MAX_UPLOAD_BYTES:
        limit = django_settings.MAX_UPLOAD_BYTES // 1_000_000
        raise FacePassError("image_too_large", _("The file has more than %(limit)d MB.") % {"limit": limit}, status=413)
    stream = cast(BinaryIO, file.open("rb"))
    stream.seek(0)
    return stream


def subject(picture: Picture) -> DescribedFace:
    """The face of the picture's subject, in pixels of `picture`.

    Raises 422 `face_not_found`, `multiple_faces` (no face stands out) or `low_quality` (with its reasons).
    """
    found = standing_out(picture)
    if reasons := found.quality.reasons:
        raise _unusable(reasons)
    return found


def standing_out(picture: Picture) -> DescribedFace:
    """The same face, however good it is."""
    settings = recognition_settings()
    # A selfie shows a large face, which `fast` may miss and for which `thorough` need not look.
    stricter = settings.model_copy(update={"quality_filters": settings.selfie_filters, "detection": "balanced"})
    faces = pipeline.describe(picture, settings=stricter)
    require_any(faces)
    if len(faces) > 1 and faces[0].face.box.area < SUBJECT_AREA_RATIO * faces[1].face.box.area:
        raise _several(faces)
    return faces[0]


def only(faces: Sequence[DescribedFace]) -> DescribedFace:
    """The one usable face of a picture that says who somebody is: there, no face that stands out is enough.

    Raises 422 `face_not_found`, `multiple_faces` or `low_quality`, as `subject` does.
    """
    require_any(faces)
    usable = [found for found in faces if not found.quality.reasons]
    if len(usable) > 1:
        raise _several(usable)
    if not usable:
        raise _unusable(faces[0].quality.reasons)
    return usable[0]


def require_any(faces: Sequence[DescribedFace]) -> None:
    if not faces:
        raise FacePassError("face_not_found", _("No face was found in the picture."), status=422)


def _several(faces: Sequence[DescribedFace]) -> FacePassError:
    boxes = [found.face.box.as_json() for found in faces]
    return FacePassError("multiple_faces", _("The picture shows several faces."), status=422, details={"faces": boxes})


def _unusable(reasons: Sequence[str]) -> FacePassError:
    details = {"reasons": list(reasons)}
    return FacePassError("low_quality", _("The face cannot be used."), status=422, details=details)
