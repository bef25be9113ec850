"""Uploads of mutated pictures through the API, their analysis, and a walk over all that a studio looks at.

Used by the tests with some hundreds of pictures, and by benchmarks/fuzz_metadata.py with as many as one likes.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator

from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from facepass.models import ApiKey, Membership, Role, Scope, Studio, User
from facepass.testing.pictures.mutated import mutated
from galleries import tasks
from galleries.models import Gallery, GalleryImage, Person, PhotoFace
from galleries.models.photo import PhotoState
from sessions_app.models import PhotoSession

LISTS = [
    "galleries/", "images/", "images/?ordering=original_name", "images/?taken_after=1900-01-01T00:00:00Z", "people/",
    "images/?taken_before=9990-01-01T00:00:00Z", "images/?state=failed", "images/?has_faces=true", "groups/",
    "sessions/", "users/", "admin/stats/",
]  # fmt: skip
ADMIN_MODELS = [Gallery, GalleryImage, PhotoFace, Person, PhotoSession]


class Errors(logging.Handler):
    """What was logged at ERROR or above."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter("%(name)s: %(message)s").format(record))

    def __enter__(self) -> "Errors":
        for name in ("", "django-q"):
            logging.getLogger(name).addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        for name in ("", "django-q"):
            logging.getLogger(name).removeHandler(self)


class Fuzzed:
    """A studio, its clients, and what became of the uploads."""

    def __init__(self, slug: str = "fuzzed") -> None:
        self.studio = Studio.objects.create(name=slug, slug=slug)
        user = User.objects.create_user(slug, is_staff=True)
        Membership.objects.create(user=user, studio=self.studio, role=Role.OWNER)
        _key, token = ApiKey.issue(self.studio, name="fuzz", scopes=list(Scope.values))
        self.api = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}", raise_request_exception=False)
        self.staff = Client(raise_request_exception=False)
        self.staff.force_login(user)
        self.session = PhotoSession.objects.create(studio=self.studio, name="fuzzed", facepass_enabled=True)
        self.report: Counter[str] = Counter()
        self.bad: list[str] = []

    def gallery(self, number: int) -> Gallery:
        return Gallery.objects.create(studio=self.studio, title=f"fuzzed {number}", session_id=self.session.pk)

    def upload(self, gallery: Gallery, seeds: Iterable[int]) -> None:
        files = [SimpleUploadedFile("photo", data) for _name, data in map(mutated, seeds)]
        for file, (name, _data) in zip(files, map(mutated, seeds), strict=True):
            file._name = name
        told = self._get(self.api.post, f"/api/v1/galleries/{gallery.pk}/images/", {"files": files}, format="multipart")
        for kind, rows in (told or {}).items():
            self.report[kind] += len(rows)
            self.report.update(row["code"] for row in rows if "code" in row)

    def analyse(self, gallery: Gallery) -> None:
        waiting = gallery.photos.filter(state=PhotoState.PENDING)
        while waiting.exists():  # a turn is over after a minute
            tasks.analyse_gallery(str(gallery.pk))
        self.report.update(f"photo {state}" for state in gallery.photos.values_list("state", flat=True))
        unfinished = gallery.photos.filter(state__in=[PhotoState.PENDING, PhotoState.PROCESSING])
        self.bad += [f"{photo.pk} was not analysed" for photo in unfinished]

    def walk(self, *, pages: int) -> None:
        """Every list to its end, and the pages of the first `pages` photos and galleries."""
        for path in LISTS:
            self._list(f"/api/v1/{path}")
        galleries = list(Gallery.objects.filter(studio=self.studio))
        photos = list(GalleryImage.objects.filter(gallery__studio=self.studio).order_by("?")[:pages])
        for path in [*self._of_admin(), *self._of_galleries(galleries), *self._of_photos(photos), *self._of_guest()]:
            self.report["pages"] += 1
            self._get(self.staff.get, path)

    def delete(self, *, by_hand: int) -> None:
        """Some photos, one gallery by the API, one in the admin, then the studio."""
        for photo in GalleryImage.objects.filter(gallery__studio=self.studio).order_by("?")[:by_hand]:
            self._get(self.api.delete, f"/api/v1/images/{photo.pk}/")
        for gallery in Gallery.objects.filter(studio=self.studio)[:1]:
            self._get(self.api.delete, f"/api/v1/galleries/{gallery.pk}/")
        for gallery in Gallery.objects.filter(studio=self.studio)[:1]:
            path = reverse("admin:galleries_gallery_delete", args=[gallery.pk])
            self._get(lambda path: self.staff.post(path, {"post": "yes"}), path)
        self.studio.delete()
        left = GalleryImage.objects.filter(gallery__studio=self.studio.pk).count()
        self.bad += [f"{left} photos are left"] if left else []

    def _get(self, ask, path, *more, **options):
        response = ask(path, *more, **options)
        self.report[f"HTTP {response.status_code}"] += 1
        if response.status_code >= 400:
            self.bad.append(f"{response.status_code} {path}")
        elif response.get("Content-Type", "").startswith("application/json"):
            return response.json()
        return None

    def _list(self, path: str) -> None:
        while path:
            path = (self._get(self.api.get, path) or {}).get("next")
            self.report["pages of lists"] += 1

    def _of_admin(self) -> Iterator[str]:
        yield "/admin/"
        for model in ADMIN_MODELS:
            assert model in admin.site._registry
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            yield reverse(f"{name}_changelist")
            rows = admin.site._registry[model].model.objects.order_by("?")[:3]
            yield from (reverse(f"{name}_change", args=[row.pk]) for row in rows)

    def _of_galleries(self, galleries: list[Gallery]) -> Iterator[str]:
        for gallery in galleries:
            yield f"/api/v1/galleries/{gallery.pk}/images/"
            address = reverse("admin:galleries_gallery_photos", args=[gallery.pk])
            yield address
            yield from (f"{address}window/?limit=100&offset={start}" for start in range(0, gallery.photos.count(), 100))
            yield f"{address}counts/"
            yield f"{address}people/"

    def _of_photos(self, photos: list[GalleryImage]) -> Iterator[str]:
        for photo in photos:
            yield reverse("admin:galleries_galleryimage_change", args=[photo.pk])
            address = reverse("admin:galleries_galleryimage_faces", args=[photo.pk])
            yield address
            yield f"{address}described/"

    def _of_guest(self) -> Iterator[str]:
        yield f"/s/{self.session.code}/"
