"""What waits and what runs, for the admin's first page, which asks again every few seconds."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

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
def now(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "admin/now.html", of(request.user))


def of(user: Any) -> dict[str, Any]:
    return {"cards": cards(user), "running": [*galleries_at_work(user), *jobs_at_work(user)]}


def cards(user: Any) -> list[Card]:
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
        Card(_("People"), Person.objects.visible_to(user).count(), _list("person")),
        Card(_("Photo sessions open to guests"), _open_sessions(user), _list("photosession", app="sessions_app")),
    ]


def _open_sessions(user: Any) -> int:
    return PhotoSession.objects.visible_to(user).open_to_guests().count()


def _list(model: str, query: str = "", *, app: str = "galleries") -> str:
    address = reverse(f"admin:{app}_{model}_changelist")
    return f"{address}?{query}" if query else address


def galleries_at_work(user: Any) -> list[Running]:
    unfinished = GalleryImage.objects.unfinished().filter(gallery=OuterRef("pk"))
    found = (
        Gallery.objects.visible_to(user).event_galleries().filter(Exists(unfinished)).order_by("-created_at")[:SHOWN]
    )
    return [_gallery(gallery) for gallery in found]


def _gallery(gallery: Gallery) -> Running:
    at = progress.load_progress(gallery.pk)
    return Running(
        title=gallery.title,
        path=reverse("admin:galleries_gallery_photos", args=[gallery.pk]),
        done=at["processed"] + at["failed"],
        total=at["total"],
        rate=at["photos_per_second"],
        left=at["eta_seconds"],
    )


def jobs_at_work(user: Any) -> list[Running]:
    kinds = {
        "cluster_unknown_faces": _("Grouping faces"),
        "rebuild_index": _("Rebuilding the index"),
        "recognize_gallery": _("Recognising the people of a gallery"),
        "generate_descriptors": _("Describing faces by another model"),
        "regenerate_unknown_descriptors": _("Describing unknown faces anew"),
    }
    found = Job.objects.visible_to(user).unfinished().order_by("created_at")[:SHOWN]
    return [Running(kinds.get(job.kind, job.kind), None, job.done, job.total, None, job.eta_seconds) for job in found]
