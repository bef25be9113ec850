"""What lists of galleries and photos can be narrowed by."""

from datetime import UTC, datetime
from uuid import UUID

import django_filters
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from galleries.models import Gallery, GalleryImage, PhotoFace
from galleries.models.photo import PhotoState


class Moment(django_filters.IsoDateTimeFilter):
    """In UTC: an offset of 21 hours is valid in a request, and PostgreSQL knows none beyond 16."""

    def filter(self, rows: QuerySet[Model], value: datetime | None) -> QuerySet[Model]:
        try:
            moment = value and value.astimezone(UTC)
        except OverflowError:  # within a day of the first or the last year
            moment = value and value.replace(tzinfo=UTC)
        filtered: QuerySet[Model] = super().filter(rows, moment)
        return filtered


class _Created(django_filters.FilterSet):
    created_after = Moment("created_at", lookup_expr="gte")
    created_before = Moment("created_at", lookup_expr="lt")


class GalleryFilter(_Created):
    former_names = {"person": "person_id"}

    session_id = django_filters.UUIDFilter()
    shot_from = django_filters.DateFilter("shoot_date", lookup_expr="gte")
    shot_until = django_filters.DateFilter("shoot_date", lookup_expr="lte")
    state = django_filters.ChoiceFilter(
        choices=PhotoState.choices, method="with_photos", label=_("has photos of this status")
    )
    has_faces = django_filters.BooleanFilter(method="with_faces", label=_("has faces"))
    person_id = django_filters.UUIDFilter(method="showing", label=_("shows this person"))
    person = django_filters.UUIDFilter(method="showing", label=_("shows this person"))

    def with_photos(self, rows: QuerySet[Gallery], _name: str, state: str) -> QuerySet[Gallery]:
        return rows.filter(Exists(GalleryImage.objects.filter(gallery=OuterRef("pk"), state=state)))

    def with_faces(self, rows: QuerySet[Gallery], _name: str, wanted: bool) -> QuerySet[Gallery]:
        has = Exists(PhotoFace.objects.filter(gallery=OuterRef("pk")))
        return rows.filter(has if wanted else ~has)

    def showing(self, rows: QuerySet[Gallery], _name: str, person: UUID) -> QuerySet[Gallery]:
        return rows.filter(Exists(PhotoFace.objects.filter(gallery=OuterRef("pk"), person=person)))


class PhotosOfGalleryFilter(_Created):
    former_names = {"person": "person_id"}

    state = django_filters.MultipleChoiceFilter(choices=PhotoState.choices)
    taken_after = Moment("taken_at", lookup_expr="gte")
    taken_before = Moment("taken_at", lookup_expr="lt")
    has_faces = django_filters.BooleanFilter(method="with_faces", label=_("has faces"))
    person_id = django_filters.UUIDFilter(method="showing", label=_("shows this person"))
    person = django_filters.UUIDFilter(method="showing", label=_("shows this person"))

    def with_faces(self, rows: QuerySet[GalleryImage], _name: str, wanted: bool) -> QuerySet[GalleryImage]:
        has = Exists(PhotoFace.objects.filter(photo=OuterRef("pk")))
        return rows.filter(has if wanted else ~has)

    def showing(self, rows: QuerySet[GalleryImage], _name: str, person: UUID) -> QuerySet[GalleryImage]:
        return rows.filter(Exists(PhotoFace.objects.filter(photo=OuterRef("pk"), person=person)))


class PhotoFilter(PhotosOfGalleryFilter):
    former_names = {**PhotosOfGalleryFilter.former_names, "gallery": "gallery_id"}

    gallery_id = django_filters.UUIDFilter()
    gallery = django_filters.UUIDFilter("gallery_id")
    session_id = django_filters.UUIDFilter("gallery__session_id")
