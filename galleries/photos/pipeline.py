"""Photos decoded and described: while one batch is described, the next is decoded and the last one is written.

The analysis of new photos (indexing.py) and their description by another model version (faces/redescription.py) both
go this way. They differ in where photos come from, in how a photo is decoded, and in what becomes of the result.

Threads decode, one thread runs the networks, and neither asks the database: that is for the caller's own thread, which
takes photos and writes what comes out.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import BinaryIO, Self, cast
from uuid import UUID

from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from facepass.core.work import work_counts
from galleries.models import Gallery, GalleryImage
from galleries.models.gallery import Limit
from galleries.photos.places.undescribed import PlacesLeftOut, load_places
from recognition import detection
from recognition import pipeline as recognition_pipeline
from recognition.config import RecognitionSettings
from recognition.engines.base import FaceEngine
from recognition.pictures.rotation import turn_picture
from recognition.types import DescribedFace, Picture

# Photos that are described together: a network answers for four in little more time than for three.
BATCH = 4
# Batches under way at a time, which bounds the memory: one is described while another is decoded.
AHEAD = 2
# Decoding takes about as long as describing; a second thread takes up the slack of HEIC and slow storage.
DECODERS = 2

DecodePhoto = Callable[[GalleryImage, RecognitionSettings], Picture]
DescribePhotos = Callable[[Sequence[GalleryImage], Sequence[Picture]], list[list[DescribedFace]]]


@dataclass(frozen=True, slots=True)
class PhotoResult:
    """What came out of one photo: its faces, or the error that kept them from being found.

    The faces are in pixels of the decoded picture, which is `width` pixels wide.
    """

    photo: GalleryImage
    faces: list[DescribedFace] = field(default_factory=list)
    width: int = 0
    error: BaseException | None = None

    @property
    def scale(self) -> float:
        """The factor from pixels of the decoded picture to the photo's own."""
        return self.photo.width / self.width


@dataclass(frozen=True, slots=True)
class PhotoRules:
    """What holds for a gallery's photos. `has_faces`: False where faces of the event are no longer described."""

    settings: RecognitionSettings
    has_faces: bool


def is_photos_fault(error: BaseException | None) -> bool:
    """Return whether the photo itself is refused. A missing model or a broken storage is not its fault."""
    return isinstance(error, FacePassError) and error.status < 500


def require_described(photo: GalleryImage) -> None:
    """Raise FacePassError 409 `faces_ended` where faces of the photo's event are no longer described."""
    if photo.gallery.is_limited(Limit.FACELESS):
        message = _("The faces of this event are no longer described: their deadline is over, or it was archived.")
        raise FacePassError("faces_ended", message, status=409)


def decode_photo(photo: GalleryImage, settings: RecognitionSettings) -> Picture:
    """Return the photo, upright and as it was turned, at the size of the analysis.

    Raises FacePassError as `recognition.detection.decode_for_detection`, and 404 `file_missing`.
    """
    try:
        with photo.file.open("rb") as stream:
            picture = detection.decode_for_detection(cast(BinaryIO, stream), settings.detection)
            return turn_picture(picture, photo.rotation)
    except FileNotFoundError as missing:
        message = _("The photo's file is not in the storage.")
        raise FacePassError("file_missing", message, status=404) from missing


def describe_photo(photo: GalleryImage, *, decode: DecodePhoto = decode_photo) -> PhotoResult:
    """Decode and describe one photo in the caller's thread. A FacePassError is in the result, any other is raised."""
    rules = load_rules(photo.gallery_id)
    try:
        picture = decode(photo, rules.settings)
        select = load_places([photo]).get(photo.pk)
        describe = partial(recognition_pipeline.describe_picture, settings=rules.settings, select=select)
        with work_counts.time_stage("networks"):
            faces = describe(picture) if rules.has_faces else []
    except FacePassError as refusal:
        return PhotoResult(photo, error=refusal)
    return PhotoResult(photo, faces, picture.shape[1])


def split_by_rules(photos: Sequence[GalleryImage]) -> list[tuple[list[GalleryImage], PhotoRules]]:
    """Return the photos in their order, in runs for which the same rules hold."""
    rules = {pk: load_rules(pk) for pk in {photo.gallery_id for photo in photos}}
    return [(list(some), held) for held, some in groupby(photos, key=lambda photo: rules[photo.gallery_id])]


def load_rules(gallery_id: UUID) -> PhotoRules:
    """Return what holds for a gallery's photos. One that has just gone has the defaults: nothing is written for it."""
    gallery = Gallery.objects.filter(pk=gallery_id).first()
    if gallery is None:
        return PhotoRules(RecognitionSettings(), has_faces=True)
    return PhotoRules(gallery.load_settings(), has_faces=not gallery.is_limited(Limit.FACELESS))


@dataclass(frozen=True, slots=True)
class _Batch:
    """`faces`: those of the pictures that could be decoded, in their order."""

    photos: list[GalleryImage]
    pictures: list[Future[Picture]]
    describe: DescribePhotos
    faces: Future[list[list[DescribedFace]]]


