"""Many photos analysed by one worker; pipeline.py says what happens at the same time, recording.py what is written."""

import logging
import time
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import DataError, IntegrityError

from facepass.core.errors import FacePassError
from facepass.core.logs.request_ids import on_behalf_of
from facepass.core.work import heartbeats, work_counts
from galleries.models import GalleryImage
from galleries.models.photo import DEFECT, GalleryImageQuerySet
from galleries.photos import analysis, progress
from galleries.photos.pipeline import AHEAD, BATCH, PhotoPipeline, PhotoResult

log = logging.getLogger(__name__)

PUBLISH_EVERY_SECONDS = 0.5


def index_photos(photos: GalleryImageQuerySet, *, has_time: Callable[[], bool]) -> int:
    """Claim and analyse photos until there are none or the time is over; return how many were dealt with.

    An error of one photo stops none of the others. One that is no refusal leaves its photo claimed, to be tried again,
    and is raised at the end; a missing model gives back everything under way and is raised at once.
    """
    return _Indexing(photos, has_time).run()


class _Indexing:
    def __init__(self, photos: GalleryImageQuerySet, has_time: Callable[[], bool]) -> None:
        self._photos = photos
        self._has_time = has_time
        self._published: dict[UUID, float] = {}
        self._done = 0
        self._first_error: BaseException | None = None

    def run(self) -> int:
        with PhotoPipeline(decode=analysis.prepare_photo, isolate_errors=True) as pipeline:
            try:
                self._run_through(pipeline)
            except FacePassError as refusal:
                for photo in pipeline.photos_under_way():
                    photo.return_attempt(refusal.code)
                raise
        # The last events may have been left out by PUBLISH_EVERY_SECONDS.
        for gallery_id in self._published:
            progress.publish_progress(gallery_id)
        if self._first_error is not None:
            raise self._first_error
        return self._done

    def _run_through(self, pipeline: PhotoPipeline) -> None:
        """A photo that was tried before has the worker to itself: it may be what killed the last one."""
        while True:
            for results in pipeline.run(self._claim_fresh):
                for result in results:
                    self._record(result)
                work_counts.write_counts()
                # The worker is to stop soon: what its networks have not begun goes to another one at once.
                if heartbeats.is_stopping():
                    for photo in pipeline.cancel_waiting():
                        photo.release_claim()
            tried_before = self._photos.claim_next() if self._has_time() else None
            if tried_before is None:
                return
            self._analyse_alone(tried_before)

    def _claim_fresh(self) -> list[GalleryImage]:
        return self._photos.claim_fresh(self._share()) if self._has_time() else []

    def _share(self) -> int:
        """Return how many photos to claim at once: fewer towards the end, so that every worker has some of the last."""
        waiting = self._photos.claimable().filter(attempts=0).count()
        return max(1, min(BATCH, waiting // (AHEAD * max(1, settings.WORKERS))))

    def _record(self, result: PhotoResult) -> None:
        try:
            if result.error is not None and not isinstance(result.error, FacePassError):
                self._note_error(result.photo, result.error)
            else:
                analysis.record_result(result)
        except (DataError, IntegrityError) as error:
            self._note_error(result.photo, error)
        self._count(result.photo)

    def _analyse_alone(self, photo: GalleryImage) -> None:
        try:
            analysis.analyse_photo(photo)
        except FacePassError:
            raise
        except Exception as error:  # a defect: the other photos go on, and it is raised at the end
            with on_behalf_of(photo.request_id):
                log.exception("photo %s was not analysed", photo.pk)
            self._keep_error(photo, error)
        self._done += 1

    def _note_error(self, photo: GalleryImage, error: BaseException) -> None:
        with on_behalf_of(photo.request_id):
            log.error("photo %s was not analysed", photo.pk, exc_info=error)
        self._keep_error(photo, error)

    def _keep_error(self, photo: GalleryImage, error: BaseException) -> None:
        """Keep it until `run` raises it; the photo's row says so until an attempt succeeds."""
        GalleryImage.objects.held_by(photo).update(error=DEFECT)
        work_counts.count("analysis", DEFECT)
        self._first_error = self._first_error or error

    def _count(self, photo: GalleryImage) -> None:
        self._done += 1
        now = time.monotonic()
        if now - self._published.get(photo.gallery_id, -PUBLISH_EVERY_SECONDS) >= PUBLISH_EVERY_SECONDS:
            self._published[photo.gallery_id] = now
            progress.publish_progress(photo.gallery_id)
