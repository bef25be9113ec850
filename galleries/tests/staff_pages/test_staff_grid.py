"""The page of a gallery: windows of its photos, filters, counts, retry."""

import io
import re
import zipfile
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.storage import default_storage
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django_q.models import OrmQ

from facepass.core.trash import entries
from facepass.models import Role
from facepass.testing.factories import (
    FaceFactory,
    GalleryFactory,
    PersonFactory,
    PhotoFactory,
    StudioFactory,
)
from facepass.testing.pages.staff import address, member, post
from galleries.models import GalleryImage, PhotoFace
from galleries.models.face import FaceCategory
from galleries.models.photo import PhotoState
from galleries.photos import media_files
from galleries.staff.photo_grid.filters import filter_photos

pytestmark = pytest.mark.django_db


def window(client, gallery, **query):
    return client.get(address(gallery, "window"), query).json()


def names(client, gallery, **query):
    """The names of the photos that the query leaves, in the order of their upload where it names no other."""
    return [photo["name"] for photo in window(client, gallery, **{"sort": "upload", **query})["photos"]]


@pytest.fixture
def some(gallery):
    """One photo of each sort, by name."""
    ann = PersonFactory(studio=gallery.studio, real_name="Ann")
    states = {
        "waits": PhotoState.PENDING,
        "works": PhotoState.PROCESSING,
        "broken": PhotoState.FAILED,
        "given up": PhotoState.QUARANTINED,
        "empty": PhotoState.PROCESSED,
        "rejected": PhotoState.PROCESSED,
        "stranger": PhotoState.PROCESSED,
        "ann": PhotoState.PROCESSED,
    }
    found = {
        name: PhotoFactory(gallery=gallery, original_name=name, state=state, stored=False, seed=number)
        for number, (name, state) in enumerate(states.items())
    }
    FaceFactory(photo=found["rejected"], face_category=FaceCategory.IGNORED)
    FaceFactory(photo=found["stranger"])
    FaceFactory(photo=found["ann"], person=ann, face_category=FaceCategory.KNOWN)
    return {**found, "person": ann}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["waits", "works", "broken", "given up", "empty", "rejected", "stranger", "ann"]),
        ({"filter": "unprocessed"}, ["waits", "works"]),
        ({"filter": "failed"}, ["broken", "given up"]),
        ({"filter": "no_faces"}, ["empty", "rejected"]),
        ({"filter": "unnamed"}, ["stranger"]),
    ],
)
def test_filters_leave_the_photos_they_name(query, expected, staff, gallery, some):
    assert names(staff, gallery, **query) == expected


def test_photos_of_one_person(staff, gallery, some):
    assert names(staff, gallery, person=some["person"].pk) == ["ann"]
    assert staff.get(address(gallery, "people")).json() == {
        "people": [{"id": str(some["person"].pk), "name": "Ann", "photos": 1}]
    }


def test_the_counts_are_those_of_the_filters(staff, gallery, some):
    counts = staff.get(address(gallery, "counts")).json()
    assert counts == {
        "all": 8,
        "unprocessed": 2,
        "failed": 2,
        "no_faces": 2,
        "unnamed": 1,
        "hidden": 0,
        "best_shots": 8,
    }
    for wanted, number in counts.items():
        assert window(staff, gallery, filter=wanted)["total"] == number


def test_a_window_is_a_part_of_the_whole(staff, gallery, some):
    found = window(staff, gallery, offset=6, limit=5, sort="upload")
    assert (found["total"], found["offset"]) == (8, 6)
    assert [(photo["name"], photo["faces"], photo["unnamed"]) for photo in found["photos"]] == [
        ("stranger", 1, 1),
        ("ann", 1, 0),
    ]
    assert window(staff, gallery, offset=100)["photos"] == []


@pytest.mark.parametrize("query", [{"filter": "x"}, {"offset": "x"}, {"person": "x"}, {"sort": "x"}])
def test_nonsense_is_a_400(query, staff, gallery):
    answer = staff.get(address(gallery, "window"), query)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")


@pytest.fixture
def taken(gallery):
    """Photos of two cameras, uploaded in the order of their keys; the last one knows no time."""
    times = {"b.jpg": (10, 30), "d.jpg": (9, 15), "a.jpg": (10, 30), "c.jpg": None}
    return {
        name: PhotoFactory(
            gallery=gallery,
            original_name=name,
            taken_at=at and datetime(2026, 8, 15, *at, tzinfo=UTC),
            folder="card 1/ceremony" if name < "c" else "card 2",
            stored=False,
            seed=number,
        )
        for number, (name, at) in enumerate(times.items())
    }


