"""What is told to partners, by whatever happens on its real way."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from facepass.core.trash import purge
from facepass.models import OutboxEvent, StaffNotice, TrashEntry
from facepass.testing.factories import (
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    PersonFactory,
    PhotoFactory,
    SessionFactory,
)
from facepass.testing.pages.guests import agree
from facepass.testing.pictures.fake import picture_of
from facepass.testing.stand_ins.webhook_receiver import deliver
from galleries import tasks
from galleries.faces import decisions
from galleries.models import GalleryImage
from galleries.models.photo import MAX_ATTEMPTS
from galleries.people import records
from galleries.photos import analysis

pytestmark = pytest.mark.django_db(transaction=True)


def kinds():
    return [(event.type, event.data) for event in OutboxEvent.objects.order_by("created_at")]


def test_a_switched_session_is_told_once_whoever_switched_it(api, studio):
    session = SessionFactory(studio=studio, facepass_enabled=True)
    api.patch(f"/api/v1/sessions/{session.pk}", {"facepass_enabled": False})
    api.patch(f"/api/v1/sessions/{session.pk}", {"facepass_enabled": False, "name": "Party"})
    told = {"session_id": str(session.pk), "facepass_enabled": False}
    assert kinds() == [("session.facepass_changed", told)]


def test_a_switch_and_a_deletion_in_pixora_are_told(api, pixora):
    pk, gone = pixora.add(), pixora.add()
    api.post("/api/v1/sessions/validate", {"ids": [str(pk), str(gone)]})
    pixora.switch(pk, enabled=False)
    pixora.delete(gone)
    for _time in range(2):
        api.post("/api/v1/sessions/validate", {"ids": [str(pk), str(gone)]})
    assert {data["session_id"] for _kind, data in kinds()} == {str(pk), str(gone)}
    assert len(kinds()) == 2


def test_a_gallery_is_told_when_nothing_of_it_waits_any_more(studio, fake_engine):
    gallery = GalleryFactory(studio=studio)
    for _number in range(2):
        PhotoFactory(gallery=gallery, people=["ann"])
    analysis.analyse_photo(GalleryImage.objects.claim_next())
    tasks.group_faces(str(gallery.pk))
    assert kinds() == []
    analysis.analyse_photo(GalleryImage.objects.claim_next())
    tasks.group_faces(str(gallery.pk))
    tasks.group_faces(str(gallery.pk))
    assert kinds() == [("gallery.processed", {"gallery_id": str(gallery.pk), "session_id": None, "photos": 2})]


def test_a_gallery_is_told_also_where_its_last_photo_failed(studio, fake_engine):
    gallery = GalleryFactory(studio=studio, title="Party")
    PhotoFactory(gallery=gallery, people=["ann"])
    PhotoFactory(gallery=gallery, data=b"no picture")
    analysis.analyse_photo(GalleryImage.objects.claim_next())
    tasks.group_faces(str(gallery.pk))
    analysis.analyse_photo(GalleryImage.objects.claim_next())
    tasks.group_faces(str(gallery.pk))
    assert [kind for kind, _data in kinds()] == ["photo.failed", "gallery.processed"]
    assert news(gallery) == {
        "gallery.done": {"title": "Party", "photos": 2, "analyses": 2},
        "photos.failed": {"title": "Party", "photos": 1, "analyses": 2},
    }


def test_a_gallery_whose_last_photo_killed_its_workers_is_told_too(studio, fake_engine):
    gallery = GalleryFactory(studio=studio)
    photo = PhotoFactory(gallery=gallery, attempts=MAX_ATTEMPTS, state="processing", lease_expires_at=timezone.now())
    tasks.reconcile()
    photo.refresh_from_db()
    tasks.group_faces(str(gallery.pk))
    assert photo.state == "quarantined"
    assert set(news(gallery)) == {"gallery.done", "photos.failed"}


def news(gallery):
    return {notice.kind: notice.data for notice in StaffNotice.objects.filter(subject=str(gallery.pk))}


def test_a_guests_search_is_told_by_its_numbers_and_nothing_else(studio, endpoint, receiver, fake_engine):
    session = SessionFactory(studio=studio)
    gallery = GalleryFactory(studio=studio, session_id=session.pk)
    PhotoFactory(gallery=gallery, people=["ann"], size=(800, 600))
    analysis.analyse_photo(GalleryImage.objects.claim_next())
    client = Client()
    agree(client, session)
    client.post(f"/s/{session.code}/", {"selfie": picture("ann")})
    client.post(f"/s/{session.code}/", {"selfie": picture("bob")})
    deliver()
    bodies = [json.loads(body) for _headers, body in receiver.got]
    told = [body["data"] for body in bodies if body["type"] == "guest.search_completed"]
    assert sorted(told, key=lambda data: data["photos"]) == [
        {"session_id": str(session.pk), "photos": 0},
        {"session_id": str(session.pk), "photos": 1},
    ]


def test_a_search_that_was_refused_is_not_told(studio, fake_engine):
    session = SessionFactory(studio=studio)
    client = Client()
    agree(client, session)
    assert client.post(f"/s/{session.code}/", {"selfie": picture()}).status_code == 422
    assert kinds() == []


def picture(*people):
    return SimpleUploadedFile("me.jpg", picture_of(people, size=(800, 600)))


def test_an_enrolled_face_is_told_once_it_is_there(api, studio, fake_engine):
    ann = PersonFactory(studio=studio)
    sent = api.post("/api/v1/faces/upload", {"user_id": ann.pk, "file": picture("ann")}, format="multipart")
    assert kinds() == []
    task = GalleryImage.objects.get(subject=ann)
    tasks.analyse_gallery(str(task.gallery_id))
    face = ann.faces.get()
    assert sent.json()["task_id"] == str(task.pk)
    assert kinds() == [("face.enrolled", {"face_id": str(face.pk), "person_id": str(ann.pk), "user_id": str(ann.pk)})]


@pytest.mark.parametrize("path", ["/api/v1/users", "/api/v1/people"])
def test_an_erasure_is_told_by_what_went(api, studio, path):
    ann = PersonFactory(studio=studio)
    FaceFactory(photo=PhotoFactory(gallery=GalleryFactory(studio=studio)), person=ann)
    api.delete(f"{path}/{ann.pk}")
    assert kinds() == [], "until the trash is emptied"
    receipt = purge.purge(TrashEntry.objects.get().pk)
    what = {"receipt_id": str(receipt.pk), "kind": "person"}
    assert kinds() == [("erasure.completed", {**what, "pictures": 0, "faces": 0, "unnamed": 1})]


def test_an_erasure_that_did_not_happen_is_not_told(studio):
    records.delete_person(PersonFactory(studio=studio), by=None)
    with transaction.atomic():
        purge.purge(TrashEntry.objects.get().pk)
        transaction.set_rollback(True)
    assert kinds() == []


def test_merged_groups_are_told(studio, fake_engine):
    gallery = GalleryFactory(studio=studio)
    groups = [ClusterFactory(studio=studio, gallery=gallery) for _number in range(2)]
    for group in groups:
        FaceFactory(photo=PhotoFactory(gallery=gallery), cluster=group)
    decisions.merge(groups, by=None)
    [(kind, data)] = kinds()
    assert kind == "person.merged"
    assert {data["group_id"], *data["merged_group_ids"]} == {str(group.pk) for group in groups}
