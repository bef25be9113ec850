"""DELETE of the API goes to the trash, and /api/v1/trash/… lists, restores and erases what is there."""

from datetime import timedelta
from itertools import combinations

import pytest
from django.utils import timezone
from rest_framework_simplejwt.tokens import AccessToken

from facepass.core.trash import entries, purge, requested
from facepass.core.trash.registry import KINDS
from facepass.models import STUDIO_SCOPES, ApiKey, Erasure, Role, Scope, TrashEntry
from facepass.testing.factories import (
    FaceFactory,
    GalleryFactory,
    MembershipFactory,
    PersonFactory,
    PhotoFactory,
    SessionFactory,
)
from facepass.tests.access.test_matrix import patterns
from galleries.jobs import runner
from galleries.models import Gallery, Job, Person, PhotoFace
from sessions_app.models import Guest, GuestUpload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "fake_engine")]
TRASH = "/api/v1/trash/"
# What an API key needs to delete, see, restore and erase it, beside `write`.
NEEDED = {
    "gallery": Scope.WRITE,
    "photo": Scope.WRITE,
    "person": Scope.ADMIN,
    "event": Scope.ADMIN,
    "event_contents": Scope.ADMIN,
    "guest_upload": Scope.WRITE,
}
PATHS = {
    "/api/v1/galleries/{}/": "gallery",
    "/api/v1/images/{}/": "photo",
    "/api/v1/people/{}/": "person",
    "/api/v1/users/{}/": "person",
    "/api/v1/sessions/{}/": "event",
}
SCOPES = [scopes for number in range(5) for scopes in combinations(STUDIO_SCOPES, number)]


@pytest.fixture
def event(studio):
    """An event with a gallery of two photos that show Ann."""
    session = SessionFactory(studio=studio, name="Summer party")
    ann = PersonFactory(studio=studio, real_name="Ann")
    gallery = GalleryFactory(studio=studio, session_id=session.pk, title="Party")
    for _photo in range(2):
        FaceFactory(photo=PhotoFactory(gallery=gallery), person=ann, verified=True, face_category="known")
    guest = Guest.objects.create(session=session, language="en")
    GuestUpload.objects.create(guest=guest, original_name="mine.jpg", sha256="a" * 64)
    return session


@pytest.fixture
def everything_is_large(monkeypatch):
    monkeypatch.setattr(requested, "LARGE", 0)
    monkeypatch.setattr(purge, "BATCH", 0)


def row_of(kind):
    return KINDS[kind].root.objects.first()


def delete(kind):
    (entry,) = entries.move_to_trash(kind, [row_of(kind)], by=None)
    return entry


def work():
    for job in Job.objects.claimable():
        runner.run_turn(job.pk)


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


def finish(client, answer):
    """The task of an answer, once a worker was there."""
    assert answer.status_code == 202
    task = f"/api/v1/tasks/{answer.json()['task_id']}/"
    assert client.get(task).json()["state"] == "pending"
    work()
    return client.get(task).json()


def test_these_are_the_paths_that_delete_into_the_trash_and_the_kinds_that_it_has():
    kinds = {path: getattr(getattr(view, "cls", None), "trash_kind", None) for path, view in patterns()}
    assert {path: kind for path, kind in kinds.items() if kind and path.endswith("/{}/")} == PATHS
    assert {name: kind.scope for name, kind in KINDS.items()} == NEEDED


@pytest.mark.parametrize("path", PATHS)
def test_what_is_deleted_is_listed_and_comes_back_with_its_id(event, api, path):
    kind = PATHS[path]
    pk = row_of(kind).pk
    assert api.delete(path.format(pk)).status_code in (200, 204)
    assert api.get(path.format(pk)).status_code == 404
    (entry,) = api.get(TRASH).json()["results"]
    assert (entry["kind"], entry["deleted_by"], entry["deleted_by_app"]) == (kind, None, "test")
    assert api.get(f"{TRASH}{entry['id']}/").json() == entry
    assert api.post(f"{TRASH}{entry['id']}/restore/").json() == entry
    assert api.get(path.format(pk)).status_code == 200
    assert api.get(TRASH).json()["count"] == 0
    assert PhotoFace.objects.filter(person__real_name="Ann", verified=True).count() == 2


