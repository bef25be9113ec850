"""Wake-up calls to the workers, by way of django-q2's queue.

A call says only that there may be something to do; the rows of photos and jobs say what. So a call that is lost or
delivered twice does no harm. The functions that a worker then runs are in `galleries.tasks`, which is named here and
not imported: verbs call workers, and the tasks call verbs.
"""

from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from facepass.models import Host


def wake_workers(gallery_id: UUID, *, photos: int) -> None:
    """Queue a call for each worker that could be of use. A worker that finds nothing to do returns at once."""
    for _call in range(min(count_workers(), photos)):
        async_task("galleries.tasks.analyse_gallery", str(gallery_id), group=str(gallery_id))


def count_workers() -> int:
    """Return how many workers all hosts have together; at least one, since one may be on its way."""
    elsewhere = Host.objects.live().exclude(name=settings.HOST_NAME).aggregate(models.Sum("workers"))
    return max(1, settings.WORKERS + (elsewhere["workers__sum"] or 0))


def wake_worker_for_job(job_id: UUID) -> None:
    """Queue one turn of the job."""
    async_task("galleries.tasks.run_job", str(job_id), group="jobs")


def has_waiting_calls() -> bool:
    """Return whether calls wait that no worker has taken yet."""
    return bool(OrmQ.objects.filter(lock__lte=timezone.now()).exists())
