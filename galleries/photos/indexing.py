"""Many photos through one worker: while one batch is described, the next is decoded and the last one is written.

Who does what at the same time is told in stages.py; what a photo goes through, and what is written when, in
analysis.py.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import DataError, IntegrityError

from facepass.core.errors import FacePassError
from facepass.core.work import heartbeats
from galleries.models import GalleryImage
from galleries.models.photo import GalleryImageQuerySet
from galleries.photos import analysis, progress
from galleries.photos.stages import AHEAD, BATCH, Batch, Stages
from recognition import pipeline
from recognition.config import recognition_settings
from recognition.types import DescribedFace

log = logging.getLogger(__name__)

PUBLISH_EVERY_SECONDS = 0.5


class Line:
    """The stages, at work until the `with` block ends."""

    def __init__(self, photos: GalleryImageQuerySet) -> None:
        self._photos = photos
        self._under_way: deque[Batch] = deque()
        self._stages = Stages()
        self._published: dict[UUID, float] = {}
        self._done = 0
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        self._stages.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._stages.__exit__(*error)

    def run(self, more: Callable[[], bool]) -> int:
        """Analyses photos until there are none or `more()` is false; how many were dealt with.

        An error of one photo stops none of the others. One that is no refusal leaves its photo claimed, to be tried
        again, and is raised at the end; a missing model puts back everything under way and is raised at once.
        """
        try:
            while self._step(more):
                if heartbeats.stopping():
                    self._release_waiting()
        except FacePassError:
            for photo in (photo for batch in self._under_way for photo in batch.photos):
                analysis.put_back(photo)
            raise
        for gallery_id in self._published:
            progress.publish_progress(gallery_id)
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

    def _begun(self, photos: list[GalleryImage]) -> Batch:
        rules = recognition_settings()
        prepare = partial(analysis.prepare, settings=rules)
        return self._stages.begin(photos, prepare=prepare, describe=partial(pipeline.describe_many, settings=rules))

    def _finish(self, batch: Batch) -> None:
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
        except Exception as error:  # a defect: the other photos go on, and `self._error` is raised at the end
            log.exception("photo %s was not analysed", photo.pk)
            self._keep(photo, error)
        self._done += 1

    def _note(self, photo: GalleryImage, error: BaseException) -> None:
        log.error("photo %s was not analysed", photo.pk, exc_info=error)
        self._keep(photo, error)

    def _keep(self, photo: GalleryImage, error: BaseException) -> None:
        """Until `run` raises it; the row says so until an attempt succeeds."""
        GalleryImage.objects.held_by(photo).update(error="internal_error")
        self._error = self._error or error

    def _count(self, photo: GalleryImage) -> None:
        self._done += 1
        now = time.monotonic()
        if now - self._published.get(photo.gallery_id, -PUBLISH_EVERY_SECONDS) >= PUBLISH_EVERY_SECONDS:
            self._published[photo.gallery_id] = now
            progress.publish_progress(photo.gallery_id)

    def _release_waiting(self) -> None:
        """The worker is to stop: what its networks have not begun goes back."""
        for batch in list(self._under_way):
            if batch.faces.cancel():
                self._under_way.remove(batch)
                for photo in batch.photos:
                    analysis.release(photo)
