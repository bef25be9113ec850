"""What a person's page in the admin shows: best faces, where they were seen, photos, and merges."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest

from facepass.console.base import MANAGERS, VERIFIERS, has_role
from galleries.faces.privacy.left_out_requests import find_of_person
from galleries.models import FaceDecision, Gallery, GalleryImage, Occasion, Person, PhotoFace
from galleries.models.face import BEST_FIRST
from galleries.people import avatars
from galleries.staff_kit import markup
from galleries.staff_kit.decision_history import load_history
from galleries.staff_kit.faces import select_shown
from galleries.staff_kit.json_views import Context
from galleries.staff_kit.occasions import studios_snapshot

FACES_SHOWN, PHOTOS_SHOWN = 12, 18


@dataclass(frozen=True, slots=True)
class Appearance:
    """A gallery in which the person was seen; `key` is that of its occasion."""

    gallery: Gallery
    photos: int
    proposed: int
    key: UUID

    @property
    def day(self) -> date:
        return self.gallery.shoot_date or self.gallery.created_at.date()


def build_overview(request: HttpRequest, person: Person) -> Context:
    """Return the context of the page's own part, which a script asks for again when something has changed."""
    faces = PhotoFace.objects.filter(person=person)
    best = select_shown(faces).order_by("-verified", *BEST_FIRST)[:FACES_SHOWN]
    photos = GalleryImage.objects.filter(faces__person=person).event_photos().distinct()
    pictures = GalleryImage.objects.filter(subject=person).select_related("consent").order_by("-created_at")
    merges = FaceDecision.objects.filter(studio=person.studio_id, kind=FaceDecision.Kind.UNITE)
    return {
        "person": person,
        "best_faces": [{"pk": face.pk, "crop": markup.face_crop(face), "face": face} for face in best],
        "avatar": avatars.load_avatars([person]).get(person.pk),
        "is_avatar_chosen": avatars.chosen_face_id(person) is not None,
        "counts": faces.aggregate(faces=Count("pk"), verified=Count("pk", filter=Q(verified=True))),
        "appearances": list_appearances(person),
        "photos": [
            (photo, markup.photo_thumbnail(photo)) for photo in photos.order_by("-created_at", "pk")[:PHOTOS_SHOWN]
        ],
        "photo_total": photos.count(),
        "pictures": [
            (photo, markup.photo_thumbnail(photo), markup.photo_error(photo)) for photo in pictures[:PHOTOS_SHOWN]
        ],
        "history": load_history(merges.filter(before__people__has_key=str(person.pk))),
        "may_decide": has_role(request, person.studio_id, VERIFIERS),
        "may_export": has_role(request, person.studio_id, MANAGERS),
        "left_out": find_of_person(person),
        "version": studios_snapshot(request)["version"],
    }


def list_appearances(person: Person) -> list[Appearance]:
    """Return where and when the person was seen, the latest first; two queries."""
    rows = PhotoFace.objects.filter(person=person).shown().order_by().values_list("gallery")
    counted = rows.annotate(photos=Count("photo", distinct=True), proposed=Count("pk", filter=Q(verified=False)))
    counts = {gallery: (photos, proposed) for gallery, photos, proposed in counted}
    galleries = Gallery.objects.event_galleries().filter(pk__in=counts)
    appearances = [Appearance(gallery, *counts[gallery.pk], Occasion.for_gallery(gallery).key) for gallery in galleries]
    return sorted(appearances, key=lambda appearance: appearance.day, reverse=True)
