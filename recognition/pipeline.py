"""Pictures in, described faces out: detect > align > quality > embed > protect."""

from collections.abc import Sequence

from recognition import detection
from recognition.config import QualityFilters, RecognitionSettings, recognition_settings
from recognition.engines import registry
from recognition.engines.base import FaceEngine
from recognition.protected_templates import protect
from recognition.quality import assess
from recognition.types import DescribedFace, DetectedFace, FloatArray, Picture


def describe(
    picture: Picture, *, engine: FaceEngine | None = None, settings: RecognitionSettings | None = None
) -> list[DescribedFace]:
    """`describe_many` for one picture."""
    return describe_many([picture], engine=engine, settings=settings)[0]


def describe_many(
    pictures: Sequence[Picture], *, engine: FaceEngine | None = None, settings: RecognitionSettings | None = None
) -> list[list[DescribedFace]]:
    """Every face of each upright RGB picture, largest first, in pixels of that picture.

    Faces that fall short of the quality filters are described too, with their reasons: callers decide what to do.
    Without `settings` those in force are read from the database. Raises FacePassError 503 where the model is missing.
    """
    engine = engine or registry.get_engine()
    settings = settings or recognition_settings()
    pairs = list(zip(pictures, detection.find(engine, pictures, settings.detection), strict=True))
    descriptors = engine.embed_many(pairs)
    return [_described(*pair, found, settings.quality_filters) for pair, found in zip(pairs, descriptors, strict=True)]


def describe_known(
    picture: Picture, faces: Sequence[DetectedFace], *, settings: RecognitionSettings
) -> list[DescribedFace]:
    """Faces that were found before, in pixels of this picture, described by the engine in use, in their order."""
    return _described(picture, faces, registry.get_engine().embed(picture, faces), settings.quality_filters)


def describe_near(
    picture: Picture, *, engine: FaceEngine | None = None, settings: RecognitionSettings | None = None
) -> list[DescribedFace]:
    """As `describe`, for a picture of one large face, judged by the filters of selfies; smaller ones may be missed."""
    engine = engine or registry.get_engine()
    settings = settings or recognition_settings()
    faces = detection.find_near(engine, [picture])[0]
    return _described(picture, faces, engine.embed(picture, faces), settings.selfie_filters)


def _described(
    picture: Picture, faces: Sequence[DetectedFace], raw: FloatArray, filters: QualityFilters
) -> list[DescribedFace]:
    return [
        DescribedFace(face, assess(picture, face, filters), descriptor)
        for face, descriptor in zip(faces, protect(raw), strict=True)
    ]
