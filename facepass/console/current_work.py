"""What waits and what runs, for the admin's first page, which asks again every few seconds."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from facepass.core.access.authentication import user_of
from facepass.models import User
from galleries.models import FaceCluster, Gallery, GalleryImage, Job, Person, PhotoFace
from galleries.models.photo import FAILED, UNFINISHED
from galleries.photos import progress
from sessions_app.models import PhotoSession

# Galleries and jobs at work that are shown: there are no more workers than this.
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Card:
    title: str
    number: int
    path: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """Something at work. `rate` is in photos a second; `left` in seconds; None where nothing can be said."""

    title: str
    path: str | None
    done: int
    total: int
    rate: float | None
    left: float | None


@never_cache
def show_current_work(request: HttpRequest) -> HttpResponse:
    """The part of the first page that changes."""
    return TemplateResponse(request, "admin/now.html", build_current_work(user_of(request)))


def build_current_work(user: User) -> dict[str, object]:
    """Return what waits and what runs in the studios of the user, as the template shows it."""
    return {"cards": _build_cards(user), "running": [*_list_galleries_at_work(user), *_list_jobs_at_work(user)]}


def _build_cards(user: User) -> list[Card]:
    photos = GalleryImage.objects.visible_to(user).event_photos()
    counts = photos.aggregate(
        total=Count("pk"),
        waiting=Count("pk", filter=UNFINISHED),
        failed=Count("pk", filter=FAILED),
    )
    groups = FaceCluster.objects.visible_to(user).shown().filter(person=None, size__gt=1)
    to_confirm = PhotoFace.objects.visible_to(user).proposed().count()
    failed = counts["failed"]
    return [
        Card(_("Names to confirm"), to_confirm, reverse("admin:galleries_photoface_verify")),
        Card(_("Groups without a name"), groups.count(), reverse("admin:galleries_facecluster_occasions")),
        Card(_("Photos that failed"), failed, _list("galleryimage", "state__exact=failed"), is_bad=failed > 0),
        Card(_("Waiting for analysis"), counts["waiting"], _list("galleryimage", "state__exact=pending")),
        Card(_("Photos"), counts["total"], _list("gallery")),
        Card(_("People"), Person.objects.visible_to(user).count(), reverse("admin:galleries_person_grid")),
        Card(_("Events open to guests"), _count_open_sessions(user), _list("photosession", app="sessions_app")),
    ]


def _count_open_sessions(user: User) -> int:
    return PhotoSession.objects.visible_to(user).open_to_guests().count()


def _list(model: str, query: str = "", *, app: str = "galleries") -> str:
    address = reverse(f"admin:{app}_{model}_changelist")
    return f"{address}?{query}" if query else address


def _list_galleries_at_work(user: User) -> list[Running]:
    unfinished = GalleryImage.objects.unfinished().filter(gallery=OuterRef("pk"))
    found = (
        Gallery.objects.visible_to(user).event_galleries().filter(Exists(unfinished)).order_by("-created_at")[:SHOWN]
    )
    return [_build_running(gallery) for gallery in found]


def _build_running(gallery: Gallery) -> Running:
    counts = progress.load_progress(gallery.pk)
    return Running(
        title=gallery.title,
        path=reverse("admin:galleries_gallery_photos", args=[gallery.pk]),
        done=counts["processed"] + counts["failed"],
        total=counts["total"],
        rate=counts["photos_per_second"],
        left=counts["eta_seconds"],
    )


def _list_jobs_at_work(user: User) -> list[Running]:
    kinds = {
        "cluster_unknown_faces": _("Grouping faces"),
        "move_to_trash": _("Deleting"),
        "restore_from_trash": _("Restoring from the trash"),
        "erase_from_trash": _("Deleting for good"),
        "rebuild_index": _("Rebuilding the index"),
        "recognize_gallery": _("Recognising the people of a gallery"),
        "train": _("Training"),
        "list_name_changes": _("Listing the names that would change"),
        "apply_name_changes": _("Changing names in all galleries"),
        "generate_descriptors": _("Describing faces by another model"),
        "regenerate_unknown_descriptors": _("Describing unknown faces anew"),
    }
    found = Job.objects.visible_to(user).unfinished().order_by("created_at")[:SHOWN]
    return [Running(kinds.get(job.kind, job.kind), None, job.done, job.total, None, job.eta_seconds) for job in found]
