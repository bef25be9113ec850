"""Many photos through one worker: while one batch is described, the next is decoded and the last one is written.

Threads decode and make thumbnails, one thread runs the networks, and the caller's own thread is the only one that
talks to the database. At most AHEAD batches are under way, which bounds the memory. What a photo goes through, and
what is written when, is told in analysis.py.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import DataError, IntegrityError

from facepass import heartbeat
from facepass.errors import FacePassError
from galleries import analysis, progress
from galleries.models import GalleryImage
from galleries.models.photo import GalleryImageQuerySet
from recognition import pipeline
from recognition.config import RecognitionSettings, recognition_settings
from recognition.types import DescribedFace, Picture

log = logging.getLogger(__name__)

BATCH = 4
AHEAD = 2
# Decoding takes about as long as describing; a second thread takes up the slack of HEIC and slow storage.
DECODERS = 2
PUBLISH_EVERY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class _Batch:
    """`faces` are those of the pictures that could be decoded, in their order."""

    photos: list[GalleryImage]
    pictures: list[Future[Picture]]
    faces: Future[list[list[DescribedFace]]]


class Line:
    """The stages, at work until the `with` block ends."""

    def __init__(self, photos: GalleryImageQuerySet) -> None:
        self._photos = photos
        self._under_way: deque[_Batch] = deque()
        self._decoders = ThreadPoolExecutor(DECODERS, "decode")
        self._networks = ThreadPoolExecutor(1, "networks")
        self._published: dict[UUID, float] = {}
        self._done = 0
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._decoders.shutdown(cancel_futures=True)
        self._networks.shutdown(cancel_futures=True)

    def run(self, more: Callable[[], bool]) -> int:
        """Analyses photos until there are none or `more()` is false; how many were dealt with.

        An error of one photo stops none of the others. One that is no refusal leaves its photo claimed, to be tried
        again, and is raised at the end; a missing model puts back everything under way and is raised at once.
        """
        try:
            while self._step(more):
                if heartbeat.stopping():
                    self._release_waiting()
        except FacePassError:
            for photo in (photo for batch in self._under_way for photo in batch.photos):
                analysis.put_back(photo)
            raise
        for gallery_id in self._published:
            progress.publish(gallery_id)
        if self._error is not None:
            raise self._error
        return self._done

    def _step(self, more: Callable[[], bool]) -> bool:
        """One batch further; False at the end. A photo that was tried before has the worker to itself."""
        while len(self._under_way) < AHEAD and more() and (photos := self._photos.claim_fresh(self._share())):
            self._under_way.append(self._begun(photos))
        if self._under_way:
            self._finish(self._under_way[0])
            self._under_way.popleft()
        elif more() and (photo := self._photos.claim_next()):
            self._alone(photo)
        else:
            return False
        return True

    def _share(self) -> int:
        """How many to take at once; fewer towards the end, so that every worker has some of the last ones."""
        waiting = self._photos.claimable().filter(attempts=0).count()
        return max(1, min(BATCH, waiting // (AHEAD * settings.WORKERS)))

    def _begun(self, photos: list[GalleryImage]) -> _Batch:
        rules = recognition_settings()
        pictures = [self._decoders.submit(analysis.prepare, photo, rules) for photo in photos]
        return _Batch(photos, pictures, self._networks.submit(_described, pictures, rules))

    def _finish(self, batch: _Batch) -> None:
        error = batch.faces.exception()
        if isinstance(error, FacePassError):
            raise error
        if error is not None:
            # One of them is to blame, and shows it when each is tried by itself.
            for photo in batch.photos:
                self._alone(photo)
            return
        described = iter(batch.faces.result())
        for photo, picture in zip(batch.photos, batch.pictures, strict=True):
            refusal = picture.exception()
            if refusal is None:
                self._record(photo, next(described), width=picture.result().shape[1])
            elif isinstance(refusal, FacePassError):
                analysis.refuse(photo, refusal)
            else:
                self._note(photo, refusal)
            self._count(photo)

    def _record(self, photo: GalleryImage, faces: list[DescribedFace], *, width: int) -> None:
        try:
            analysis.record(photo, faces, width=width)
        except (DataError, IntegrityError) as error:
            self._note(photo, error)

    def _alone(self, photo: GalleryImage) -> None:
        try:
            analysis.analyse(photo)
        except FacePassError:
            raise
        except Exception as error:
            log.exception("photo %s was not analysed", photo.pk)
            self._error = self._error or error
        self._done += 1

    def _note(self, photo: GalleryImage, error: BaseException) -> None:
        log.error("photo %s was not analysed", photo.pk, exc_info=error)
        self._error = self._error or error

    def _count(self, photo: GalleryImage) -> None:
        self._done += 1
        now = time.monotonic()
        if now - self._published.get(photo.gallery_id, -PUBLISH_EVERY_SECONDS) >= PUBLISH_EVERY_SECONDS:
            self._published[photo.gallery_id] = now
            progress.publish(photo.gallery_id)

    def _release_waiting(self) -> None:
        """The worker is to stop: what its networks have not begun goes back."""
        for batch in list(self._under_way):
            if batch.faces.cancel():
                self._under_way.remove(batch)
                for photo in batch.photos:
                    analysis.release(photo)


def _described(pictures: Sequence[Future[Picture]], settings: RecognitionSettings) -> list[list[DescribedFace]]:
    decoded = [picture.result() for picture in pictures if picture.exception() is None]
    return pipeline.describe_many(decoded, settings=settings)
