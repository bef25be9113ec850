"""What is there, what waits and what guests did, of one event."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from galleries.models import FaceCluster, Gallery, GalleryImage, Occasion, PhotoFace
from galleries.models.photo import FAILED, UNFINISHED
from sessions_app.models import PhotoSession, SessionDay


@dataclass(frozen=True, slots=True)
class GalleryRow:
    """A gallery of the event. `is_grouping`: all photos are analysed, and their faces are not in groups yet."""

    pk: UUID
    title: str
    total: int
    waiting: int
    failed: int
    is_grouping: bool

    @property
    def done(self) -> int:
        return self.total - self.waiting


@dataclass(frozen=True)
class EventFigures:
    """`unnamed`: groups without a name; `proposed`: faces with a name to confirm; searches are today's."""

    galleries: list[GalleryRow]
    unnamed: int
    proposed: int
    searches: int
    hits: int

    @cached_property
    def photos(self) -> int:
        return sum(gallery.total for gallery in self.galleries)

    @property
    def waiting(self) -> int:
        return sum(gallery.waiting for gallery in self.galleries)

    @property
    def with_failures(self) -> list[GalleryRow]:
        return [gallery for gallery in self.galleries if gallery.failed]

    @property
    def is_done(self) -> bool:
        """Whether every photo is analysed and every face in its group, so that nobody to name means everybody named."""
        busy = any(gallery.waiting or gallery.is_grouping for gallery in self.galleries)
        return self.photos > 0 and not busy


def occasion_of(session: PhotoSession) -> Occasion:
    return Occasion(session.studio_id, session_id=session.pk)


def load_figures(session: PhotoSession) -> EventFigures:
    """Return the event's figures; five queries, however many galleries and faces it has."""
    occasion = occasion_of(session)
    today = SessionDay.objects.filter(session=session, day=timezone.localdate(timezone=session.studio.zone))
    searches, hits = today.values_list("searches", "hits").first() or (0, 0)
    return EventFigures(
        galleries=_load_galleries(occasion),
        unnamed=FaceCluster.objects.within(occasion).shown().filter(person=None).count(),
        proposed=PhotoFace.objects.within(occasion).proposed().count(),
        searches=searches,
        hits=hits,
    )


def _load_galleries(occasion: Occasion) -> list[GalleryRow]:
    photos = GalleryImage.objects.filter(gallery__in=occasion.galleries).order_by().values_list("gallery")
    counted = photos.annotate(
        total=Count("pk"), waiting=Count("pk", filter=UNFINISHED), failed=Count("pk", filter=FAILED)
    )
    counts = {pk: numbers for pk, *numbers in counted}
    galleries = occasion.galleries.order_by("created_at", "pk")
    return [_build_row(gallery, *counts.get(gallery.pk, (0, 0, 0))) for gallery in galleries]


def _build_row(gallery: Gallery, total: int, waiting: int, failed: int) -> GalleryRow:
    is_grouping = total > 0 and not waiting and gallery.analyses > gallery.grouped_analyses
    return GalleryRow(gallery.pk, gallery.title, total, waiting, failed, is_grouping)
