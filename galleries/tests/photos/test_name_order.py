"""Wherever photos are sorted by name: as people count, and without regard to capitals."""

import random
from datetime import UTC, datetime
from importlib import import_module
from unittest.mock import Mock

import pytest
from django.db import connection
from django.http import QueryDict
from django.urls import reverse

from facepass.testing.factories import FaceFactory, GalleryFactory, PersonFactory, PhotoFactory, SessionFactory
from facepass.testing.pages.staff import address, member
from galleries.exports.named_photos import list_named_photos
from galleries.models import GalleryImage, Occasion
from galleries.models.face import FaceCategory
from galleries.models.photo import BY_CAPTURE, BY_NAME, PhotoState
from galleries.people.appearances import find_photos
from galleries.photos.folders import listing
from galleries.staff.photo_grid import filters, sort_orders
from galleries.staff.photo_grid.sort_orders import Sort
from recognition.pictures.file_names import natural_key
from sessions_app.guest.domain.matched_photos import list_session_photos
from sessions_app.models import FoundPhoto, Guest
from sessions_app.staff import favourites

pytestmark = pytest.mark.django_db

LONG = "1" * 200
IN_ORDER = [
    "(2).jpg",
    "(10).jpg",
    "0.jpg",
    "007.jpg",
    "7.jpg",
    "12.jpg",
    f"{LONG}.jpg",
    f"{LONG[:-1]}2.jpg",
    f"{LONG}0.jpg",
    "a1" * 120 + ".jpg",
    "DSC 1-2.jpg",
    "dsc 1-10.jpg",
    "DSC 2-1.jpg",
    "IMG.jpg",
    "IMG_0009.jpg",
    "img_9.jpg",
    "IMG_10.JPG",
    "img_10.png",
    "IMG_00011.jpg",
    "IMG_100.jpg",
    "no number.jpg",
    "ёлка 2.jpg",
    "Елка 10.jpg",
    "Свадьба 9.jpg",
    "свадьба 10.jpg",
    "Фото.jpg",
]
TAKEN = datetime(2026, 8, 15, 12, tzinfo=UTC)


def names(photos):
    return [photo.original_name for photo in photos]


def shuffled():
    return random.Random(1).sample(IN_ORDER, k=len(IN_ORDER))


@pytest.fixture
def gallery(studio):
    return GalleryFactory(studio=studio, session_id=SessionFactory(studio=studio).pk)


@pytest.fixture
def photos(gallery):
    """A photo of each name, all of the same second, by name."""
    known = {"gallery": gallery, "taken_at": TAKEN, "state": PhotoState.PROCESSED, "stored": False}
    return {name: PhotoFactory(original_name=name, **known) for name in shuffled()}


@pytest.mark.parametrize("sort", [Sort.NAME, Sort.TAKEN])
def test_the_grid_and_the_neighbours_of_a_photo(sort, gallery, photos):
    assert names(filters.filter_photos(gallery, QueryDict(f"sort={sort}"))) == IN_ORDER
    for number, name in enumerate(IN_ORDER):
        before, after = (
            names(neighbours(gallery.photos.all(), photos[name], sort))
            for neighbours in (sort_orders.list_before, sort_orders.list_after)
        )
        assert [*reversed(before), name, *after] == IN_ORDER, number


def test_the_page_of_a_gallery(gallery, photos):
    staff = member(gallery.studio)
    pages = [staff.get(address(gallery, "window"), {"sort": "name", "offset": at, "limit": 7}) for at in (0, 7, 14, 21)]
    assert [photo["name"] for page in pages for photo in page.json()["photos"]] == IN_ORDER


def test_what_guests_look_through_what_is_exported_and_the_photos_of_a_person(gallery, photos):
    person = PersonFactory(studio=gallery.studio)
    for photo in photos.values():
        FaceFactory(photo=photo, person=person, verified=True, face_category=FaceCategory.KNOWN)
    event = Occasion.for_gallery(gallery)
    assert names(list_session_photos(SessionFactory._meta.model.objects.get())) == IN_ORDER
    assert names(named.photo for named in list_named_photos(event)) == IN_ORDER
    assert names(find_photos(person)) == IN_ORDER


def test_the_favourites_of_guests(gallery, photos):
    session = SessionFactory._meta.model.objects.get()
    guest = Guest.objects.create(session=session, consented_at=TAKEN, last_seen_at=TAKEN)
    for rank, photo in enumerate(photos.values()):
        FoundPhoto.objects.create(guest=guest, photo=photo, favourite=True, rank=rank)
    everybody, own = favourites.write_list(favourites.list_picks(session)).strip().split("\n\n")
    assert [everybody.split("\n")[1].split(", "), own.split("\n")[1].split(", ")] == [IN_ORDER, IN_ORDER]


def test_the_lists_of_the_api_and_of_the_admin(api, gallery, photos):
    pages, path = [], "/api/v1/images/?ordering=original_name&page_size=10"
    while path:
        pages.append(api.get(path).json())
        path = pages[-1]["next"]
    keys = {name: photo.name_key for name, photo in photos.items()}
    listed = [keys[row["filename"]] for page in pages for row in page["results"]]
    assert listed == sorted(keys.values())
    table = reverse("admin:galleries_galleryimage_changelist")
    rows = member(gallery.studio).get(table, {"o": "2", "all": ""}).context["cl"].result_list
    assert [photo.name_key for photo in rows] == sorted(keys.values())


def test_the_files_of_a_folder_that_is_imported(tmp_path):
    kept = [name for name in IN_ORDER if len(name) < 100]
    for folder in ("", "card 10", "card 9"):
        (tmp_path / folder).mkdir(exist_ok=True)
        for name in sorted(kept, reverse=True):
            (tmp_path / folder / name).touch()
    expected = [f"{folder}{name}" for folder in ("", "card 9/", "card 10/") for name in kept]
    assert [file.name for file in listing.list_files(tmp_path)] == expected


def test_a_name_that_changes_changes_its_place_whoever_writes_it(photos):
    photo = photos["IMG_100.jpg"]
    assert photo.name_key == natural_key(photo.original_name), "known as soon as the row is there"
    GalleryImage.objects.filter(pk=photo.pk).update(original_name="IMG_8.jpg")
    GalleryImage.objects.filter(pk=photo.pk).update(name_key="zzz")
    photo.save(update_fields=["blur"])
    assert names(GalleryImage.objects.order_by(*BY_NAME))[14] == "IMG_8.jpg"


def test_the_database_and_what_sorts_files_agree(gallery):
    wild = ["", "E\u0301 1.jpg", "é 01.jpg", "٣.jpg", "½ 2.jpg", "a\nb 2.jpg", "9" * 255, "a1" * 127, "𝟙 1"]
    for name in [*wild, *IN_ORDER]:
        photo = PhotoFactory(gallery=gallery, original_name=name, stored=False)
        assert photo.name_key == natural_key(name)[:400], name
    PhotoFactory(gallery=gallery, original_name="\U0001d15e\U0001d1bb𝒜" * 85, stored=False)  # what normalises to most


def test_names_that_were_there_before_get_their_place(photos):
    trigger, fill = (import_module(f"galleries.migrations.{name}") for name in ("0034_name_keys", "0035_name_orders"))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing waits when the trigger goes
        cursor.execute(trigger.GONE)
        GalleryImage.objects.update(name_key="")
        cursor.execute(trigger.KEY)
    fill.fill(None, Mock(connection=connection), batch=5)
    assert names(GalleryImage.objects.order_by(*BY_CAPTURE)) == IN_ORDER
