"""The probe: the one usable face of a picture that somebody searches with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import hypot
from typing import BinaryIO, cast

from django.conf import settings as django_settings
from django.core.files import File
from django.utils.translation import gettext as _

from facepass.core import virus_scan
from facepass.core.errors import FacePassError
from galleries.matching.quality_advice import advise
from recognition import detection, pipeline
from recognition.config import RecognitionSettings, recognition_settings
from recognition.pictures import decoding
from recognition.quality import list_description_obstacles
from recognition.types import DescribedFace, DetectionMode, Picture

# A face is the picture's subject if it is twice as prominent as the next; otherwise the picture shows several.
SUBJECT_RATIO = 2.0
# Most probes are shown large, so this longest side in pixels is enough for them.
PROBE_SIDE = 800
# A face of fewer pixels shows more of itself in a larger picture: the recogniser's crop has as many.
WELL_SHOWN = 112


@dataclass(frozen=True, slots=True)
class Probe:
    """A picture as it was sent, read as large as its faces need.

    `faces`: in pixels of `picture`. `scale`: the factor from those to pixels of the upright picture as it was sent.
    """

    picture: Picture
    faces: list[DescribedFace]
    scale: float

    @property
    def faces_as_sent(self) -> list[DescribedFace]:
        """Return the faces in pixels of the upright picture as it was sent."""
        return [face.scaled(self.scale) for face in self.faces]


def read_subject(
    file: File[bytes], *, settings: RecognitionSettings | None = None, mode: DetectionMode | None = None
) -> Probe:
    """Return the picture with one face, that of its subject. Without `settings` those in force are read.

    `mode`: as `_read_with_faces` takes it. Raises as `read_picture` and `describe_subject` do.
    """
    settings = settings or recognition_settings()
    as_selfie = {"detection": mode or "balanced", "quality_filters": settings.selfie_filters}
    closely = settings.model_copy(update=as_selfie)
    read = _read_with_faces(
        file, partial(pipeline.describe_close_up, settings=settings), _is_subject_shown, closely=closely, mode=mode
    )
    return replace(read, faces=[_require_describable(_require_subject(read.faces, read.picture))])


def read_faces(file: File[bytes], *, settings: RecognitionSettings, mode: DetectionMode | None = None) -> Probe:
    """Return the picture with all its faces, largest first, judged by the quality filters of `settings`.

    `mode`: as `_read_with_faces` takes it. Raises as `read_picture` does.
    """
    return _read_with_faces(
        file, partial(pipeline.describe_picture, settings=settings), _are_all_shown, closely=settings, mode=mode
    )


def _read_with_faces(
    file: File[bytes],
    describe: Callable[[Picture], list[DescribedFace]],
    is_shown: Callable[[list[DescribedFace], Picture], bool],
    *,
    closely: RecognitionSettings,
    mode: DetectionMode | None,
) -> Probe:
    """Describe the picture reduced; where that does not show its faces well, as large as photos are analysed.

    `mode`: what a request asks for, whatever the reduced picture shows: `fast` never looks closer, `thorough` always.
    """
    width, height = read_size(file)
    picture = read_picture(file)
    faces = describe(picture)
    looks_closer = mode == "thorough" or (mode != "fast" and not is_shown(faces, picture))
    if looks_closer and max(width, height) > PROBE_SIDE:
        picture = decoding.decode_picture(open_upload(file), longest_side=detection.ANALYSIS_SIDE)
        faces = pipeline.describe_picture(picture, settings=closely)
    return Probe(picture, faces, scale=width / picture.shape[1])


def _is_subject_shown(faces: list[DescribedFace], picture: Picture) -> bool:
    most = max(faces, key=lambda found: _prominence(found, picture), default=None)
    return most is not None and most.quality.size >= WELL_SHOWN


def _are_all_shown(faces: list[DescribedFace], picture: Picture) -> bool:
    return bool(faces) and all(face.quality.size >= WELL_SHOWN for face in faces)


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
    """Return the uploaded bytes, from their beginning.

    Raises FacePassError 413 `image_too_large`, and as `virus_scan.require_clean`.
    """
    if file.size > django_settings.MAX_UPLOAD_BYTES:
        limit = django_settings.MAX_UPLOAD_BYTES // 1_000_000
        raise FacePassError(
            "image_too_large", _("The file is larger than %(limit)d MB.") % {"limit": limit}, status=413
        )
    stream = cast(BinaryIO, file.open("rb"))
    virus_scan.require_clean(stream)
    stream.seek(0)
    return stream


def describe_subject(picture: Picture, *, settings: RecognitionSettings | None = None) -> DescribedFace:
    """Return the face of the picture's subject, in pixels of `picture`. Without `settings` those in force are read.

    A face that falls short of the selfie filters is returned with its reasons: who searches is advised, not refused.
    Raises FacePassError 422 `face_not_found`, `multiple_faces` (no face is prominent) or `low_quality`, with what keeps
    the face from being described.
    """
    return _require_describable(describe_most_prominent(picture, settings=settings))


def _require_describable(found: DescribedFace) -> DescribedFace:
    if reasons := list_description_obstacles(found):
        raise _unusable(reasons)
    return found


def describe_most_prominent(picture: Picture, *, settings: RecognitionSettings | None = None) -> DescribedFace:
    """Return the face of the picture's subject as `describe_subject` does, however poor it is."""
    return _require_subject(pipeline.describe_close_up(picture, settings=settings), picture)


def _require_subject(faces: list[DescribedFace], picture: Picture) -> DescribedFace:
    require_any_face(faces)
    first, *others = sorted(faces, key=lambda found: -_prominence(found, picture))
    if others and _prominence(first, picture) < SUBJECT_RATIO * _prominence(others[0], picture):
        raise _several(faces)
    return first.as_only_one()


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
    only = (usable or faces)[0].as_only_one()
    if only.quality.reasons:
        raise _unusable(only.quality.reasons)
    return only


def require_uncovered(found: DescribedFace) -> None:
    """Raise FacePassError 422 `low_quality` for a face with dark glasses or a mask."""
    if found.quality.coverings:
        raise _unusable(found.quality.coverings)


def require_any_face(faces: Sequence[DescribedFace]) -> None:
    """Raise FacePassError 422 `face_not_found` where there is none."""
    if not faces:
        raise FacePassError("face_not_found", _("No face was found in the picture."), status=422)


def _several(faces: Sequence[DescribedFace]) -> FacePassError:
    boxes = [found.face.box.as_json() for found in faces]
    return FacePassError("multiple_faces", _("The picture shows several faces."), status=422, details={"faces": boxes})


def _unusable(reasons: Sequence[str]) -> FacePassError:
    message = " ".join([_("The face cannot be used."), *advise(reasons)])
    return FacePassError("low_quality", message, status=422, details={"reasons": list(reasons)})
