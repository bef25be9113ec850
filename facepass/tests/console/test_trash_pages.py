"""Deleting in the console asks with numbers and can be undone; the trash shows it to who may delete it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from facepass.core.trash import entries, purge, requested
from facepass.models import Erasure, Membership, Role, TrashEntry
from facepass.testing.factories import (
    FaceFactory,
    GalleryFactory,
    PersonFactory,
    PhotoFactory,
    SessionFactory,
    StudioFactory,
)
from facepass.tests.console.test_admin import list_page, member_of
from galleries.jobs import runner
from galleries.models import Gallery, GalleryImage, Job, Person, PhotoFace
from sessions_app.models import Guest, PhotoSession

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "fake_engine")]
TRASH = "/admin/facepass/trashentry/"


@pytest.fixture
def owner(studio):
    return member_of(studio)


@pytest.fixture
def event(studio):
    """An event with a gallery of two photos, two faces of Ann, and a guest."""
    session = SessionFactory(studio=studio, name="Summer party")
    ann = PersonFactory(studio=studio, real_name="Ann")
    gallery = GalleryFactory(studio=studio, session_id=session.pk, title="Party")
    for _photo in range(2):
        FaceFactory(photo=PhotoFactory(gallery=gallery), person=ann, verified=True, face_category="known")
    Guest.objects.create(session=session, language="en")
    return session


def delete_page(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_delete", args=[row.pk])


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(response.content.decode())).split())


def figures(preview):
    return {count.title: count.number for count in (*preview.goes, *preview.loses)}


def test_the_page_that_asks_says_what_goes_what_stays_and_for_how_long(event, owner):
    response = owner.get(delete_page(event))
    assert figures(response.context["deleted_objects"]) == {
        "Galleries": "1", "Photos": "2", "Faces": "2", "Guests": "1",
    }  # fmt: skip
    page = text(response)
    assert "People keep their names and their faces in other events." in page
    assert "The trash keeps it for 7 days." in page
    assert PhotoSession.objects.exists()


def test_a_person_s_page_says_how_many_faces_lose_the_name(event, owner):
    response = owner.get(delete_page(Person.objects.get()))
    assert figures(response.context["deleted_objects"]) == {"People": "1", "Faces that lose their name": "2"}


def test_deleted_it_offers_the_way_back(event, owner):
    page = owner.post(delete_page(event), {"post": "yes"}, follow=True)
    assert not PhotoSession.objects.exists()
    undo = reverse("admin:facepass_trashentry_restore", args=[TrashEntry.objects.get().pk])
    assert undo in page.content.decode()
    assert "Restore from the trash?" in text(owner.get(undo))
    done = owner.post(undo, {"confirmed": "yes"}, follow=True)
    assert "Restored: Summer party" in text(done)
    assert PhotoSession.objects.get() == event
    assert PhotoFace.objects.filter(person__real_name="Ann", verified=True).count() == 2


def test_many_are_deleted_and_restored_as_one(event, owner):
    ids = [str(pk) for pk in GalleryImage.objects.values_list("pk", flat=True)]
    form = {"action": "delete_selected", "_selected_action": ids}
    asked = owner.post(list_page("galleries_galleryimage"), form)
    assert figures(asked.context["deletable_objects"][0]) == {"Photos": "2", "Faces": "2"}
    owner.post(list_page("galleries_galleryimage"), {**form, "post": "yes"})
    assert not GalleryImage.objects.exists()
    entry = TrashEntry.objects.get()
    again = {"action": "restore_selected", "_selected_action": [str(entry.pk)], "confirmed": "yes"}
    owner.post(TRASH, again)
    assert GalleryImage.objects.count() == 2


def test_the_trash_lists_what_was_deleted_by_whom_and_how_many_days_are_left(event, owner):
    assert "The trash is empty" in text(owner.get(TRASH))
    owner.post(delete_page(Gallery.objects.get()), {"post": "yes"})
    TrashEntry.objects.update(due_at=timezone.now() + timedelta(days=2, hours=3))
    page = owner.get(TRASH)
    assert "Party" in text(page)
    assert "Gallery" in text(page)
    assert "3 days" in text(page)
    assert TrashEntry.objects.get().deleted_by.username in text(page)
    assert "Photos: 2, Faces: 2" in text(owner.get(f"{TRASH}{TrashEntry.objects.get().pk}/change/"))


def test_deleting_for_good_asks_and_leaves_a_receipt_without_a_name(event, owner):
    owner.post(delete_page(Person.objects.get()), {"post": "yes"})
    page = f"{TRASH}{TrashEntry.objects.get().pk}/erase/"
    assert "nobody can bring them back" in text(owner.get(page))
    assert TrashEntry.objects.exists()
    assert "Deleted for good: Ann" in text(owner.post(page, {"confirmed": "yes"}, follow=True))
    assert not TrashEntry.objects.exists()
    receipts = text(owner.get("/admin/facepass/erasure/"))
    assert "Faces that lose their name: 2" in receipts
    assert "Ann" not in receipts
    assert Erasure.objects.get().erased_by == Erasure.objects.get().deleted_by


def test_what_cannot_be_restored_is_named_with_the_reason(event, owner):
    person = Person.objects.get()
    owner.post(delete_page(person), {"post": "yes"})
    PersonFactory(studio=person.studio, email=person.email)
    page = f"{TRASH}{TrashEntry.objects.get().pk}/restore/"
    assert "e-mail address already" in text(owner.post(page, {"confirmed": "yes"}, follow=True))
    assert TrashEntry.objects.exists()


def test_without_a_trash_the_page_says_that_it_cannot_be_undone(event, owner, settings):
    settings.TRASH_DAYS = 0
    assert "This cannot be undone" in text(owner.get(delete_page(event)))


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.OWNER, {"event", "person", "photo"}),
        (Role.MANAGER, {"event", "person", "photo"}),
        (Role.PHOTOGRAPHER, {"photo"}),
    ],
)
def test_each_sees_in_the_trash_what_they_may_delete(event, studio, role, seen):
    deleted_ids = deleted(event)
    client = member_of(studio, role)
    assert {entry.kind for entry in client.get(TRASH).context["cl"].result_list} == seen
    for kind, pk in deleted_ids.items():
        assert client.get(f"{TRASH}{pk}/restore/").status_code == (200 if kind in seen else 404)
        client.post(f"{TRASH}{pk}/erase/", {"confirmed": "yes"})
    assert {entry.kind for entry in TrashEntry.objects.all()} == {"event", "person", "photo"} - seen


@pytest.mark.parametrize("role", [Role.VERIFIER, Role.VIEWER])
def test_who_deletes_nothing_sees_no_trash(event, studio, role):
    client = member_of(studio, role)
    for pk in deleted(event).values():
        assert client.get(f"{TRASH}{pk}/restore/").status_code == 403
        assert client.post(f"{TRASH}{pk}/erase/", {"confirmed": "yes"}).status_code == 403
    assert client.get(TRASH).status_code == client.get("/admin/facepass/erasure/").status_code == 403
    assert TrashEntry.objects.count() == 3


def test_a_stranger_finds_nothing_in_the_trash(event):
    client = member_of(StudioFactory())
    for pk in deleted(event).values():
        assert client.get(f"{TRASH}{pk}/restore/").status_code == 404
        assert client.post(f"{TRASH}{pk}/erase/", {"confirmed": "yes"}).status_code == 404
    assert not client.get(TRASH).context["cl"].result_list
    purge.purge(TrashEntry.objects.first().pk)
    assert not client.get("/admin/facepass/erasure/").context["cl"].result_list


def deleted(event):
    """Entries of three kinds, by kind."""
    photo = GalleryImage.objects.first()
    found = {}
    for kind, row in (("photo", photo), ("person", Person.objects.get()), ("event", event)):
        (entry,) = entries.move_to_trash(kind, [row], by=None)
        found[kind] = entry.pk
    return found


@pytest.fixture
def everything_is_large(monkeypatch):
    monkeypatch.setattr(requested, "LARGE", 1)


def work():
    for job in Job.objects.claimable():
        runner.run_turn(job.pk)


@pytest.mark.usefixtures("everything_is_large")
def test_a_large_event_is_deleted_and_restored_by_a_worker(event, owner):
    page = text(owner.post(delete_page(event), {"post": "yes"}, follow=True))
    assert "it is being deleted" in page
    assert "was deleted" not in page
    assert PhotoSession.objects.exists()
    work()
    assert not PhotoSession.objects.exists()
    page = f"{TRASH}{TrashEntry.objects.get().pk}/restore/"
    assert "is being restored" in text(owner.post(page, {"confirmed": "yes"}, follow=True))
    work()
    assert PhotoSession.objects.get() == event
    assert not TrashEntry.objects.exists()


@pytest.mark.usefixtures("everything_is_large")
def test_a_worker_deletes_nothing_for_who_may_no_longer(event, owner):
    owner.post(delete_page(event), {"post": "yes"})
    Membership.objects.update(role=Role.VIEWER)
    work()
    assert PhotoSession.objects.exists()
    assert Job.objects.get().error == "permission_denied"


@pytest.mark.usefixtures("everything_is_large")
def test_what_a_worker_could_not_restore_says_so(event, owner):
    (entry,) = entries.move_to_trash("photo", list(GalleryImage.objects.all()), by=None)
    entries.move_to_trash("event", [event], by=None)
    owner.post(f"{TRASH}{entry.pk}/restore/", {"confirmed": "yes"})
    work()
    assert "could not be restored" in text(owner.get(TRASH))


def test_many_files_are_erased_by_a_worker(event, owner, monkeypatch):
    monkeypatch.setattr(purge, "BATCH", 1)
    (entry,) = entries.move_to_trash("event", [event], by=None)
    page = owner.post(f"{TRASH}{entry.pk}/erase/", {"confirmed": "yes"}, follow=True)
    assert "Is being deleted for good: Summer party" in text(page)
    assert "is being deleted for good" in text(owner.get(TRASH))
    work()
    assert Erasure.objects.get().erased_by is not None