ORDERS = {
    "": ["d.jpg", "a.jpg", "b.jpg", "c.jpg"],
    "taken": ["d.jpg", "a.jpg", "b.jpg", "c.jpg"],
    "name": ["a.jpg", "b.jpg", "c.jpg", "d.jpg"],
    "upload": ["b.jpg", "d.jpg", "a.jpg", "c.jpg"],
}


@pytest.mark.parametrize("sort", ORDERS)
def test_photos_are_sorted_by_capture_unless_asked_otherwise_and_neighbours_follow(sort, staff, gallery, taken):
    expected = ORDERS[sort]
    assert names(staff, gallery, sort=sort) == expected
    for number, name in enumerate(expected):
        place = staff.get(address(taken[name], "described"), {"sort": sort}).json()["place"]
        around = [expected[number - 1] if number else None, *expected[number + 1 : number + 2], None]
        neighbours = [str(taken[other].pk) if other else None for other in around[:2]]
        assert place == {"number": number + 1, "total": 4, "previous": neighbours[0], "next": neighbours[1]}


@pytest.mark.parametrize("sort", ["taken", "name", "upload"])
def test_an_order_is_an_index(sort, gallery, taken):
    photos = filter_photos(gallery, QueryDict(f"sort={sort}"))[:100]
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):  # of few rows anything would do
            cursor.execute(f"SET LOCAL enable_{way} = off")
    assert "Sort" not in photos.explain()


@pytest.mark.parametrize(
    ("text", "found"),
    [("A.J", "a"), ("ceremony", "ba"), ("lar", "d"), ("nobody", ""), (" ", "bdac")],
)
def test_photos_are_found_by_file_folder_and_person(text, found, staff, gallery, taken):
    lara = PersonFactory(studio=gallery.studio, real_name="Lara")
    FaceFactory(photo=taken["d.jpg"], person=lara, face_category=FaceCategory.KNOWN)
    FaceFactory(photo=taken["c.jpg"], person=lara, face_category=FaceCategory.IGNORED)
    assert names(staff, gallery, q=text) == [f"{name}.jpg" for name in found]


def test_a_photo_tells_when_it_was_taken_and_where_it_lay(staff, gallery, taken):
    found = {photo["name"]: photo["place"] for photo in window(staff, gallery)["photos"]}
    assert found == {
        "a.jpg": "15 Aug 2026, 10:30 · card 1/ceremony",
        "b.jpg": "15 Aug 2026, 10:30 · card 1/ceremony",
        "c.jpg": "card 2",
        "d.jpg": "15 Aug 2026, 09:15 · card 2",
    }


def test_a_window_asks_no_query_per_photo(staff, gallery, django_assert_max_num_queries):
    person = PersonFactory(studio=gallery.studio)
    for number in range(12):
        photo = PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED, stored=False, seed=number)
        FaceFactory(photo=photo, person=person)
        FaceFactory(photo=photo)
    with django_assert_max_num_queries(8):
        assert len(window(staff, gallery, filter="unnamed")["photos"]) == 12
    with django_assert_max_num_queries(7):
        staff.get(address(gallery, "counts"))
    with django_assert_max_num_queries(9):
        staff.get(address(gallery, "photos"))


READS = ["photos", "window", "counts", "people", "ids"]


@pytest.mark.parametrize("name", READS)
def test_a_stranger_sees_no_gallery(name, gallery):
    assert member(StudioFactory()).get(address(gallery, name)).status_code == 404
    assert Client().get(address(gallery, name)).status_code == 302


@pytest.mark.parametrize("name", READS)
def test_everybody_of_the_studio_may_look(name, studio, gallery):
    assert member(studio, Role.VIEWER).get(address(gallery, name)).status_code == 200


def test_only_those_who_may_see_buttons_that_change(studio, gallery):
    for role, shown in ((Role.PHOTOGRAPHER, True), (Role.VERIFIER, False), (Role.VIEWER, False)):
        page = member(studio, role).get(address(gallery, "photos")).content.decode()
        assert ("data-upload" in page) == ("data-retry" in page) == shown


