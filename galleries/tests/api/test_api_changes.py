"""What apps decide about single faces and people, and what they delete many at once."""

import uuid

import pytest

from facepass.models import Scope, TrashEntry
from facepass.testing.factories import (
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    PersonFactory,
    PhotoFactory,
    SessionFactory,
    StudioFactory,
)
from galleries.models import FaceDecision, GalleryImage, Job, Person, PhotoFace


@pytest.fixture
def key(studio, client_of):
    return client_of(studio, scopes=[Scope.READ, Scope.WRITE, Scope.SEARCH, Scope.ADMIN])


@pytest.fixture
def gallery(studio):
    session = SessionFactory(studio=studio)
    return GalleryFactory(studio=studio, session_id=session.pk)


@pytest.fixture
def face(gallery):
    group = ClusterFactory(studio=gallery.studio, session_id=gallery.session_id)
    FaceFactory(photo__gallery=gallery, cluster=group)
    return FaceFactory(photo__gallery=gallery, cluster=group)


def path(face, verb=""):
    return f"/api/v1/faces/{face.pk}/{verb}"


def undo(key, answer):
    for decision in reversed(answer.json()["decision_ids"]):
        assert key.post(f"/api/v1/decisions/{decision}/undo/").status_code == 200


def test_faces_of_a_photo_are_listed_and_narrowed(key, gallery):
    photo = PhotoFactory(gallery=gallery)
    named = FaceFactory(photo=photo, person=PersonFactory(studio=gallery.studio))
    rejected = FaceFactory(photo=photo, face_category="ignored")
    FaceFactory(photo__gallery=gallery)

    def listed(query=""):
        return {row["id"] for row in key.get(f"/api/v1/images/{photo.pk}/faces/{query}").json()["results"]}

    assert listed() == {str(named.pk), str(rejected.pk)}
    assert listed("?named=true") == listed(f"?person_id={named.person_id}") == {str(named.pk)}
    assert listed("?rejected=true") == {str(rejected.pk)}
    assert listed("?rejected=false") == {str(named.pk)}


def test_a_face_is_named_denied_rejected_and_shown_and_each_can_be_undone(key, studio, face):
    person = PersonFactory(studio=studio)
    before = key.get(path(face)).json()
    for said, expected in (
        ({"person_id": person.pk}, {"person_id": str(person.pk), "verified": True}),
        ({"name": "Somebody new"}, {"verified": True}),
        ({"rejected": True}, {"rejected": True}),
    ):
        answer = key.patch(path(face), said)
        assert answer.status_code == 200
        assert expected.items() <= answer.json().items()
        undo(key, answer)
        assert {**key.get(path(face)).json(), "thumbnail_url": "", "image_url": ""} == {
            **before, "thumbnail_url": "", "image_url": "",
        }  # fmt: skip


def test_a_proposed_name_is_confirmed_or_denied(key, studio, gallery):
    for verified in (True, False):
        proposed = FaceFactory(photo__gallery=gallery, person=PersonFactory(studio=studio), recognition_confidence=0.6)
        answer = key.patch(path(proposed), {"verified": verified})
        assert answer.json()["verified"] is verified
        assert answer.json()["person_id"] == (str(proposed.person_id) if verified else None)
        assert FaceDecision.objects.latest("made_at").kind == ("confirm" if verified else "deny")


def test_what_is_said_of_a_face_is_one_thing_and_fits(key, studio, face):
    assert key.patch(path(face), {}).status_code == 400
    assert key.patch(path(face), {"name": "Ann", "rejected": True}).status_code == 400
    assert key.patch(path(face), {"verified": True}).json()["error"]["code"] == "not_named"
    stranger = PersonFactory(studio=StudioFactory())
    assert key.patch(path(face), {"person_id": stranger.pk}).status_code == 404


def test_a_face_that_enrols_somebody_is_given_to_nobody_else(key, studio, face):
    photo = PhotoFactory(gallery=face.gallery, subject=PersonFactory(studio=studio))
    enrolled = FaceFactory(photo=photo, person=photo.subject, verified=True)
    other = PersonFactory(studio=studio)
    for answer in (
        key.patch(path(enrolled), {"person_id": other.pk}),
        key.post(path(enrolled, "move/"), {"group_id": face.cluster_id}),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "face_enrolled")


