"""Deadlines of an event: where they come from, that the studio is told before, and what is deleted at them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from facepass.core import notices
from facepass.core.trash import entries, erased_subjects
from facepass.models import ErasedSubject, Erasure, OutboxEvent, Role, StaffNotice, TrashRow
from facepass.testing.factories import (
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    ModelVersionFactory,
    PersonFactory,
    PhotoFactory,
    SessionFactory,
    StudioFactory,
    UserFactory,
)
from facepass.testing.pages.staff import member
from galleries.models import FaceCluster, GalleryImage, PersonTemplate, PhotoFace, SpareFace, TemplateSet
from galleries.photos import media_files
from sessions_app.models import Guest, Kept, PhotoSession, RetentionPeriods, RetentionStep
from sessions_app.retention import chore, deadlines, periods
from sessions_app.retention.periods import PeriodsOwner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NOBODY = dict.fromkeys(Kept)


@pytest.fixture
def event(studio):
    session = SessionFactory(studio=studio, scheduled_at=timezone.now())
    gallery = GalleryFactory(studio=studio, session_id=session.pk)
    person = PersonFactory(studio=studio)
    group = ClusterFactory(studio=studio, session_id=session.pk)
    photo = PhotoFactory(gallery=gallery)
    FaceFactory(photo=photo, person=person, verified=True, face_category="known", cluster=group, training_used=True)
    FaceFactory(photo=photo)
    Guest.objects.create(session=session, language="en")
    return session


def keep(days, *, session=None, studio=None):
    owner = PeriodsOwner(studio and studio.pk, session and session.pk)
    if session:
        owner = PeriodsOwner.for_session(session)
    periods.save_own(owner, {**NOBODY, **days})


def age(session, days):
    """Make the event as old as that, with what was announced of it."""
    before = timedelta(days=days)
    PhotoSession.objects.filter(pk=session.pk).update(
        created_at=session.created_at - before, scheduled_at=session.scheduled_at - before
    )
    for step in RetentionStep.objects.filter(session=session):
        step.warned_at -= before
        step.save()
    session.refresh_from_db()


def days_of(session):
    return {one.kept: (one.period.days, one.period.source, one.day) for one in deadlines.list_deadlines(session)}


def test_the_event_says_it_before_the_studio_before_the_installation_before_the_defaults(event, studio):
    assert {source for _days, source, _day in days_of(event).values()} == {"default"}
    keep({Kept.FACES: 500, Kept.GUESTS: 50, Kept.PHOTOS: 900})
    keep({Kept.FACES: 400, Kept.GUESTS: 40}, studio=studio)
    keep({Kept.FACES: 0}, session=event)
    found = days_of(event)
    assert found[Kept.TEMPLATES][:2] == (1095, "default")
    assert found[Kept.FACES] == (0, "event", None)
    assert found[Kept.GUESTS] == (40, "studio", event.day + timedelta(days=40))
    assert found[Kept.PHOTOS] == (900, "installation", event.day + timedelta(days=900))
    other = SessionFactory(studio=StudioFactory())
    assert days_of(other)[Kept.FACES][:2] == (500, "installation")


def test_days_are_those_of_the_studios_zone_and_count_from_the_later_of_its_day_and_its_making(event, studio):
    studio.time_zone = "Pacific/Kiritimati"
    studio.save()
    event = PhotoSession.objects.select_related("studio").get(pk=event.pk)
    event.created_at = datetime(2026, 5, 1, 11, tzinfo=ZoneInfo("UTC"))
    event.scheduled_at = datetime(2020, 1, 1, 11, tzinfo=ZoneInfo("UTC"))
    assert deadlines.start_day(event) == date(2026, 5, 2), "there it is the next day already"
    event.scheduled_at = datetime(2027, 1, 1, 11, tzinfo=ZoneInfo("UTC"))
    assert deadlines.start_day(event) == date(2027, 1, 2)


def test_the_studio_is_told_two_weeks_before_and_nothing_is_deleted_until_they_are_over(event, studio):
    colleague = member(studio, Role.PHOTOGRAPHER)
    keep({Kept.TEMPLATES: 100}, session=event)
    chore.keep_deadlines()
    assert not StaffNotice.objects.exists(), "it is far away"
    age(event, 90)
    chore.keep_deadlines()
    notice = StaffNotice.objects.get()
    assert (notice.kind, notice.subject, notice.data["title"]) == ("retention.due", str(event.pk), event.name)
    path = reverse("admin:sessions_app_photosession_event", args=[event.pk])
    assert notices.notice_url(notice) == path
    assert path in colleague.get("/admin/").content.decode()
    notices.send_notice_mails()
    assert event.name in mail.outbox[0].body
    chore.keep_deadlines()
    assert PhotoFace.objects.filter(insightface_descriptor__isnull=False).count() == 2
    assert not Erasure.objects.exists()


def test_a_deadline_that_is_over_when_it_is_set_is_announced_first(event):
    age(event, 1000)
    keep({Kept.FACES: 10}, session=event)
    chore.keep_deadlines()
    chore.keep_deadlines()
    assert PhotoFace.objects.count() == 2
    assert days_of(event)[Kept.FACES][2] == deadlines.today_of(event) + deadlines.WARNING
    age(event, 14)
    chore.keep_deadlines()
    assert not PhotoFace.objects.filter(person=None).exists()


def reach(session, kept):
    keep({**dict.fromkeys(Kept, 0), kept: 100}, session=session)
    age(session, 100)
    chore.keep_deadlines()
    age(session, 14)
    chore.keep_deadlines()


def test_descriptions_go_with_what_was_learnt_from_them_and_boxes_and_names_stay(event):
    face = PhotoFace.objects.get(training_used=True)
    version = ModelVersionFactory()
    SpareFace.objects.create(
        photo=face.photo, face=None, model_version=version, insightface_bbox=face.box, insightface_confidence=0.9,
        insightface_descriptor=face.insightface_descriptor, landmarks=[],
    )  # fmt: skip
    learnt = TemplateSet.objects.create(
        studio=event.studio, model_version=version, number=1, calibration={}, digest="0" * 64
    )
    PersonTemplate.objects.create(template_set=learnt, person=face.person, descriptor=face.insightface_descriptor)
    reach(event, Kept.TEMPLATES)
    assert not PhotoFace.objects.filter(insightface_descriptor__isnull=False).exists()
    assert not SpareFace.objects.exists()
    assert not PersonTemplate.objects.exists()
    assert FaceCluster.objects.filter(centroid__isnull=False).count() == 0
    face.refresh_from_db()
    assert (face.person_id is not None, face.verified, face.box["width"]) == (True, True, 80.0)
    receipt = Erasure.objects.get()
    assert (receipt.kind, receipt.counts["galleries.PhotoFace.insightface_descriptor"]) == ("event_descriptions", 2)
    assert RetentionStep.objects.get().receipt == receipt


def test_of_faces_that_ended_only_who_is_in_the_photo_is_left(event):
    person = PersonFactory(studio=event.studio)
    photo = GalleryImage.objects.get()
    person.avatar_url = media_files.face_path(PhotoFace.objects.first())
    person.save()
    reach(event, Kept.FACES)
    left = PhotoFace.objects.get()
    assert (left.verified, left.is_of_whole_photo, left.landmarks) == (True, True, [])
    assert left.insightface_descriptor is None
    assert left.box == {"x": 0, "y": 0, "width": photo.width, "height": photo.height}
    assert not FaceCluster.objects.exists()
    person.refresh_from_db()
    assert person.avatar_url == ""
    assert Erasure.objects.get().counts["galleries.PhotoFace"] == 1
    chore.keep_deadlines()
    assert Erasure.objects.count() == 1, "names are no faces, so nothing is deleted again"


def test_guests_go_with_a_line_in_the_list_of_what_was_erased(event):
    guest = Guest.objects.get()
    reach(event, Kept.GUESTS)
    assert not Guest.objects.exists()
    assert PhotoFace.objects.count() == 2
    digest = erased_subjects.digest_of_subject("sessions_app.Guest", str(guest.pk))
    assert ErasedSubject.objects.filter(subject=digest).exists()
    assert erased_subjects.find_break(ErasedSubject.objects.order_by("pk")) is None


def test_photos_go_with_their_files_and_nothing_is_left_in_the_trash(event):
    photo = GalleryImage.objects.get()
    reach(event, Kept.PHOTOS)
    assert not GalleryImage.objects.exists()
    assert not default_storage.exists(photo.file.name)
    assert not TrashRow.objects.exists()
    assert Erasure.objects.get().counts["galleries.GalleryImage"] == 1
    told = OutboxEvent.objects.filter(type="erasure.completed").get().data
    assert told["photos"] == 1


@pytest.mark.parametrize("kept", [Kept.TEMPLATES, Kept.FACES])
@pytest.mark.parametrize("kind", ["photo", "gallery"])
def test_what_lies_in_the_trash_ends_as_well(kept, kind, event):
    photo = GalleryImage.objects.get()
    (entry,) = entries.move_to_trash(kind, [photo if kind == "photo" else photo.gallery], by=None)
    reach(event, kept)
    assert not TrashRow.objects.filter(descriptor__isnull=False).exists()
    entries.restore(entry.pk)
    faces = PhotoFace.objects.all()
    assert not faces.filter(insightface_descriptor__isnull=False).exists()
    assert faces.count() == (2 if kept == Kept.TEMPLATES else 1)
    assert faces.filter(verified=True, person__isnull=False).count() == 1


def test_another_event_is_left_alone(event, studio):
    other = FaceFactory(photo__gallery__session_id=SessionFactory(studio=studio).pk)
    reach(event, Kept.FACES)
    other.refresh_from_db()
    assert other.insightface_descriptor is not None


def test_a_deadline_that_is_moved_away_is_announced_anew(event):
    keep({Kept.FACES: 100}, session=event)
    age(event, 90)
    chore.keep_deadlines()
    client = member(event.studio, Role.MANAGER)
    client.post(reverse("admin:sessions_app_photosession_retention", args=[event.pk]), {"faces": "5000"})
    assert not RetentionStep.objects.filter(kept=Kept.FACES).exists()
    age(event, 50)
    chore.keep_deadlines()
    assert PhotoFace.objects.count() == 2


def test_the_page_of_the_event_shows_each_deadline_and_where_it_comes_from(event, studio):
    client = member(studio, Role.MANAGER)
    keep({Kept.GUESTS: 30}, studio=studio)
    page = client.get(reverse("admin:sessions_app_photosession_event", args=[event.pk])).content.decode()
    assert "30 days, as the studio says" in page
    assert "No deadline" in page
    answer = client.post(reverse("admin:sessions_app_photosession_retention", args=[event.pk]), {"guests": "7"})
    assert answer.url == reverse("admin:sessions_app_photosession_event", args=[event.pk])
    assert days_of(event)[Kept.GUESTS][:2] == (7, "event")
    client.post(reverse("admin:sessions_app_photosession_retention", args=[event.pk]), {"guests": ""})
    assert days_of(event)[Kept.GUESTS][:2] == (30, "studio")


@pytest.mark.parametrize("days", ["-1", "36501", "many"])
def test_what_is_no_period_is_refused_with_its_field(days, event):
    client = member(event.studio, Role.OWNER)
    answer = client.post(reverse("admin:sessions_app_photosession_retention", args=[event.pk]), {"faces": days})
    assert "faces" in answer.context["form"].errors
    assert not RetentionPeriods.objects.exists()


def test_managers_set_the_periods_of_their_studio_and_superusers_those_of_all(event, studio, client):
    of_event = reverse("admin:sessions_app_photosession_retention", args=[event.pk])
    of_studio = reverse("admin:sessions_app_photosession_retention_studio", args=[studio.pk])
    of_all = reverse("admin:sessions_app_photosession_retention_installation")
    manager, photographer = member(studio, Role.MANAGER), member(studio, Role.PHOTOGRAPHER)
    stranger = member(StudioFactory(), Role.OWNER)
    assert [manager.get(path).status_code for path in (of_event, of_studio, of_all)] == [200, 200, 403]
    assert [photographer.get(path).status_code for path in (of_event, of_studio, of_all)] == [403, 403, 403]
    assert [stranger.get(path).status_code for path in (of_event, of_studio, of_all)] == [404, 404, 403]
    client.force_login(UserFactory(is_superuser=True))
    assert client.post(of_all, {"photos": "100"}).url == of_all
    assert days_of(event)[Kept.PHOTOS][:2] == (100, "installation")
