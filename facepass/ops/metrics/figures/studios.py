"""Of each studio, by its id: photos, files, sessions, and what guests did. Names of studios may be names of people."""

from collections.abc import Iterator

from django.db.models import Count, Sum

from facepass.ops.metrics.families import Sample
from galleries.models import GalleryImage
from sessions_app.models import PhotoSession, SessionDay


def list_studios() -> Iterator[Sample]:
    """Yield what each studio has and what its guests did."""
    photos = GalleryImage.objects.order_by().values_list("gallery__studio", "state")
    stored: dict[str, int] = {}
    for studio, state, number, size in photos.annotate(number=Count("pk"), size=Sum("byte_size")):
        stored[str(studio)] = stored.get(str(studio), 0) + (size or 0)
        yield Sample("facepass_studio_photos", number, {"studio": str(studio), "state": state})
    for studio, size in stored.items():
        yield Sample("facepass_studio_storage_bytes", size, {"studio": studio})
    sessions = PhotoSession.objects.order_by().values_list("studio").annotate(number=Count("pk"))
    for studio, number in sessions:
        yield Sample("facepass_studio_sessions", number, {"studio": str(studio)})
    yield from _list_usage()


def _list_usage() -> Iterator[Sample]:
    days = SessionDay.objects.order_by().values_list("session__studio")
    sums = days.annotate(asked=Sum("searches"), found=Sum("hits"), taken=Sum("downloads"))
    for studio, asked, found, taken in sums:
        labels = {"studio": str(studio)}
        yield Sample("facepass_studio_searches", asked, labels)
        yield Sample("facepass_studio_search_hits", found, labels)
        yield Sample("facepass_studio_downloads", taken, labels)