def test_all_failed_photos_are_analysed_again_and_it_is_noted(staff, gallery, some):
    answer = post(staff, gallery, "retry").json()
    assert answer == {"number": 2, "said": "2 photos wait for analysis."}
    assert names(staff, gallery, filter="failed") == []
    assert OrmQ.objects.exists()
    assert LogEntry.objects.get().object_id == str(gallery.pk)


def test_named_photos_are_analysed_again(staff, gallery, some):
    body = {"photos": [str(some["broken"].pk), str(PhotoFactory(state=PhotoState.FAILED, stored=False).pk)]}
    assert post(staff, gallery, "retry", **body).json()["number"] == 1
    assert names(staff, gallery, filter="failed") == ["given up"]


def test_a_retry_takes_a_role(studio, gallery, some):
    for client, status in ((member(studio, Role.VERIFIER), 403), (member(StudioFactory()), 404)):
        answer = post(client, gallery, "retry")
        assert (answer.status_code, "error" in answer.json()) == (status, True)
    assert names(member(studio), gallery, filter="failed") == ["broken", "given up"]


# What is done with many of them.


def act(client, gallery, verb, *photos, **more):
    return post(client, gallery, "act", verb=verb, photos=[str(photo.pk) for photo in photos], **more)


def test_the_ids_are_those_of_the_filter_in_its_order(staff, gallery, taken):
    found = staff.get(address(gallery, "ids"), {"sort": "name", "q": "card 1"}).json()
    assert found == {"photos": [str(taken[name].pk) for name in ("a.jpg", "b.jpg")]}


def test_photos_are_hidden_from_guests_and_shown_again(staff, gallery, taken):
    first, second, *_others = taken.values()
    foreign = PhotoFactory(stored=False)
    assert act(staff, gallery, "hide", first, second, foreign).json() == {
        "number": 2,
        "said": "2 photos are hidden from guests.",
        "undo": {"verb": "show", "photos": [str(first.pk), str(second.pk), str(foreign.pk)]},
    }
    assert act(staff, gallery, "hide", first).json()["number"] == 0
    assert not GalleryImage.objects.get(pk=foreign.pk).hidden_from_guests
    assert names(staff, gallery, filter="hidden") == ["b.jpg", "d.jpg"]
    assert [photo["hidden"] for photo in window(staff, gallery, sort="upload")["photos"]] == [True, True, False, False]
    assert staff.get(address(gallery, "counts")).json()["hidden"] == 2
    assert act(staff, gallery, "show", first).json()["said"] == "1 photo is shown to guests."
    assert names(staff, gallery, filter="hidden") == ["d.jpg"]
    assert LogEntry.objects.filter(object_id=str(gallery.pk)).count() == 2


@pytest.fixture
def event(studio):
    """Two galleries of one photo session, and one of another."""
    session, other = uuid4(), uuid4()
    return [
        GalleryFactory(studio=studio, session_id=pk, title=t)
        for pk, t in ((session, "A"), (session, "B"), (other, "C"))
    ]


def test_photos_move_to_another_gallery_of_the_event_with_faces_and_files(staff, event):
    gallery, target, _elsewhere = event
    photo, waits = PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED), PhotoFactory(gallery=gallery)
    face = FaceFactory(photo=photo)
    before = media_files.storage_names(photo)
    answer = act(staff, gallery, "move", photo, waits, target=str(target.pk)).json()
    assert answer["number"] == 1
    assert answer["said"].startswith("1 photo was moved. The others stay: they wait")
    photo.refresh_from_db()
    face.refresh_from_db()
    assert (photo.gallery, face.gallery) == (target, target)
    assert media_files.storage_names(photo) == before
    assert default_storage.exists(media_files.storage_name(photo, "original"))


def test_a_photo_that_the_target_has_stays(staff, event):
    gallery, target, _elsewhere = event
    twins = [PhotoFactory(gallery=each, state=PhotoState.FAILED, seed=1, stored=False) for each in (gallery, target)]
    assert act(staff, gallery, "move", twins[0], target=str(target.pk)).json()["number"] == 0


def test_photos_leave_no_event(staff, event, gallery):
    inside, _target, elsewhere = event
    photo, alone = PhotoFactory(gallery=inside, stored=False), PhotoFactory(gallery=gallery, stored=False)
    assert act(staff, inside, "move", photo, target=str(elsewhere.pk)).status_code == 404
    assert act(staff, gallery, "move", alone, target=str(inside.pk)).status_code == 404
    page = staff.get(address(inside, "photos")).content.decode()
    assert re.findall(r'<option value="[0-9a-f-]{36}">(\w)</option>', page) == ["B"]


