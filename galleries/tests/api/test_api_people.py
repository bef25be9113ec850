"""/api/v1/people/… and /api/v1/users/…"""

import pytest

from facepass.testing.factories import (
    PASSWORD,
    FaceFactory,
    GalleryFactory,
    MembershipFactory,
    PersonFactory,
    PhotoFactory,
)
from galleries.models import Gallery, GalleryImage, Person, PhotoFace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

PEOPLE, USERS = "/api/v1/people/", "/api/v1/users/"


def test_a_user_is_a_row_of_people_under_other_names(api, studio):
    body = {"email": "ann@example.org", "full_name": "Ann", "external_id": "a1", "metadata": {"vip": True}}
    answer = api.post(USERS, body)
    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in body} == body
    person = Person.objects.get(pk=answer.json()["id"])
    assert (person.studio, person.real_name) == (studio, "Ann")
    assert api.get(f"{PEOPLE}{person.pk}").json()["real_name"] == "Ann"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"email": "ANN@example.org", "full_name": "Another"}, "email_taken"),
        ({"email": "b@example.org", "full_name": "Another", "external_id": "a1"}, "external_id_taken"),
    ],
)
def test_email_and_external_id_are_unique_within_a_studio_only(api, stranger, studio, body, code):
    PersonFactory(studio=studio, email="ann@example.org", external_id="a1")
    answer = api.post(USERS, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, code)
    assert stranger.post(USERS, body).status_code == 201


def test_a_change_to_a_taken_email_is_409_and_changes_nothing(api, studio):
    PersonFactory(studio=studio, email="ann@example.org")
    bob = PersonFactory(studio=studio, email="bob@example.org")
    assert api.patch(f"{USERS}{bob.pk}", {"email": "Ann@example.org", "full_name": "X"}).status_code == 409
    bob.refresh_from_db()
    assert bob.email == "bob@example.org"
    assert api.patch(f"{USERS}{bob.pk}", {"full_name": "Bob B."}).json()["full_name"] == "Bob B."


@pytest.mark.parametrize(
    "change",
    [
        {"email": "nobody"},
        {"full_name": ""},
        {"full_name": "a\0b"},
        {"metadata": []},
        {"metadata": {"a": "\0"}},
        {"metadata": {"a": "x" * 10_001}},
    ],
)
def test_what_is_not_a_user_is_400(api, change):
    answer = api.post(USERS, {"email": "a@example.org", "full_name": "A", **change})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")


@pytest.mark.parametrize("value", ["1e999", r'"\ud800"'])
def test_what_json_can_say_and_the_database_cannot_is_400(api, value):
    body = f'{{"email": "a@example.org", "full_name": "A", "metadata": {{"a": {value}}}}}'
    assert api.post(USERS, body, content_type="application/json").status_code == 400


def test_half_a_character_in_a_bulk_fails_its_row(api):
    body = r'{"people": [{"external_id": "\ud800", "real_name": "A"}, {"external_id": "1", "real_name": "\ud800"}]}'
    answer = api.post(f"{PEOPLE}bulk", body, content_type="application/json")
    assert [(row["external_id"], row["status"]) for row in answer.json()["results"]] == [
        (None, "failed"),
        ("1", "failed"),
    ]


def test_deleting_says_what_went_and_leaves_the_photos_of_events(api, studio):
    ann = PersonFactory(studio=studio)
    enrolment = Gallery.objects.create(studio=studio, title="Enrolment", kind="enrolment")
    picture = PhotoFactory(gallery=enrolment, subject=ann)
    FaceFactory(photo=picture, person=ann, verified=True)
    file = picture.file
    seen = FaceFactory(
        photo=PhotoFactory(gallery=GalleryFactory(studio=studio)), person=ann, verified=True, face_category="known"
    )
    answer = api.delete(f"{USERS}{ann.pk}")
    assert answer.status_code == 200
    assert answer.json() == {"id": str(ann.pk), "deleted": {"pictures": 1, "faces": 1, "unnamed": 1}}
    assert [*PhotoFace.objects.values_list("pk", "person", "verified", "face_category")] == [
        (seen.pk, None, False, "unknown")
    ]
    assert not GalleryImage.objects.filter(pk=picture.pk).exists()
    assert api.delete(f"{USERS}{ann.pk}").status_code == 404
    assert file.storage.exists(file.name)  # as long as the trash keeps it


