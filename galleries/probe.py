"""The probe: the one usable face of a picture that somebody searches with."""

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


def read(file: File[bytes]) -> Picture:
    """The upright picture, at most PROBE_SIDE pixels on its longest side. Raises the refusals of an upload."""
    if file.size > django_settings.MAX_UPLOAD_BYTES:
        limit = django_settings.MAX_UPLOAD_BYTES // 1_000_000
        raise FacePassError("image_too_large", _("The file has more than %(limit)d MB.") % {"limit": limit}, status=413)
    stream = cast(BinaryIO, file.open("rb"))
    pictures.inspect(stream)
    stream.seek(0)
    return pictures.decode(stream, longest_side=PROBE_SIDE)


def subject(picture: Picture) -> DescribedFace:
    """The face of the picture's subject, in pixels of `picture`.

    Raises 422 `face_not_found`, `multiple_faces` (no face stands out) or `low_quality` (with its reasons).
    """
    settings = recognition_settings()
    faces = pipeline.describe_near(picture, settings=settings)
    if not faces:
        raise FacePassError("face_not_found", _("No face was found in the picture."), status=422)
    if len(faces) > 1 and faces[0].face.box.area < SUBJECT_AREA_RATIO * faces[1].face.box.area:
        boxes = [found.face.box.as_json() for found in faces]
        raise FacePassError(
            "multiple_faces", _("The picture shows several faces."), status=422, details={"faces": boxes}
        )
    if reasons := faces[0].quality.reasons:
        raise FacePassError(
            "low_quality", _("The face cannot be used."), status=422, details={"reasons": list(reasons)}
        )
    return faces[0]
