"""When a gallery is done: each of its photos has been analysed, or given up, and the faces found have been grouped."""

from django.db import transaction
from django.db.models import Count

from facepass.core import events, notices
from facepass.core.logs.request_ids import on_behalf_of
from facepass.models import EventType, NoticeKind
from galleries.models import Gallery, GalleryImage
from galleries.models.gallery import GalleryQuerySet
from galleries.models.photo import FAILED, UNFINISHED


def are_done(galleries: GalleryQuerySet) -> bool:
    """Return whether none of their photos is still to be analysed, and none of their faces to be grouped."""
    unfinished = GalleryImage.objects.unfinished().filter(gallery__in=galleries)
    return not (unfinished.exists() or galleries.awaiting_grouping().exists())


def notify_if_done(gallery: Gallery) -> None:
    """Emit `gallery.processed` and notify staff, unless photos are still to be analysed. To be called after a grouping.

    Two workers that finish together may both do so; whoever hears of an event may hear of it twice anyway.
    """
    photos = GalleryImage.objects.filter(gallery=gallery).aggregate(
        total=Count("pk"),
        unfinished=Count("pk", filter=UNFINISHED),
        failed=Count("pk", filter=FAILED),
    )
    if photos["unfinished"]:
        return
    session_id = gallery.session_id and str(gallery.session_id)
    data = {"gallery_id": str(gallery.pk), "session_id": session_id, "photos": photos["total"]}
    with on_behalf_of(_latest_request(gallery)), transaction.atomic():
        events.emit(EventType.GALLERY_PROCESSED, studio_id=gallery.studio_id, data=data)
        for kind, number in ((NoticeKind.GALLERY_DONE, photos["total"]), (NoticeKind.PHOTOS_FAILED, photos["failed"])):
            if number:
                notices.notify_staff(
                    kind,
                    studio_id=gallery.studio_id,
                    subject=gallery.pk,
                    title=gallery.title,
                    photos=number,
                    analyses=gallery.analyses,
                )


def _latest_request(gallery: Gallery) -> str:
    """Return the id of the request that brought the gallery's last photo; empty where none did."""
    photos = GalleryImage.objects.filter(gallery=gallery).exclude(request_id="")
    return photos.order_by("-created_at").values_list("request_id", flat=True).first() or ""
