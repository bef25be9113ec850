"""Photos, what waits, and what workers have counted of their work."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min
from django.utils import timezone
from django_q.models import OrmQ

from facepass.core.work.work_counts import BUCKETS
from facepass.models import WorkCount
from facepass.ops.metrics.families import Sample
from galleries.models import GalleryImage, Job, PhotoFace
from galleries.models.job import JobState
from galleries.models.photo import PhotoState

OPEN_JOBS = (JobState.PENDING, JobState.RUNNING)


def list_photos() -> Iterator[Sample]:
    """Yield photos by state, those that were given up by error, and those that wait by what they wait for."""
    photos = GalleryImage.objects.order_by()
    states = dict.fromkeys(PhotoState.values, 0) | dict(photos.values_list("state").annotate(number=Count("pk")))
    for state, number in states.items():
        yield Sample("facepass_photos", number, {"state": state})
    for code, number in photos.failed().values_list("error").annotate(number=Count("pk")):
        yield Sample("facepass_photos_failed", number, {"code": code})
    waiting = dict(photos.unfinished().values_list("error").annotate(number=Count("pk")))
    for code, number in ({"": 0} | waiting).items():
        yield Sample("facepass_photos_waiting", number, {"reason": code or "turn"})
    oldest = photos.unfinished().aggregate(oldest=Min("created_at"))["oldest"]
    yield Sample("facepass_oldest_waiting_photo_seconds", seconds_since(oldest))
    yield Sample("facepass_faces", PhotoFace.objects.count())


def list_work() -> Iterator[Sample]:
    """Yield what waits to be done, and what workers have done."""
    yield Sample("facepass_queue_depth", OrmQ.objects.count())
    jobs = Job.objects.filter(state__in=OPEN_JOBS).order_by().values_list("state").annotate(number=Count("pk"))
    for state, number in (dict.fromkeys(map(str, OPEN_JOBS), 0) | dict(jobs)).items():
        yield Sample("facepass_jobs", number, {"state": state})
    counts = list(WorkCount.objects.order_by("name", "label"))
    for count in counts:
        if count.name == "analysis":
            yield Sample("facepass_analyses_total", count.number, {"outcome": count.label})
        elif count.name == "analysis_stage":
            yield Sample("facepass_analysis_stage_seconds_total", count.seconds, {"stage": count.label})
            yield Sample("facepass_analysis_stage_photos_total", count.number, {"stage": count.label})
        elif count.name == "webhook_attempt":
            yield Sample("facepass_webhook_attempts_total", count.number, {"outcome": count.label})
    yield from _histogram("facepass_photo_seconds", {c.label: c for c in counts if c.name == "photo_seconds"})


def _histogram(family: str, counts: dict[str, WorkCount]) -> Iterator[Sample]:
    """Yield the buckets, each with those below it, as Prometheus has them."""
    below = 0
    for bound in (*BUCKETS, float("inf")):
        below += counts[str(bound)].number if str(bound) in counts else 0
        label = "+Inf" if bound == float("inf") else str(bound)
        yield Sample(family, below, {"le": label}, "_bucket")
    yield Sample(family, below, {}, "_count")
    yield Sample(family, sum(count.seconds for count in counts.values()), {}, "_sum")


def seconds_since(moment: datetime | None) -> float:
    """Return how long ago that was; 0 for never."""
    return 0.0 if moment is None else max(0.0, (timezone.now() - moment).total_seconds())
