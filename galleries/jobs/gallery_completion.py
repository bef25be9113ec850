"""When a gallery is done: each of its photos has been analysed, or given up, and the faces found have been grouped."""

from django.db import transaction
from django.db.models import Count, Q

from facepass.core import events, notices
from facepass.models import EventType, NoticeKind
from galleries.models import Gallery, GalleryImage
from galleries.models.photo import PhotoState


def notify_if_done(gallery: Gallery) -> None:
    """Emit `gallery.processed` and notify staff, unless photos are still to be analysed. To be called after a grouping.

    Two workers that finish together may both do so; whoever hears of an event may hear of it twice anyway.
    """
    photos = GalleryImage.objects.filter(gallery=gallery).aggregate(
        total=Count("pk"),
        unfinished=Count("pk", filter=Q(state__in=[PhotoState.PENDING, PhotoState.PROCESSING])),
        failed=Count("pk", filter=Q(state__in=[PhotoState.FAILED, PhotoState.QUARANTINED])),
    )
    if photos["unfinished"]:
        return
    session_id = gallery.session_id and str(gallery.session_id)
    data = {"gallery_id": str(gallery.pk), "session_id": session_id, "photos": photos["total"]}
    with transaction.atomic():
        events.emit(EventType.GALLERY_PROCESSED, studio_id=gallery.studio_id, data=data)
        for kind, number in ((NoticeKind.GALLERY_DONE, photos["total"]), (NoticeKind.PHOTOS_FAILED, photos["failed"])):
            if number:
                notices.tell(
                    kind,
                    studio_id=gallery.studio_id,
                    subject=gallery.pk,
                    title=gallery.title,
                    photos=number,
                    analyses=gallery.analyses,
                )