def test_without_a_trash_the_files_of_a_deleted_person_go_with_the_commit(
    api, studio, settings, django_capture_on_commit_callbacks
):
    settings.TRASH_DAYS = 0
    picture = PhotoFactory(
        gallery=Gallery.objects.create(studio=studio, title="Enrolment", kind="enrolment"),
        subject=PersonFactory(studio=studio),
    )
    with django_capture_on_commit_callbacks(execute=True):
        api.delete(f"{PEOPLE}{picture.subject_id}")
    assert not picture.file.storage.exists(picture.file.name)


@pytest.mark.parametrize("url", [PEOPLE, USERS])
def test_a_list_takes_three_queries_for_many_as_for_one(api, studio, url, django_assert_num_queries):
    for _number in range(4):
        FaceFactory(person=PersonFactory(studio=studio))
    api.get(url)
    with django_assert_num_queries(3):  # the key, the count, the page
        rows = api.get(url).json()["results"]
    assert [row["face_count"] for row in rows] == [1, 1, 1, 1]


def test_cursors_lead_through_everything_once_also_while_people_are_added(api, studio):
    names = [f"P{number}" for number in range(5)]
    for name in names:
        PersonFactory(studio=studio, real_name=name)
    page = api.get(f"{PEOPLE}?ordering=real_name&page_size=2").json()
    assert page["count"] == 5
    PersonFactory(studio=studio, real_name="A first")
    seen = [row["real_name"] for row in page["results"]]
    while page["next"]:
        page = api.get(page["next"]).json()
        seen += [row["real_name"] for row in page["results"]]
    assert seen == names


def test_equal_names_are_neither_lost_nor_repeated_between_pages(api, studio):
    made = {str(PersonFactory(studio=studio, real_name="Same").pk) for _number in range(5)}
    page, seen = api.get(f"{PEOPLE}?ordering=-real_name&page_size=2").json(), []
    seen += [row["id"] for row in page["results"]]
    while page["next"]:
        page = api.get(page["next"]).json()
        seen += [row["id"] for row in page["results"]]
    assert sorted(seen) == sorted(made)


@pytest.mark.parametrize("cursor", ["x", "cD1ub25zZW5zZQ==", "cD0lMDA=", "bz0tMQ=="])
def test_a_cursor_that_somebody_made_up_is_404(api, studio, cursor):
    PersonFactory(studio=studio)
    assert api.get(PEOPLE, {"cursor": cursor}).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=ann", ["Ann"]),
        ("search=bob@", ["Bob"]),
        ("email=ANN@example.org", ["Ann"]),
        ("external_id=b1", ["Bob"]),
        ("has_faces=true", ["Bob"]),
        ("has_faces=false", ["Ann"]),
        ("created_before=2001-01-01T00:00:00Z", []),
    ],
)
def test_filters(api, studio, query, found):
    PersonFactory(studio=studio, real_name="Ann", email="ann@example.org")
    bob = PersonFactory(studio=studio, real_name="Bob", email="bob@example.org", external_id="b1")
    FaceFactory(person=bob)
    assert [row["real_name"] for row in api.get(f"{PEOPLE}?{query}").json()["results"]] == found


@pytest.mark.parametrize("query", ["created_after=yesterday", "search=%00", "page_size=x&email=%00"])
def test_a_filter_that_makes_no_sense_is_400(api, query):
    assert api.get(f"{PEOPLE}?{query}").status_code == 400


