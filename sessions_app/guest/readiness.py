"""How many of a session's photos can be searched yet."""

from dataclasses import dataclass

from django.db.models import Count, Q

from galleries.models import GalleryImage
from galleries.models.photo import State
from sessions_app.models import PhotoSession


@dataclass(frozen=True, slots=True)
class Readiness:
    total: int
    waiting: int

    @property
    def ready(self) -> int:
        return self.total - self.waiting

    @classmethod
    def of(cls, session: PhotoSession) -> "Readiness":
        """Over all galleries of the session, with one query."""
        photos = GalleryImage.objects.filter(gallery__studio_id=session.studio_id, gallery__session_id=session.pk)
        waiting = Count("pk", filter=Q(state__in=[State.PENDING, State.PROCESSING]))
        return cls(**photos.aggregate(total=Count("pk"), waiting=waiting))