def test_a_face_moves_to_another_group_has_its_name_and_comes_back(key, studio, gallery, face):
    person = PersonFactory(studio=studio)
    target = ClusterFactory(studio=studio, session_id=gallery.session_id, person=person)
    FaceFactory(photo__gallery=gallery, cluster=target, person=person)
    former = face.cluster_id
    answer = key.post(path(face, "move/"), {"group_id": target.pk})
    assert (answer.status_code, answer.json()["group_id"]) == (200, str(target.pk))
    assert (answer.json()["person_id"], answer.json()["verified"]) == (str(person.pk), True)
    decision = FaceDecision.objects.get(pk=answer.json()["decision_ids"][0])
    assert face.pk in decision.same
    assert set(decision.apart) == set(PhotoFace.objects.filter(cluster=former).values_list("pk", flat=True))
    undo(key, answer)
    face.refresh_from_db()
    assert (face.cluster_id, face.person_id) == (former, None)


def test_a_face_moves_within_its_photo_session_only(key, studio, face):
    elsewhere = ClusterFactory(studio=studio, session_id=SessionFactory(studio=studio).pk)
    answer = key.post(path(face, "move/"), {"group_id": elsewhere.pk})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "not_one_occasion")


@pytest.mark.parametrize("kind", ["images", "faces", "people"])
def test_many_are_deleted_each_with_its_result(key, studio, gallery, kind):
    make = {
        "images": lambda: PhotoFactory(gallery=gallery),
        "faces": lambda: FaceFactory(photo__gallery=gallery),
        "people": lambda: PersonFactory(studio=studio),
    }[kind]
    name = {"images": "photo_ids", "faces": "face_ids", "people": "person_ids"}[kind]
    rows, missing = [make() for _number in range(3)], uuid.uuid4()
    answer = key.post(f"/api/v1/{kind}/bulk-delete/", {name: [rows[0].pk, missing, rows[1].pk]})
    told = answer.json()
    assert (answer.status_code, told["deleted"], told["failed"]) == (200, 2, 1)
    assert [(row["id"], row["state"]) for row in told["results"]] == [
        (str(rows[0].pk), "deleted"), (str(missing), "failed"), (str(rows[1].pk), "deleted"),
    ]  # fmt: skip
    assert told["results"][1]["error"]["code"] == "not_found"
    assert list(type(rows[0]).objects.filter(pk__in=[row.pk for row in rows])) == [rows[2]]
    assert TrashEntry.objects.count() == (0 if kind == "faces" else 1)  # one deletion, restored as a whole


def test_where_none_is_there_the_answer_is_404_and_people_need_the_right(key, studio, client_of):
    assert key.post("/api/v1/images/bulk-delete/", {"photo_ids": [uuid.uuid4()]}).status_code == 404
    writer, person = client_of(studio, scopes=[Scope.WRITE]), PersonFactory(studio=studio)
    assert writer.post("/api/v1/people/bulk-delete/", {"person_ids": [person.pk]}).status_code == 403
    assert Person.objects.filter(pk=person.pk).exists()


def test_people_who_are_one_are_merged_and_come_back(key, studio, face):
    kept, *others = [PersonFactory(studio=studio) for _number in range(3)]
    key.patch(path(face), {"person_id": others[0].pk})
    answer = key.post(f"/api/v1/people/{kept.pk}/merge/", {"person_ids": [other.pk for other in others]})
    assert (answer.status_code, answer.json()["face_count"]) == (200, 1)
    assert not Person.objects.filter(pk__in=[other.pk for other in others]).exists()
    undo(key, answer)
    assert Person.objects.filter(studio=studio).count() == 3
    refused = key.post(f"/api/v1/people/{kept.pk}/merge/", {"person_ids": [kept.pk]})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "nothing_to_merge")


def test_a_session_is_deleted_with_all_it_has_and_restored(key, gallery):
    session, photo = gallery.session_id, PhotoFactory(gallery=gallery)
    assert key.delete(f"/api/v1/sessions/{session}/").status_code == 204
    assert not GalleryImage.objects.filter(pk=photo.pk).exists()
    assert key.post(f"/api/v1/trash/{TrashEntry.objects.get().pk}/restore/").status_code == 200
    assert GalleryImage.objects.filter(pk=photo.pk).exists()


def test_tasks_are_listed_and_cancelled(key, studio):
    mine = Job.objects.create(studio=studio, kind="train")
    Job.objects.create(studio=studio, kind="train", state="done")
    Job.objects.create(studio=StudioFactory(), kind="train")
    Job.objects.create(studio=studio, kind="rebuild_index")
    assert key.get("/api/v1/tasks/").json()["count"] == 2
    assert [row["id"] for row in key.get("/api/v1/tasks/?state=pending").json()["results"]] == [str(mine.pk)]
    assert key.post(f"/api/v1/tasks/{mine.pk}/cancel/").json()["state"] == "cancelled"
    assert key.get(f"/api/v1/tasks/{mine.pk}/").json()["state"] == "cancelled"
