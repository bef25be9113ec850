"""How far the analysis of a gallery is, for pages, the API, and whoever watches it live."""

from datetime import timedelta
from typing import TypedDict
from uuid import UUID

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from facepass.core.live import progress
from galleries.models import Gallery, GalleryImage, PhotoFace
from galleries.models.photo import DEFECT, UNFINISHED, PhotoState

# Over what time the rate is measured: long enough to be steady, short enough to follow a change.
RATE_WINDOW = timedelta(seconds=60)


class GalleryProgress(TypedDict):
    """Photos by their state; `failed` includes the quarantined.

    `blocked_by`: the error's code of what unfinished photos wait for, such as `storage_unavailable`; empty where they
    wait for nothing.
    """

    total: int
    pending: int
    processing: int
    processed: int
    failed: int
    faces: int
    photos_per_second: float
    eta_seconds: float | None
    blocked_by: str


class ProgressEvent(TypedDict):
    """`type`: `gallery.progress`."""

    type: str
    gallery_id: str
    progress: GalleryProgress


def load_progress(gallery_id: UUID) -> GalleryProgress:
    """Return the photos by state, the recent rate, and the time left at that rate, None where nothing is known."""
    photos = GalleryImage.objects.filter(gallery_id=gallery_id).order_by()
    recent = Q(processed_at__gte=timezone.now() - RATE_WINDOW)
    counts = photos.aggregate(
        **{state.value: Count("pk", filter=Q(state=state)) for state in PhotoState},
        recent=Count("pk", filter=recent),
        first=Min("processed_at", filter=recent),
        last=Max("processed_at", filter=recent),
        blocked_by=Max("error", filter=UNFINISHED & ~Q(error=DEFECT)),
    )
    span = (counts["last"] - counts["first"]).total_seconds() if counts["recent"] > 1 else 0.0
    rate = (counts["recent"] - 1) / span if span else 0.0
    unfinished = counts["pending"] + counts["processing"]
    if not unfinished and counts["processed"] and Gallery.objects.awaiting_grouping().filter(pk=gallery_id).exists():
        # Guests' searches are right once the faces are grouped; until then the last photo counts as being worked on.
        counts["processed"], counts["processing"], unfinished = counts["processed"] - 1, 1, 1
    return GalleryProgress(
        total=sum(counts[state.value] for state in PhotoState),
        pending=counts["pending"],
        processing=counts["processing"],
        processed=counts["processed"],
        failed=counts["failed"] + counts["quarantined"],
        faces=PhotoFace.objects.filter(gallery_id=gallery_id).count(),
        photos_per_second=round(rate, 2),
        eta_seconds=round(unfinished / rate, 1) if rate else (None if unfinished else 0.0),
        blocked_by=counts["blocked_by"] or "",
    )


def channel_group(gallery_id: UUID | str) -> str:
    """Return the name of the channel group that hears of the gallery."""
    return progress.channel_group("gallery", gallery_id)


def publish_progress(gallery_id: UUID) -> None:
    """Send the gallery's progress to whoever watches it."""
    event = ProgressEvent(type="gallery.progress", gallery_id=str(gallery_id), progress=load_progress(gallery_id))
    progress.publish_event(channel_group(gallery_id), event)
