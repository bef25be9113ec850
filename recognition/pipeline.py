"""Pictures in, described faces out: detect > align > quality > embed > protect."""

from collections.abc import Callable, Sequence

from recognition import detection
from recognition.config import QualityFilters, RecognitionSettings, recognition_settings
from recognition.engines import registry
from recognition.engines.base import FaceEngine
from recognition.liveness.passive import mark_pictures_of_faces
from recognition.protected_templates import protect_descriptors
from recognition.quality import assess_quality
from recognition.types import DescribedFace, Descriptors, DetectedFace, Picture

# Returns those of the faces found in a picture that are to be described.
SelectFaces = Callable[[Picture, Sequence[DetectedFace]], list[DetectedFace]]


def describe_picture(
    picture: Picture,
    *,
    engine: FaceEngine | None = None,
    settings: RecognitionSettings | None = None,
    select: SelectFaces | None = None,
) -> list[DescribedFace]:
    """Return `describe_pictures` for one picture."""
    return describe_pictures([picture], engine=engine, settings=settings, selections=[select])[0]


def describe_pictures(
    pictures: Sequence[Picture],
    *,
    engine: FaceEngine | None = None,
    settings: RecognitionSettings | None = None,
    selections: Sequence[SelectFaces | None] = (),
) -> list[list[DescribedFace]]:
    """Return every face of each upright RGB picture, largest first, in pixels of that picture.

    Faces that fall short of the quality filters are described too, with their reasons: callers decide what to do. Those
    on posters and screens are marked (`recognition.liveness.passive`).
    `selections`: for each picture what says which faces to describe; the others are left out, and nothing is computed
    of them.
    Without `settings` those in force are read from the database. Raise FacePassError 503 as `registry.get_engine` does.
    """
    engine = engine or registry.get_engine()
    settings = settings or recognition_settings()
    detected = detection.detect_faces(engine, pictures, settings.detection)
    if selections:
        detected = [_select(*each) for each in zip(pictures, detected, selections, strict=True)]
    pairs = list(zip(pictures, detected, strict=True))
    descriptors = engine.embed_many(pairs)
    return [
        mark_pictures_of_faces(picture, _build_described_faces(picture, faces, raw, settings.quality_filters))
        for (picture, faces), raw in zip(pairs, descriptors, strict=True)
    ]


def _select(picture: Picture, faces: list[DetectedFace], select: SelectFaces | None) -> list[DetectedFace]:
    return select(picture, faces) if select else faces


def describe_detected(
    picture: Picture, faces: Sequence[DetectedFace], *, settings: RecognitionSettings
) -> list[DescribedFace]:
    """Return faces that were detected before, in pixels of this picture, described by the engine in use, in order.

    Those on posters and screens are marked, as `describe_pictures` does.
    """
    raw = registry.get_engine().embed(picture, faces)
    return mark_pictures_of_faces(picture, _build_described_faces(picture, faces, raw, settings.quality_filters))


def describe_close_up(
    picture: Picture, *, engine: FaceEngine | None = None, settings: RecognitionSettings | None = None
) -> list[DescribedFace]:
    """Return the faces of a picture of one large face, judged by the filters for selfies; smaller ones may be missed.

    Raise as `describe_pictures` does.
    """
    engine = engine or registry.get_engine()
    settings = settings or recognition_settings()
    faces = detection.detect_close_ups(engine, [picture])[0]
    return _build_described_faces(picture, faces, engine.embed(picture, faces), settings.selfie_filters)


def _build_described_faces(
    picture: Picture, faces: Sequence[DetectedFace], raw: Descriptors, filters: QualityFilters
) -> list[DescribedFace]:
    return [
        DescribedFace(face, assess_quality(picture, face, filters), descriptor)
        for face, descriptor in zip(faces, protect_descriptors(raw), strict=True)
    ]