def test_chosen_photos_come_as_a_zip_of_their_originals(staff, gallery):
    photos = [PhotoFactory(gallery=gallery, original_name="a.jpg") for _number in range(2)]
    foreign = PhotoFactory()
    chosen = ",".join(str(photo.pk) for photo in (*photos, foreign))
    response = staff.post(address(gallery, "download"), {"photos": chosen})
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response)))
    assert archive.namelist() == ["a.jpg", "a-2.jpg"]
    assert {len(archive.read(name)) for name in archive.namelist()} == {photo.byte_size for photo in photos}
    assert staff.post(address(gallery, "download"), {"photos": str(foreign.pk)}).status_code == 404
    assert staff.post(address(gallery, "download"), {"photos": "x"}).status_code == 404


def test_what_is_done_with_many_takes_a_role(studio, gallery, taken):
    photo = taken["a.jpg"]
    for client, status in ((member(studio, Role.VERIFIER), 403), (member(StudioFactory()), 404)):
        for verb in ("hide", "show", "move", "tag", "untag", "delete", "restore"):
            assert act(client, gallery, verb, photo, target=str(gallery.pk)).status_code == status
    assert member(StudioFactory()).post(address(gallery, "download"), {"photos": str(photo.pk)}).status_code == 404
    assert 'data-chosen-do="hide"' not in member(studio, Role.VIEWER).get(address(gallery, "photos")).content.decode()


@pytest.mark.parametrize("body", [{"verb": "x", "photos": []}, {"verb": "hide"}, {"verb": "hide", "photos": ["x"]}])
def test_nonsense_about_many_is_a_400(body, staff, gallery):
    assert post(staff, gallery, "act", **body).status_code == 400


def test_chosen_photos_go_to_the_trash_and_come_back(staff, gallery, taken):
    face = FaceFactory(photo=taken["a.jpg"])
    answer = act(staff, gallery, "delete", *taken.values()).json()
    assert (answer["number"], answer["said"]) == (4, "4 photos were deleted.")
    assert not gallery.photos.exists()
    assert post(member(StudioFactory()), gallery, "act", **answer["undo"]).status_code == 404
    assert post(staff, gallery, "act", **answer["undo"]).json()["said"] == "The photos are back."
    assert gallery.photos.count() == 4
    assert PhotoFace.objects.get(pk=face.pk).photo == taken["a.jpg"]


def test_without_a_trash_there_is_no_way_back(staff, gallery, taken, settings):
    settings.TRASH_DAYS = 0
    assert act(staff, gallery, "delete", taken["a.jpg"]).json()["undo"] is None


def test_the_trash_of_another_studio_is_not_restored_from(staff, gallery, studio):
    foreign = PhotoFactory(stored=False)
    (entry,) = entries.move_to_trash("photo", [foreign], by=None)
    answer = post(staff, gallery, "act", verb="restore", photos=[], entries=[str(entry.pk)])
    assert answer.status_code == 404
    assert not GalleryImage.objects.filter(pk=foreign.pk).exists()


def test_chosen_photos_are_tagged_found_by_their_tags_and_untagged(staff, gallery, taken):
    first, second = taken["a.jpg"], taken["b.jpg"]
    answer = act(staff, gallery, "tag", first, second, tags=" First   dance, Bride ,,first dance").json()
    assert (answer["number"], answer["said"]) == (2, "2 photos have a new tag.")
    assert act(staff, gallery, "tag", first, tags="BRIDE").json()["number"] == 0
    assert names(staff, gallery, q="dance") == ["b.jpg", "a.jpg"]
    (shown,) = window(staff, gallery, q="a.jpg")["photos"]
    assert shown["place"].endswith("card 1/ceremony · #First dance · #Bride")
    assert act(staff, gallery, "untag", first, tags="first DANCE").json()["said"] == "1 photo has lost the tag."
    assert GalleryImage.objects.get(pk=first.pk).tag_list == ["Bride"]
    assert names(staff, gallery, q="dance") == ["b.jpg"]


@pytest.mark.parametrize("tags", ["", " , ", "x" * 501, None])
def test_no_tag_or_more_than_can_be_kept_is_a_400(tags, staff, gallery, taken):
    answer = act(staff, gallery, "tag", taken["a.jpg"], tags=tags)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")
