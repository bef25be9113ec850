"""Staff take bursts apart, and put them together again."""

from galleries.models import GalleryImage, Occasion
from galleries.models.photo import GalleryImageQuerySet
from galleries.photos.bursts.stacking import stack_photos


def take_apart(photos: GalleryImageQuerySet) -> list[GalleryImage]:
    """Take apart the bursts of which some of the photos are shots; return all their shots, each shown by itself."""
    bursts = photos.exclude(burst=None).order_by().values("burst")
    shots = list(GalleryImage.objects.filter(burst__in=bursts, gallery__in=photos.order_by().values("gallery")))
    rows = GalleryImage.objects.filter(pk__in=[shot.pk for shot in shots])
    rows.update(kept_apart=True, burst=None, burst_place=0)
    return shots


def put_together(photos: GalleryImageQuerySet, occasion: Occasion) -> int:
    """Look for bursts among photos again that were taken apart; return how many they were."""
    number = photos.filter(kept_apart=True).update(kept_apart=False)
    if number:
        stack_photos(occasion)
    return number