def test_a_bulk_makes_changes_and_refuses_row_by_row(api, studio):
    PersonFactory(studio=studio, real_name="Old", external_id="1", email="old@example.org")
    PersonFactory(studio=studio, email="taken@example.org")
    rows = [
        {"external_id": "1", "real_name": "New"},
        {"external_id": "2", "real_name": "Two", "email": "two@example.org"},
        {"external_id": "3"},
        {"external_id": "4", "real_name": "Four", "email": "taken@example.org"},
        {"real_name": "Nameless"},
        {"external_id": "1", "email": "taken@example.org"},
        {"external_id": "2", "real_name": "Two again"},
    ]
    answer = api.post(f"{PEOPLE}bulk", {"people": rows})
    assert answer.status_code == 200
    report = answer.json()
    assert (report["created"], report["updated"], report["failed"]) == (1, 2, 4)
    assert [row["status"] for row in report["results"]] == [
        "updated", "created", "failed", "failed", "failed", "failed", "updated",
    ]  # fmt: skip
    codes = [row["error"] and row["error"]["code"] for row in report["results"]]
    assert codes == [None, None, "invalid_request", "email_taken", "invalid_request", "email_taken", None]
    assert report["results"][2]["error"]["details"] == {"real_name": ["This field is required."]}
    kept = {p.external_id: (p.real_name, p.email) for p in Person.objects.exclude(external_id=None)}
    assert kept == {"1": ("New", "old@example.org"), "2": ("Two again", "two@example.org")}


def test_the_same_bulk_twice_makes_nobody_twice(api):
    rows = {"people": [{"external_id": str(n), "real_name": f"P{n}"} for n in range(3)]}
    assert api.post(f"{PEOPLE}bulk", rows).json()["created"] == 3
    assert api.post(f"{PEOPLE}bulk/", rows).json()["updated"] == 3
    assert Person.objects.count() == 3


@pytest.mark.parametrize("body", [{}, {"people": []}, {"people": ["x"]}, {"people": [{"external_id": "1"}] * 1001}])
def test_what_is_no_bulk_is_400(api, body):
    assert api.post(f"{PEOPLE}bulk", body).status_code == 400


@pytest.mark.parametrize("url", [PEOPLE, USERS])
def test_a_stranger_finds_nobody(api, stranger, studio, url):
    person = PersonFactory(studio=studio)
    assert stranger.get(url).json()["results"] == []
    assert stranger.get(f"{url}{person.pk}").status_code == 404
    assert stranger.patch(f"{url}{person.pk}", {"external_id": "mine"}).status_code == 404
    assert stranger.delete(f"{url}{person.pk}").status_code == 404
    assert api.get(f"{url}{person.pk}").status_code == 200


def test_a_strangers_bulk_makes_a_person_of_their_own(stranger, studio):
    person = PersonFactory(studio=studio, external_id="1", real_name="Ours")
    assert stranger.post(f"{PEOPLE}bulk", {"people": [{"external_id": "1", "real_name": "T"}]}).json()["created"] == 1
    person.refresh_from_db()
    assert person.real_name == "Ours"


def test_a_person_deleted_in_the_admin_goes_the_same_way(client, studio):
    owner = MembershipFactory(studio=studio).user
    client.login(username=owner.username, password=PASSWORD)
    face = FaceFactory(
        photo=PhotoFactory(gallery=GalleryFactory(studio=studio)), person=PersonFactory(studio=studio), verified=True
    )
    client.post(f"/admin/galleries/person/{face.person_id}/delete/", {"post": "yes"})
    face.refresh_from_db()
    assert (face.person, face.verified) == (None, False)


def test_many_rows_take_a_bounded_number_of_queries(api, django_assert_max_num_queries):
    rows = [{"external_id": str(number), "real_name": f"P{number}"} for number in range(100)]
    api.get(PEOPLE)
    # Savepoints and an insert for each; 24 are of the audit, which tells of twenty rows.
    with django_assert_max_num_queries(4 + 5 * 100 + 24):
        assert api.post(f"{PEOPLE}bulk", {"people": rows}).json()["created"] == 100
