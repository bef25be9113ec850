"""Which photos of a gallery the grid's address leaves: its filter, person and search text, in the order it names."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from galleries.models import Gallery, GalleryImage, Person, PhotoFace
from galleries.models.photo import GalleryImageQuerySet
from galleries.staff.photo_grid.sort_orders import Sort, in_order
from galleries.staff_kit.json_views import invalid_request, parse_uuid

SEARCH_CHARACTERS = 100


class Filter(models.TextChoices):
    ALL = "all", _("All")
    UNPROCESSED = "unprocessed", _("Not analysed yet")
    FAILED = "failed", _("Failed")
    NO_FACES = "no_faces", _("No faces")
    UNNAMED = "unnamed", _("With unnamed faces")
    HIDDEN = "hidden", _("Hidden from guests")
    BEST_SHOTS = "best_shots", _("Best of each burst")


def filter_photos(gallery: Gallery, query: QueryDict) -> GalleryImageQuerySet:
    """Return the photos that the page's `filter`, `burst`, `person` and `q` leave, in the order of its `sort`."""
    try:
        chosen = Filter(query.get("filter") or Filter.ALL)
    except ValueError:
        raise invalid_request() from None
    photos = apply_filter(gallery, chosen)
    if burst := query.get("burst"):
        photos = photos.filter(burst=parse_uuid(burst))
    if person := query.get("person"):
        faces = PhotoFace.objects.filter(photo=OuterRef("pk"), gallery_id=gallery.pk).named()
        photos = photos.filter(Exists(faces.filter(person=parse_uuid(person))))
    if text := query.get("q", "").replace("\0", "").strip()[:SEARCH_CHARACTERS]:
        photos = photos.filter(_shows(gallery, text))
    return in_order(photos, parse_sort(query))


def parse_sort(query: QueryDict) -> Sort:
    """Return the order that the page's `sort` names: by capture time where it names none."""
    try:
        return Sort(query.get("sort") or Sort.TAKEN)
    except ValueError:
        raise invalid_request() from None


def apply_filter(gallery: Gallery, chosen: Filter) -> GalleryImageQuerySet:
    photos = GalleryImage.objects.filter(gallery=gallery)
    faces = PhotoFace.objects.filter(photo=OuterRef("pk"), gallery_id=gallery.pk)
    match chosen:
        case Filter.UNPROCESSED:
            return photos.unfinished()
        case Filter.FAILED:
            return photos.failed()
        case Filter.NO_FACES:
            return photos.processed().filter(~Exists(faces.shown()))
        case Filter.UNNAMED:
            return photos.filter(Exists(faces.unnamed()))
        case Filter.HIDDEN:
            photos = photos.hidden()
        case Filter.BEST_SHOTS:
            photos = photos.filter(is_best_shot(gallery))
    return photos


def is_best_shot(gallery: Gallery) -> Q:
    """Return the condition that no shot of the photo's burst in the gallery is better; it holds where there is none."""
    shots = GalleryImage.objects.filter(gallery=gallery, burst=OuterRef("burst"))
    return ~Q(Exists(shots.filter(burst_place__lt=OuterRef("burst_place"))))


def _shows(gallery: Gallery, text: str) -> Q:
    """Return the condition that the file's name, its folder, a tag or the name of a person in the photo has that text.

    People are read first: they are few, and faces are found by them in an index.
    """
    people = Person.objects.filter(studio_id=gallery.studio_id, real_name__icontains=text)
    faces = PhotoFace.objects.filter(gallery=gallery).named()
    named = faces.filter(person__in=list(people.values_list("pk", flat=True))).order_by()
    return (
        Q(original_name__icontains=text)
        | Q(folder__icontains=text)
        | Q(tags__icontains=text)
        | Q(pk__in=named.values("photo"))
    )