class PhotoPipeline:
    """Decodes and describes photos in threads, which end with the `with` block.

    `decode` is called in the threads and must not ask the database. `engine`: the one in use, unless another is given.
    `isolate_errors`: where the networks fail for a batch, describe each of its photos by itself, so that only the one
    to blame has the error; otherwise the error is raised, and the photos can be described another time.
    """

    def __init__(
        self, *, decode: DecodePhoto = decode_photo, engine: FaceEngine | None = None, isolate_errors: bool = False
    ) -> None:
        self._decode = decode
        self._engine = engine
        self._isolate_errors = isolate_errors
        self._under_way: deque[_Batch] = deque()
        self._decoders = ThreadPoolExecutor(DECODERS, "decode")
        # One thread: the networks use all cores by themselves.
        self._networks = ThreadPoolExecutor(1, "networks")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._decoders.shutdown(cancel_futures=True)
        self._networks.shutdown(cancel_futures=True)

    def run(self, take: Callable[[], list[GalleryImage]]) -> Iterator[list[PhotoResult]]:
        """Yield the results of each batch, in the order in which they were taken.

        `take` returns the photos of the next batch; none where there are no more for now. It is called again after
        every batch, and what it returned is under way until its results have been dealt with.
        Raises FacePassError where the model is missing; see `photos_under_way`.
        """
        while True:
            while len(self._under_way) < AHEAD and (photos := take()):
                # Settings are read here, because the threads ask no database.
                self._under_way.extend(self._begin(some, rules) for some, rules in split_by_rules(photos))
            if not self._under_way:
                return
            # Under way until the caller comes back for more, so that an error while writing gives all of it back.
            yield self._finish(self._under_way[0])
            self._under_way.popleft()

    def photos_under_way(self) -> list[GalleryImage]:
        """Return the photos whose results have not been dealt with."""
        return [photo for batch in self._under_way for photo in batch.photos]

    def cancel_waiting(self) -> list[GalleryImage]:
        """Take out what the networks have not begun, and return its photos."""
        cancelled = [batch for batch in self._under_way if batch.faces.cancel()]
        for batch in cancelled:
            self._under_way.remove(batch)
        return [photo for batch in cancelled for photo in batch.photos]

    def _begin(self, photos: list[GalleryImage], rules: PhotoRules) -> _Batch:
        pictures = [self._decoders.submit(self._decode, photo, rules.settings) for photo in photos]
        describe: DescribePhotos = _describe_nobody
        if rules.has_faces:
            describe = _Describer(self._engine, rules.settings, load_places(photos))
        return _Batch(photos, pictures, describe, self._networks.submit(_describe_decoded, photos, pictures, describe))

    def _finish(self, batch: _Batch) -> list[PhotoResult]:
        error = batch.faces.exception()
        # A FacePassError is no fault of any of the photos (a model is missing), so trying each alone would not help.
        if error is not None and self._isolate_errors and not isinstance(error, FacePassError):
            return [
                self._describe_alone(photo, picture, batch.describe)
                for photo, picture in zip(batch.photos, batch.pictures, strict=True)
            ]
        described = iter(batch.faces.result())
        return [
            PhotoResult(photo, error=problem)
            if (problem := picture.exception())
            else PhotoResult(photo, next(described), picture.result().shape[1])
            for photo, picture in zip(batch.photos, batch.pictures, strict=True)
        ]

    def _describe_alone(self, photo: GalleryImage, picture: Future[Picture], describe: DescribePhotos) -> PhotoResult:
        if problem := picture.exception():
            return PhotoResult(photo, error=problem)
        faces = self._networks.submit(describe, [photo], [picture.result()])
        error = faces.exception()
        if isinstance(error, FacePassError):
            raise error
        if error is not None:
            return PhotoResult(photo, error=error)
        return PhotoResult(photo, faces.result()[0], picture.result().shape[1])


@dataclass(frozen=True, slots=True)
class _Describer:
    """Describes pictures, but no face of whom somebody asked that it be left out of that photo."""

    engine: FaceEngine | None
    settings: RecognitionSettings
    places: Mapping[UUID, PlacesLeftOut]

    def __call__(self, photos: Sequence[GalleryImage], pictures: Sequence[Picture]) -> list[list[DescribedFace]]:
        selections = [self.places.get(photo.pk) for photo in photos]
        return recognition_pipeline.describe_pictures(
            pictures, engine=self.engine, settings=self.settings, selections=selections
        )


def _describe_nobody(photos: Sequence[GalleryImage], _pictures: Sequence[Picture]) -> list[list[DescribedFace]]:
    return [[] for _photo in photos]


def _describe_decoded(
    photos: Sequence[GalleryImage], pictures: Sequence[Future[Picture]], describe: DescribePhotos
) -> list[list[DescribedFace]]:
    pairs = zip(photos, pictures, strict=True)
    decoded = [(photo, picture.result()) for photo, picture in pairs if picture.exception() is None]
    with work_counts.time_stage("networks", number=len(decoded)):
        return describe([photo for photo, _picture in decoded], [picture for _photo, picture in decoded])
