"""What runs in the django-q2 workers. A task is a wake-up call: the rows of photos and jobs say what there is to do.

Queued calls name these functions by their dotted names, also calls from before an update, so the names stay.
"""

import logging
import time
from uuid import UUID

from django.db.models import Count

from facepass.core.work import chores, heartbeats
from facepass.core.work.each_row import for_each_row
from galleries.jobs import gallery_completion, queue, runner
from galleries.models import Gallery, GalleryImage, Job, Occasion
from galleries.photos import giving_up, progress
from galleries.photos.bursts import stacking
from recognition.engines import registry

log = logging.getLogger(__name__)
# After this long a task queues another turn and ends, so that no gallery starves the others.
TURN_SECONDS = 60


def analyse_gallery(gallery_id: str) -> int:
    """Analyse the gallery's photos until none is left or the turn is over; return how many were analysed.

    Where no installed model describes faces as the stored ones were described, photos go on waiting.
    """
    from galleries.photos import indexing  # noqa: PLC0415 - loads the engine's libraries, which only a worker needs

    if not registry.contract_in_use():
        log.warning("gallery %s waits for manage.py generate_descriptors", gallery_id)
        return 0
    until = time.monotonic() + TURN_SECONDS
    photos = GalleryImage.objects.filter(gallery_id=gallery_id)
    done = indexing.index_photos(photos, has_time=lambda: not heartbeats.is_stopping() and time.monotonic() < until)
    group_faces(gallery_id)
    # The turn ended by its time: there may be more photos.
    if time.monotonic() >= until and not heartbeats.is_stopping():
        queue.wake_workers(UUID(gallery_id), photos=1)
    return done


def run_job(job_id: str) -> None:
    """Do one turn of a job."""
    runner.run_turn(UUID(job_id))


def group_faces(gallery_id: str) -> None:
    """Group the faces that are new in the gallery's photo session, and find its bursts.

    At the end of each turn, so that guests who search while photos are still being analysed have groups too.
    """
    from galleries.faces import grouping  # noqa: PLC0415 - as above

    gallery = Gallery.objects.awaiting_grouping().filter(pk=gallery_id).first()
    if gallery and not heartbeats.is_stopping():
        with heartbeats.hold_work_lease("group_faces"):  # minutes, in a large session
            grouping.group_faces(Occasion.for_gallery(gallery))
            stacking.stack_photos(Occasion.for_gallery(gallery))
        gallery_completion.notify_if_done(gallery)
        progress.publish_progress(gallery.pk)


def reconcile() -> None:
    """Find work that nobody does: photos and jobs whose worker died, or whose wake-up call was lost.

    The supervisor queues it every few seconds; that some worker runs it proves that workers are alive.
    """
    heartbeats.record_beat()
    for_each_row(RECONCILING, lambda step: step(), task="reconcile")


def _wake_where_work_waits() -> None:
    """Wake the workers for each gallery, as many as could be of use.

    While calls wait in the queue there is no need: what they leave is seen next time.
    """
    if queue.has_waiting_calls():
        return
    photos = dict(GalleryImage.objects.claimable().order_by().values_list("gallery_id").annotate(Count("pk")))
    to_group = Gallery.objects.awaiting_grouping().order_by().values_list("pk", flat=True)
    for gallery_id in {*photos, *to_group}:
        queue.wake_workers(gallery_id, photos=photos.get(gallery_id, 1))
    runner.wake_waiting_jobs()


RECONCILING = (
    chores.enqueue_due_chores,
    giving_up.give_up_exhausted,
    Job.objects.fail_exhausted,
    _wake_where_work_waits,
)


def is_busy() -> bool:
    """Return whether some worker holds a live lease, and so is alive and at work."""
    photos, jobs = GalleryImage.objects.being_processed(), Job.objects.running()
    return photos.exists() or jobs.exists() or heartbeats.is_any_worker_busy()
