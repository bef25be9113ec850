"""Every way to search by face, against an event that is closed to guests, over, deleted in Pixora or archived."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from facepass.models import Role, Scope
from facepass.testing.factories import GalleryFactory, MembershipFactory, PersonFactory, PhotoFactory, SessionFactory
from facepass.testing.pages.staff import member
from facepass.testing.pages.visitors import device, search, selfie, text
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from galleries.jobs import runner
from galleries.models import FaceCluster, Gallery, PhotoFace
from galleries.people import naming
from galleries.people.enrolment import find_doubt
from sessions_app.guest.domain import alerts
from sessions_app.models import Alert, GuestRules, PhotoSession
from sessions_app.retention.archive import archive_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def close(session):
    session.facepass_enabled = False
    session.save()


def expire(session):
    GuestRules.objects.update_or_create(session=session, defaults={"expires_at": timezone.now() - timedelta(seconds=1)})


def delete_in_pixora(session):
    session.mark_gone()


def archive(session):
    archive_event(session, by=None)


ENDS = {"closed": close, "expired": expire, "gone": delete_in_pixora, "archived": archive}
# Of these staff have none either. What is merely not open is still theirs to name people in.
OVER = ["expired", "gone", "archived"]


@pytest.fixture
def known(session, photos):
    """Ann, whose group in the event is named and confirmed."""
    person = PersonFactory(studio=session.studio, real_name="Ann")
    group = FaceCluster.objects.filter(size=2).first()
    naming.name_group(group, person, by=MembershipFactory(studio=session.studio, role=Role.OWNER).user)
    PhotoFace.objects.filter(cluster=group).update(verified=True)
    return person


@pytest.fixture
def app(session, client_of):
    return client_of(session.studio, scopes=[Scope.READ, Scope.WRITE, Scope.SEARCH])


def send(app, path, **fields):
    return app.post(path, fields, format="multipart").json()


def picture(people=("ann",)):
    return SimpleUploadedFile("a.jpg", picture_of(list(people), size=(800, 600)), content_type="image/jpeg")


def search_session(app, session, known):
    return send(app, "/api/v1/faces/search-session/", session_id=str(session.pk), file=picture()).get("matches", [])


def search_session_by_person(app, session, known):
    named = {"session_id": str(session.pk), "person_id": str(known.pk)}
    return send(app, "/api/v1/faces/search-session/", **named).get("matches", [])


def search_studio(app, session, known):
    return send(app, "/api/v1/faces/search/", file=picture())["matches"]


def search_gallery(app, session, known):
    gallery = Gallery.objects.get(session_id=session.pk)
    return send(app, "/api/v1/faces/search/", file=picture(), gallery_id=str(gallery.pk)).get("matches", [])


def search_by_face(app, session, known):
    face = PhotoFace.objects.filter(person=known).first()
    return send(app, "/api/v1/faces/search/", face_id=str(face.pk), threshold="0").get("matches", [])


def people_in(faces):
    return [face["person"] for face in faces if face["person"]] + [one for face in faces for one in face["candidates"]]


def recognise(app, session, known):
    return people_in(send(app, "/recognize-face/", image=picture())["faces"])


def recognise_many(app, session, known):
    (result,) = send(app, "/batch-recognize/", images=[picture()])["results"]
    return people_in(result["faces"])


def recognise_many_v2(app, session, known):
    (result,) = send(app, "/api/v2/recognize/batch/", images=[picture()])["results"]
    return people_in(result["faces"])


APP_WAYS = [
    search_session, search_session_by_person, search_studio, search_gallery, search_by_face, recognise, recognise_many,
    recognise_many_v2,
]  # fmt: skip


@pytest.mark.parametrize("way", APP_WAYS, ids=lambda way: way.__name__)
def test_apps_find_nothing_of_an_event_that_is_closed_over_gone_or_archived(way, app, session, known, photos):
    assert way(app, session, known), "while it is open"
    for name, end in ENDS.items():
        PhotoSession.objects.filter(pk=session.pk).update(facepass_enabled=True, gone_at=None)
        GuestRules.objects.all().delete()
        session.refresh_from_db()
        end(session)
        assert way(app, session, known) == [], name


@pytest.mark.parametrize("end", ENDS)
def test_apps_are_told_that_it_is_not_valid(end, app, session, photos):
    path = f"/api/v1/sessions/validate/{session.pk}/"
    assert app.get(path).json()["valid"] is True
    ENDS[end](session)
    assert app.get(path).json()["valid"] is False
    assert app.post("/api/v1/sessions/validate/", {"ids": [str(session.pk)]}, format="json").json()["results"][
        str(session.pk)
    ]["valid"] is False  # fmt: skip


@pytest.mark.parametrize("end", ENDS)
def test_a_guest_with_a_cookie_finds_nothing_and_hears_nothing(end, session, photos):
    guest = device(session)
    assert str(photos[0].pk) in text(search(guest, session, ["ann"]))
    guest.post(f"/s/{session.code}/alerts/", {"address": "a@example.org", "agreed": "on", "selfie": selfie(["ann"])})
    Alert.objects.update(confirmed_at=timezone.now(), looked_at=timezone.now() - timedelta(days=1))
    ENDS[end](session)
    answer = search(guest, session, ["ann"])
    assert answer.status_code in (403, 404, 410)
    assert str(photos[0].pk) not in text(answer)
    alerts.run_alerts()
    assert not Alert.objects.filter(untold__gt=0).exists()


def likely_people(client, session, known):
    """Whom another event's face looks like: the event's confirmed faces are what it is compared with."""
    gallery = GalleryFactory(studio=session.studio, session_id=SessionFactory(studio=session.studio).pk)
    photo = PhotoFactory(gallery=gallery, people=["ann"], size=(800, 600))
    tasks.analyse_gallery(str(gallery.pk))
    page = reverse("admin:galleries_galleryimage_candidates", args=[photo.pk])
    return client.get(page, {"face": str(photo.faces.get().pk)}).json()["people"]


def proposed_names(client, session, known):
    gallery = GalleryFactory(studio=session.studio, session_id=SessionFactory(studio=session.studio).pk)
    photo = PhotoFactory(gallery=gallery, people=["ann"], size=(800, 600))
    tasks.analyse_gallery(str(gallery.pk))
    job = runner.start_job("recognize_gallery", studio=session.studio, gallery_id=str(gallery.pk))
    tasks.run_job(str(job.pk))
    return list(photo.faces.exclude(person=None))


def doubts(client, session, known):
    return list(filter(None, [find_doubt(PersonFactory(studio=session.studio), picture())]))


STAFF_WAYS = [likely_people, proposed_names, doubts]


@pytest.mark.parametrize("end", OVER)
@pytest.mark.parametrize("way", STAFF_WAYS, ids=lambda way: way.__name__)
def test_staff_compare_nobody_with_an_event_that_is_over(way, end, session, known):
    client = member(session.studio, Role.VERIFIER)
    assert way(client, session, known)
    PhotoFace.objects.exclude(gallery__session_id=session.pk).delete()
    ENDS[end](session)
    assert way(client, session, known) == []


def test_staff_name_people_in_an_event_that_is_not_open_yet(session, known):
    client = member(session.studio, Role.VERIFIER)
    close(session)
    assert likely_people(client, session, known)


@pytest.mark.parametrize("end", OVER)
def test_a_face_of_an_event_that_is_over_is_nobodys_probe(end, session, known):
    client = member(session.studio, Role.VERIFIER)
    ENDS[end](session)
    face = PhotoFace.objects.filter(gallery__session_id=session.pk).first()
    page = reverse("admin:galleries_galleryimage_candidates", args=[face.photo_id])
    assert client.get(page, {"face": str(face.pk)}).json()["people"] == []
