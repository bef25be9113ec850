"""How far a gallery's analysis is."""

from datetime import timedelta
from typing import TypedDict
from uuid import UUID

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from facepass.core.live import progress
from galleries.models import Gallery, GalleryImage, PhotoFace
from galleries.models.photo import PhotoState

# The rate is measured over the photos finished last: long enough to be steady, short enough to follow a change.
RATE_WINDOW = timedelta(seconds=60)


class GalleryProgress(TypedDict):
    total: int
    pending: int
    processing: int
    processed: int
    failed: int
    faces: int
    photos_per_second: float
    eta_seconds: float | None


class ProgressEvent(TypedDict):
    type: str
    gallery_id: str
    progress: GalleryProgress


def load_progress(gallery_id: UUID) -> GalleryProgress:
    """Counts by state (`failed` includes the quarantined), the recent rate, and the time left at that rate."""
    photos = GalleryImage.objects.filter(gallery_id=gallery_id)
    recent = Q(processed_at__gte=timezone.now() - RATE_WINDOW)
    found = photos.aggregate(
        **{state.value: Count("pk", filter=Q(state=state)) for state in PhotoState},
        recent=Count("pk", filter=recent),
        first=Min("processed_at", filter=recent),
        last=Max("processed_at", filter=recent),
    )
    span = (found["last"] - found["first"]).total_seconds() if found["recent"] > 1 else 0.0
    rate = (found["recent"] - 1) / span if span else 0.0
    left = found["pending"] + found["processing"]
    if not left and found["processed"] and Gallery.objects.awaiting_grouping().filter(pk=gallery_id).exists():
        # Guests' searches are right once the faces are grouped; until then the last photo counts as being worked on.
        found["processed"], found["processing"], left = found["processed"] - 1, 1, 1
    return GalleryProgress(
        total=sum(found[state.value] for state in PhotoState),
        pending=found["pending"],
        processing=found["processing"],
        processed=found["processed"],
        failed=found["failed"] + found["quarantined"],
        faces=PhotoFace.objects.filter(gallery_id=gallery_id).count(),
        photos_per_second=round(rate, 2),
        eta_seconds=round(left / rate, 1) if rate else (None if left else 0.0),
    )


def channel_group(gallery_id: UUID | str) -> str:
    return progress.channel_group("gallery", gallery_id)


def publish_progress(gallery_id: UUID) -> None:
    event = ProgressEvent(type="gallery.progress", gallery_id=str(gallery_id), progress=load_progress(gallery_id))
    progress.publish_event(channel_group(gallery_id), event)
