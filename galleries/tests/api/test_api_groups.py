"""/api/v1/groups/…, /api/v1/decisions/…, /cluster-unknown-faces and /reject-face-cluster."""

import pytest

from facepass.testing.factories import ClusterFactory, FaceFactory, GalleryFactory, PersonFactory, PhotoFactory
from galleries import tasks
from galleries.models import FaceCluster, Job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


@pytest.fixture
def gallery(studio):
    return GalleryFactory(studio=studio)


@pytest.fixture
def group(gallery):
    def make(faces=2, **fields):
        found = ClusterFactory(studio=gallery.studio, gallery=gallery, **fields)
        for _ in range(faces):
            FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), cluster=found, seed=found.pk.int % 10_000)
        found.refresh_from_db()
        return found

    return make


def test_groups_are_listed_largest_first_with_their_faces_and_without_empty_ones(api, group):
    large, small = group(3), group(1)
    group(0)
    found = api.get("/api/v1/groups/").json()
    assert [each["id"] for each in found["results"]] == [str(large.pk), str(small.pk)]
    assert (found["count"], found["results"][0]["size"], len(found["results"][0]["faces"])) == (2, 3, 3)
    assert set(found["results"][0]["faces"][0]) == {
        "photo_id", "filename", "face_id", "bbox", "thumbnail_url", "image_url",
    }  # fmt: skip
    assert "centroid" not in found["results"][0]


def test_groups_are_filtered_by_gallery_and_by_name(api, group, studio):
    named = group(1, person=PersonFactory(studio=studio))
    group(1)
    other = FaceFactory(photo=PhotoFactory(gallery=GalleryFactory(studio=studio), stored=False))
    assert [each["id"] for each in api.get("/api/v1/groups/?named=true").json()["results"]] == [str(named.pk)]
    assert api.get(f"/api/v1/groups/?gallery_id={other.gallery_id}").json()["results"] == []


def test_the_list_takes_a_fixed_number_of_queries(api, group, django_assert_num_queries):
    for _ in range(4):
        group(2)
    api.get("/api/v1/groups/")
    with django_assert_num_queries(4):  # the key, the number, the groups, their faces with their photos
        api.get("/api/v1/groups/")


def test_the_faces_of_a_group_come_in_pages(api, group):
    found = group(3)
    page = api.get(f"/api/v1/groups/{found.pk}/faces/?page_size=2").json()
    assert (page["count"], len(page["results"]), page["next"] is None) == (3, 2, False)


def test_every_decision_is_made_listed_and_undone(api, group, studio):
    ann = PersonFactory(studio=studio)
    one, other = group(3), group(2)
    base = f"/api/v1/groups/{one.pk}"
    face = one.faces.first()
    calls = [
        (f"{base}/split/", {"face_ids": [str(face.pk)]}, "split"),
        (f"{base}/merge/", {"group_ids": [str(other.pk)]}, "merge"),
        (f"{base}/keep-apart/", {"group_id": str(other.pk)}, "apart"),
        (f"{base}/name/", {"person_id": str(ann.pk)}, "name"),
        (f"{base}/name/", {"person_id": None}, "name"),
        (f"{base}/reject/", {}, "reject"),
        ("/reject-face-cluster", {"cluster_id": str(other.pk)}, "reject"),
    ]
    made = []
    for path, body, kind in calls:
        answer = api.post(path, body)
        assert (answer.status_code, answer.json()["kind"]) == (200, kind), path
        assert answer.json()["made_by"] == "test"
        made.append(answer.json()["id"])
    assert [each["id"] for each in api.get("/api/v1/decisions/").json()["results"]] == made[::-1]
    for pk in reversed(made):
        assert api.post(f"/api/v1/decisions/{pk}/undo/").json()["undone_at"] is not None
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.size, other.size, one.person, one.rejected) == (3, 2, None, False)


def test_faces_groups_and_people_that_are_not_there_are_named(api, group, studio):
    one = group(2)
    elsewhere = FaceFactory()
    for path, body, status in [
        ("split", {"face_ids": [str(elsewhere.pk)]}, 400),
        ("merge", {"group_ids": [str(ClusterFactory().pk)]}, 404),
        ("name", {"person_id": str(PersonFactory().pk)}, 404),
        ("split", {"face_ids": []}, 400),
    ]:
        assert api.post(f"/api/v1/groups/{one.pk}/{path}/", body).status_code == status, path
    assert one.faces.count() == 2


def test_a_stranger_sees_and_changes_nothing(stranger, group, gallery):
    one = group(2)
    assert stranger.get("/api/v1/groups/").json()["results"] == []
    for method, path, body in [
        ("get", f"/api/v1/groups/{one.pk}/", None),
        ("get", f"/api/v1/groups/{one.pk}/faces/", None),
        ("post", f"/api/v1/groups/{one.pk}/reject/", {}),
        ("post", "/reject-face-cluster/", {"cluster_id": str(one.pk)}),
        ("post", "/cluster-unknown-faces/", {"gallery_id": str(gallery.pk)}),
        ("get", f"/api/v1/groups/suggestions/?gallery_id={gallery.pk}", None),
    ]:
        assert getattr(stranger, method)(path, body).status_code == 404, path


def test_a_viewer_may_look_and_not_decide(client_of, studio, group):
    viewer = client_of(studio, scopes=["read"])
    one = group(1)
    assert viewer.get(f"/api/v1/groups/{one.pk}/").status_code == 200
    assert viewer.post(f"/api/v1/groups/{one.pk}/reject/").status_code == 403


def test_suggestions_name_the_two_groups(api, gallery):
    for _ in range(2):
        group = ClusterFactory(studio=gallery.studio, gallery=gallery)
        FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), cluster=group, seed=7)
    (found,) = api.get(f"/api/v1/groups/suggestions/?gallery_id={gallery.pk}").json()
    assert {found["group_id"], found["other_id"]} == {
        str(pk) for pk in FaceCluster.objects.values_list("pk", flat=True)
    }
    assert found["similarity"] == pytest.approx(1, abs=1e-3)


def test_grouping_is_a_task_whose_result_is_told(api, gallery):
    for _ in range(2):
        FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), seed=7)
    answer = api.post("/cluster-unknown-faces", {"gallery_id": str(gallery.pk)})
    assert answer.status_code == 202
    tasks.run_job(answer.json()["task_id"])
    task = api.get(f"/api/v1/tasks/{answer.json()['task_id']}").json()
    assert (task["state"], task["result"]) == ("done", {"joined": 2, "created": 1, "merged": 0})
    assert FaceCluster.objects.get().size == 2
    assert Job.objects.get().kind == "cluster_unknown_faces"


@pytest.mark.parametrize("body", [{}, {"gallery_id": "x"}, {"session_id": "1" * 32, "gallery_id": "1" * 32}])
def test_an_occasion_is_named_once(api, body):
    assert api.post("/cluster-unknown-faces", body).status_code == 400
