"""A person's page: best faces, where they were seen, what was decided; merging with another, enrolling a picture."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render as fragment
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from facepass.console.base import VERIFIERS
from facepass.core.access.authentication import user_of
from facepass.models import Scope
from galleries.faces import decisions
from galleries.models import FaceCluster, FaceDecision, Gallery, GalleryImage, Occasion, Person, PhotoFace
from galleries.models.face import BEST_FIRST
from galleries.people import avatars, enrolment
from galleries.staff import occasions
from galleries.staff_kit import markup, person_choice
from galleries.staff_kit.json_views import asked, invalid, named, page, reads, require, said, uuid, visible, writes

FACES_SHOWN, PHOTOS_SHOWN = 12, 18


@dataclass(frozen=True, slots=True)
class Appearance:
    """A gallery in which the person was seen."""

    gallery: Gallery
    photos: int
    proposed: int
    key: UUID

    @property
    def day(self) -> date:
        return self.gallery.shoot_date or self.gallery.created_at.date()


@dataclass(frozen=True, slots=True)
class Preview:
    """What `decisions.unite` would do."""

    faces: int
    photos: int
    groups: int
    pictures: int
    taken_over: list[str]
    together: int
    """Photos that both are in. One person is in a photo once, so each of them speaks against it."""


def urls(admin: ModelAdmin[Person]) -> list[URLPattern]:
    def part(request: HttpRequest, pk: UUID) -> HttpResponseBase:
        return fragment(request, "admin/galleries/person/part.html", overview(request, _person(request, pk)))

    def merge(request: HttpRequest, pk: UUID) -> HttpResponseBase:
        return _merge(admin, request, pk)

    def avatar(request: HttpRequest, pk: UUID) -> HttpResponseBase:
        return _avatar(admin, request, pk)

    def enrol(request: HttpRequest, pk: UUID) -> HttpResponseBase:
        return _enrol(admin, request, pk)

    merging = path("<uuid:pk>/merge/", admin.admin_site.admin_view(merge), name="galleries_person_merge")
    return [
        merging,
        page(admin, "<uuid:pk>/part/", part, name="part"),
        reads(admin, "<uuid:pk>/others/", _others, name="others"),
        writes(admin, "<uuid:pk>/avatar/", avatar, name="avatar"),
        writes(admin, "<uuid:pk>/enrol/", enrol, name="enrol"),
    ]


def overview(request: HttpRequest, person: Person) -> dict[str, Any]:
    faces = PhotoFace.objects.filter(person=person)
    best = occasions.shown(faces).order_by("-verified", *BEST_FIRST)[:FACES_SHOWN]
    seen = GalleryImage.objects.filter(faces__person=person).event_photos().distinct()
    pictures = GalleryImage.objects.filter(subject=person).order_by("-created_at")
    unions = FaceDecision.objects.filter(studio=person.studio_id, kind=FaceDecision.Kind.UNITE)
    return {
        "person": person,
        "best_faces": [{"pk": face.pk, "crop": markup.crop(face), "face": face} for face in best],
        "counts": faces.aggregate(faces=Count("pk"), verified=Count("pk", filter=Q(verified=True))),
        "appearances": _appearances(person),
        "photos": [(photo, markup.thumbnail(photo)) for photo in seen.order_by("-created_at", "pk")[:PHOTOS_SHOWN]],
        "photo_total": seen.count(),
        "pictures": [(photo, markup.thumbnail(photo), markup.error(photo)) for photo in pictures[:PHOTOS_SHOWN]],
        "history": occasions.history(unions.filter(before__people__has_key=str(person.pk))),
        "may_decide": occasions.may_decide(request, person.studio_id),
        "version": occasions.version_of_studios(request),
    }


def _appearances(person: Person) -> list[Appearance]:
    """Where and when the person was seen, the latest first; two queries."""
    rows = PhotoFace.objects.shown().filter(person=person).order_by().values_list("gallery")
    counted = rows.annotate(photos=Count("photo", distinct=True), proposed=Count("pk", filter=Q(verified=False)))
    counts = {gallery: (photos, proposed) for gallery, photos, proposed in counted}
    galleries = Gallery.objects.event_galleries().filter(pk__in=counts)
    found = [Appearance(gallery, *counts[gallery.pk], Occasion.for_gallery(gallery).key) for gallery in galleries]
    return sorted(found, key=lambda one: one.day, reverse=True)


def _person(request: HttpRequest, pk: UUID) -> Person:
    return visible(request, Person.objects.all(), pk)


def _others(request: HttpRequest, pk: UUID) -> JsonResponse:
    return person_choice.offer(request, _person(request, pk).studio_id)


def _merge(admin: ModelAdmin[Person], request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """GET with `?other=`: what would move. POST: it is done; `other` is gone, and comes back by undo."""
    kept = _person(request, pk)
    require(request, kept.studio_id, VERIFIERS)
    wanted = (request.POST if request.method == "POST" else request.GET).get("other", "")
    other = visible(request, Person.objects.filter(studio=kept.studio_id), named(wanted))
    if other == kept:
        raise Http404
    if request.method == "POST":
        decisions.unite(kept, other, by=user_of(request))
        messages.success(request, _("%(other)s is %(kept)s now.") % {"other": other, "kept": kept})
        return HttpResponseRedirect(markup.change_page("person", kept.pk))
    sides = [{"person": person, "crops": _crops(person)} for person in (kept, other)]
    context = {
        "title": _("Are they one person?"),
        "kept": kept,
        "other": other,
        "sides": sides,
        "preview": preview(kept, other),
    }
    return occasions.render(admin, request, "admin/galleries/person/merge.html", context)


def preview(kept: Person, other: Person) -> Preview:
    faces = PhotoFace.objects.filter(person=other)
    columns = {"email": _("e-mail"), "external_id": _("external id"), "avatar_url": _("avatar")}
    both = GalleryImage.objects.filter(faces__person=kept).filter(faces__person=other)
    return Preview(
        faces=faces.count(),
        photos=faces.values("photo").distinct().count(),
        groups=FaceCluster.objects.filter(person=other).count(),
        pictures=GalleryImage.objects.filter(subject=other).count(),
        taken_over=[str(name) for key, name in columns.items() if getattr(other, key) and not getattr(kept, key)],
        together=both.distinct().count(),
    )


def _crops(person: Person) -> list[Any]:
    best = occasions.shown(PhotoFace.objects.filter(person=person)).order_by("-verified", *BEST_FIRST)
    return [markup.crop(face) for face in best[:9]]


def _avatar(admin: Any, request: HttpRequest, pk: UUID) -> JsonResponse:
    """`face`, else the person's best one, is their picture."""
    person = _person(request, pk)
    require(request, person.studio_id, VERIFIERS)
    what = asked(request)
    if "face" in what:
        face = PhotoFace.objects.filter(person=person, pk=uuid(what["face"])).first()
    else:
        face = avatars.find_best_face(person)
    if face is None:
        raise Http404
    avatars.set_avatar(person, face)
    admin.log_change(request, person, [{"changed": {"fields": ["avatar"]}}])
    return said(decisions=[], text=_("This is the picture now."))


def _enrol(admin: Any, request: HttpRequest, pk: UUID) -> JsonResponse:
    """A picture by which the person is known from now on. `sure`: although it looks like somebody else."""
    person = _person(request, pk)
    require(request, person.studio_id, VERIFIERS)
    files = request.FILES.getlist("file")
    if len(files) != 1:
        raise invalid()
    found = None if request.POST.get("sure") else enrolment.find_conflict(person, files[0])
    if found:
        crop = markup.crop(PhotoFace.objects.select_related("photo").get(pk=found.face.pk))
        text = _("This face looks like another person: %(name)s.") % {"name": found.person.real_name}
        page_path = markup.change_page("person", found.person.pk)
        return said(conflict={"text": text, "similarity": found.similarity, "crop": crop, "path": page_path})
    photo = enrolment.enrol(person, files[0], by=user_of(request), scope=Scope.SEARCH)
    admin.log_change(request, person, [{"added": {"name": "enrolment picture", "object": photo.original_name}}])
    return said(photo=str(photo.pk), text=_("The picture is being analysed."))
