"""How many of a session's photos can be searched yet."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from galleries.models import GalleryImage
from galleries.models.photo import PhotoState
from sessions_app.models import PhotoSession


@dataclass(frozen=True, slots=True)
class Readiness:
    total: int
    waiting: int

    @property
    def ready(self) -> int:
        return self.total - self.waiting

    @property
    def percent(self) -> int:
        return 100 * self.ready // self.total if self.total else 0

    @property
    def text(self) -> str:
        if not self.total:
            return _("No photos have been added yet. Please come back later.")
        if not self.waiting:
            return ""
        numbers = {"ready": self.ready, "total": self.total}
        return _("Photos are still being prepared: %(ready)s of %(total)s are ready.") % numbers

    @classmethod
    def of(cls, session: PhotoSession) -> "Readiness":
        """Over all galleries of the session, with one query, which an index answers without the rows."""
        photos = GalleryImage.objects.filter(gallery__studio_id=session.studio_id, gallery__session_id=session.pk)
        waiting = Count("state", filter=Q(state__in=[PhotoState.PENDING, PhotoState.PROCESSING]))
        return cls(**photos.aggregate(total=Count("state"), waiting=waiting))