def test_an_entry_says_what_was_deleted_how_much_by_whom_and_until_when_it_is_kept(event, api, studio):
    member = MembershipFactory(studio=studio, role=Role.OWNER).user
    (entry,) = entries.move_to_trash("gallery", [Gallery.objects.get()], by=member)
    (shown,) = api.get(TRASH).json()["results"]
    assert shown == {
        "id": str(entry.pk), "kind": "gallery", "title": "Party", "counts": {"photos": 2, "faces": 2},
        "deleted_by": member.username, "deleted_by_app": None, "is_being_erased": False,
        "deleted_at": shown["deleted_at"], "kept_until": shown["kept_until"],
    }  # fmt: skip


def test_the_list_is_narrowed_searched_ordered_and_paged(event, api, django_assert_max_num_queries):
    made = [delete("photo"), delete("person"), delete("event")]
    now = timezone.now()
    for number, entry in enumerate(made):
        TrashEntry.objects.filter(pk=entry.pk).update(deleted_at=now - timedelta(days=number))

    def listed(query=""):
        return [row["kind"] for row in api.get(f"{TRASH}{query}").json()["results"]]

    with django_assert_max_num_queries(8):
        assert listed() == ["photo", "person", "event"]
    assert listed("?ordering=deleted_at") == ["event", "person", "photo"]
    assert listed("?kind=person") == listed("?search=ann") == ["person"]
    moment = (now - timedelta(hours=36)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (listed(f"?deleted_after={moment}"), listed(f"?deleted_before={moment}")) == (["photo", "person"], ["event"])
    assert code(api.get(f"{TRASH}?kind=dog")) == code(api.get(f"{TRASH}?kind=")) == (400, "invalid_request")
    page = api.get(f"{TRASH}?page_size=2").json()
    assert (page["count"], len(page["results"])) == (3, 2)
    assert [row["kind"] for row in api.get(page["next"]).json()["results"]] == ["event"]


@pytest.mark.parametrize("scopes", SCOPES, ids=" ".join)
def test_a_key_deletes_sees_and_restores_what_its_scopes_allow(event, studio, client_of, scopes):
    client = client_of(studio, scopes=list(scopes))
    allowed = {kind for kind, scope in NEEDED.items() if {Scope.WRITE, scope} <= set(scopes)}
    for path, kind in PATHS.items():
        row = row_of(kind)
        if client.delete(path.format(row.pk)).status_code == 403:
            assert kind not in allowed
            assert row_of(kind) == row
        else:
            assert kind in allowed
            entries.restore(TrashEntry.objects.get().pk)
    for kind in NEEDED:
        entry = delete(kind)
        refused = 404 if Scope.WRITE in scopes else 403
        seen = client.get(TRASH)
        assert (seen.json()["count"] if seen.status_code == 200 else 0) == int(kind in allowed)
        assert client.get(f"{TRASH}{entry.pk}/").status_code == (200 if kind in allowed else refused)
        assert client.post(f"{TRASH}{entry.pk}/restore/").status_code == (200 if kind in allowed else refused)
        if kind not in allowed:
            assert client.delete(f"{TRASH}{entry.pk}/").status_code == refused
            entries.restore(entry.pk)


@pytest.mark.parametrize("role", Role)
def test_a_member_sees_and_erases_what_the_role_may_delete(event, studio, role, api):
    token = AccessToken.for_user(MembershipFactory(studio=studio, role=role).user)
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    made = [delete(kind) for kind in ("photo", "person", "event")]
    allowed = [entry for entry in made if role in KINDS[entry.kind].deleters]
    for entry in made:
        status = 200 if entry in allowed else 404 if role == Role.PHOTOGRAPHER else 403
        assert api.get(f"{TRASH}{entry.pk}/").status_code == status
        assert api.delete(f"{TRASH}{entry.pk}/").status_code == status
    assert {entry.kind for entry in TrashEntry.objects.all()} == {entry.kind for entry in made if entry not in allowed}


def test_a_stranger_finds_nothing(event, stranger):
    entry = delete("gallery")
    assert stranger.get(TRASH).json()["count"] == 0
    for answer in (
        stranger.get(f"{TRASH}{entry.pk}/"),
        stranger.post(f"{TRASH}{entry.pk}/restore/"),
        stranger.delete(f"{TRASH}{entry.pk}/"),
    ):
        assert code(answer) == (404, "not_found")
    assert TrashEntry.objects.get() == entry


def test_what_stands_in_the_way_is_named_and_what_is_gone_is_a_404(event, api):
    person = Person.objects.get()
    entry = delete("person")
    PersonFactory(studio=person.studio, email=person.email)
    assert code(api.post(f"{TRASH}{entry.pk}/restore/")) == (409, "restore_conflict")
    TrashEntry.objects.update(purging_since=timezone.now())
    assert api.get(f"{TRASH}{entry.pk}/").json()["is_being_erased"] is True
    assert code(api.post(f"{TRASH}{entry.pk}/restore/")) == (404, "not_found")
    assert api.delete(f"{TRASH}{entry.pk}/").status_code == 200
    assert code(api.delete(f"{TRASH}{entry.pk}/")) == code(api.get(f"{TRASH}{entry.pk}/")) == (404, "not_found")


def test_a_restoration_that_is_sent_again_is_answered_again(event, api):
    entry = delete("gallery")
    first, again = (api.post(f"{TRASH}{entry.pk}/restore/", HTTP_IDEMPOTENCY_KEY="restore-1") for _time in range(2))
    assert (first.status_code, again.status_code, again["Idempotent-Replayed"]) == (200, 200, "true")
    assert again.json() == first.json()


def test_erasing_answers_with_the_receipt_which_says_who_did_it_and_names_nobody(event, api):
    entry = delete("person")
    answer = api.delete(f"{TRASH}{entry.pk}/")
    receipt = Erasure.objects.get()
    shown = answer.json()
    assert (shown["id"], shown["kind"]) == (str(receipt.pk), "person")
    assert shown["counts"] == {"pictures": 0, "faces": 0, "unnamed": 2}
    assert (shown["erased_by"], shown["erased_by_app"]) == (None, "test")
    assert "Ann" not in answer.content.decode()
    assert not TrashEntry.objects.exists()


@pytest.mark.usefixtures("everything_is_large")
def test_what_is_large_is_deleted_restored_and_erased_by_a_worker_and_the_task_says_so(event, api):
    gallery = Gallery.objects.get()
    path = f"/api/v1/galleries/{gallery.pk}/"
    answer = api.delete(path)
    assert api.delete(path).json() == answer.json()
    assert api.get(path).status_code == 200
    task = finish(api, answer)
    assert (task["kind"], task["state"]) == ("move_to_trash", "done")
    assert api.get(path).status_code == 404
    entry = f"{TRASH}{task['result']['entries'][0]}/"
    assert api.get(entry).json()["deleted_by_app"] == "test"

    assert finish(api, api.post(f"{entry}restore/"))["state"] == "done"
    assert api.get(path).status_code == 200

    api.delete(path)
    work()
    entry = f"{TRASH}{TrashEntry.objects.get().pk}/"
    answer = api.delete(entry)
    assert api.get(entry).json()["is_being_erased"] is True
    receipt = finish(api, answer)["result"]["receipt"]
    assert (str(Erasure.objects.get().pk), Erasure.objects.get().erased_with) == (receipt, "test")
    assert api.get(entry).status_code == 404


@pytest.mark.usefixtures("everything_is_large")
def test_a_person_with_many_pictures_is_deleted_by_a_worker(event, api):
    ann = Person.objects.get()
    enrolment = Gallery.objects.create(studio=ann.studio, title="Enrolment", kind="enrolment")
    FaceFactory(photo=PhotoFactory(gallery=enrolment, subject=ann), person=ann, verified=True)
    assert finish(api, api.delete(f"/api/v1/users/{ann.pk}/"))["state"] == "done"
    assert TrashEntry.objects.get().kind == "person"


@pytest.mark.usefixtures("everything_is_large")
@pytest.mark.parametrize("change", [{"scopes": [Scope.READ]}, {"revoked_at": timezone.now()}])
def test_a_worker_deletes_nothing_for_a_key_that_may_no_longer(event, studio, api, client_of, change):
    answer = api.delete(f"/api/v1/galleries/{Gallery.objects.get().pk}/")
    ApiKey.objects.update(**change)
    work()
    task = client_of(studio).get(f"/api/v1/tasks/{answer.json()['task_id']}/").json()
    assert (task["state"], task["error"]) == ("failed", "permission_denied")
    assert Gallery.objects.exists()


@pytest.mark.usefixtures("everything_is_large")
def test_who_may_not_delete_starts_no_task(event, studio, client_of):
    ann = Person.objects.get()
    enrolment = Gallery.objects.create(studio=studio, title="Enrolment", kind="enrolment")
    FaceFactory(photo=PhotoFactory(gallery=enrolment, subject=ann), person=ann, verified=True)
    client = client_of(studio, scopes=[Scope.READ, Scope.WRITE, Scope.SEARCH])
    assert code(client.delete(f"/api/v1/users/{ann.pk}/")) == (403, "permission_denied")
    assert not Job.objects.exists()
