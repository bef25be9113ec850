"""An event abroad has its own time zone: in which its cameras are set that write none, and in which it is read."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image

from facepass.models import Role
from facepass.testing.factories import GalleryFactory, SessionFactory, StudioFactory
from facepass.testing.pages.staff import member
from facepass.testing.pages.visitors import text
from galleries.faces import event_change
from galleries.models import GalleryImage, Occasion
from galleries.models.photo import PhotoState
from galleries.photos import ingest
from galleries.photos.cameras import camera_clocks
from sessions_app.models import GuestRules, PhotoSession
from sessions_app.retention import deadlines

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "fake_engine")]
TAKEN, CLOCK = "2030:07:15 12:00:00", datetime(2030, 7, 15, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def studio():
    return StudioFactory(time_zone="Europe/Berlin")  # two hours ahead of UTC in July


@pytest.fixture
def gallery(studio):
    return GalleryFactory(studio=studio, session_id=SessionFactory(studio=studio, time_zone="Asia/Tokyo").pk)


def upload(gallery, *, offset="", taken=TAKEN, shade=1):
    exif = Image.Exif()
    exif[0x0110] = "Camera"
    folder = exif.get_ifd(0x8769)
    folder[0x9003] = taken
    if offset:
        folder[0x9011] = offset
    file = io.BytesIO()
    Image.new("RGB", (64, 64), (shade, 0, len(offset))).save(file, "JPEG", exif=exif)
    report = ingest.add_photos(gallery, [ContentFile(file.getvalue(), name=f"{shade}{offset}.JPG")], by=None)
    (photo,) = report.accepted
    return photo


def taken_at(photo):
    return GalleryImage.objects.get(pk=photo.pk).taken_at


def test_a_camera_that_tells_no_zone_is_set_to_the_events_else_the_studios(gallery, studio):
    assert taken_at(upload(gallery)) == CLOCK - 9 * HOUR
    assert taken_at(upload(gallery, offset="+03:00")) == CLOCK - 3 * HOUR
    at_home = GalleryFactory(studio=studio, session_id=SessionFactory(studio=studio).pk)
    of_none = GalleryFactory(studio=studio)
    assert [taken_at(upload(other)) for other in (at_home, of_none)] == [CLOCK - 2 * HOUR] * 2


@pytest.mark.parametrize(("zone", "behind"), [("America/New_York", -4), ("", 2), ("Asia/Kolkata", 5.5)])
def test_a_change_moves_the_times_that_were_assumed_and_only_those(gallery, studio, zone, behind):
    assumed, told = upload(gallery), upload(gallery, offset="+03:00")
    other = upload(GalleryFactory(studio=studio, session_id=SessionFactory(studio=studio, time_zone="Asia/Tokyo").pk))
    session = PhotoSession.objects.get(pk=gallery.session_id)
    session.time_zone = zone
    session.save()
    assert taken_at(assumed) == CLOCK - behind * HOUR
    assert taken_at(told) == CLOCK - 3 * HOUR
    assert taken_at(other) == CLOCK - 9 * HOUR
    session.time_zone = "Asia/Tokyo"
    session.save()
    assert taken_at(assumed) == CLOCK - 9 * HOUR


@pytest.mark.parametrize("way", ["photos", "gallery"])
def test_photos_that_get_another_event_have_its_zone(gallery, studio, way):
    assumed, told = upload(gallery), upload(gallery, offset="+03:00")
    session = SessionFactory(studio=studio, time_zone="America/New_York")
    if way == "photos":
        target = GalleryFactory(studio=studio, session_id=session.pk)
        GalleryImage.objects.update(state=PhotoState.PROCESSED)
        assert event_change.move_photos(GalleryImage.objects.filter(gallery=gallery), target) == 2
    else:
        source, gallery.session_id = Occasion.for_gallery(gallery), session.pk
        gallery.save()
        event_change.carry_gallery(gallery, source=source)
    assert (taken_at(assumed), taken_at(told)) == (CLOCK + 4 * HOUR, CLOCK - 3 * HOUR)


def test_winter_and_summer_move_by_as_much_as_each_zone_says_and_clocks_that_were_wrong_stay_put_right(gallery):
    winter, summer = upload(gallery, taken="2030:01:15 12:00:00"), upload(gallery, shade=9)
    camera_clocks.set_shifts(gallery, dict.fromkeys({winter.camera}, HOUR))
    session = PhotoSession.objects.get(pk=gallery.session_id)
    session.time_zone = "Europe/London"
    session.save()
    assert taken_at(winter) == datetime(2030, 1, 15, 13, tzinfo=UTC)
    assert taken_at(summer) == CLOCK


def test_it_is_chosen_on_the_form_of_a_new_event_and_on_that_of_its_settings(studio):
    client = member(studio, Role.OWNER)
    new = reverse("admin:sessions_app_photosession_new")
    assert "that of the studio (Europe/Berlin)" in text(client.get(new))
    client.post(new, {"name": "Wedding", "day": "2030-07-15", "time_zone": "Pacific/Auckland"})
    session = PhotoSession.objects.get()
    assert (session.time_zone, session.day) == ("Pacific/Auckland", date(2030, 7, 15))
    assert session.scheduled_at == datetime(2030, 7, 15, 0, tzinfo=UTC)
    settings = text(client.get(reverse("admin:sessions_app_photosession_change", args=[session.pk])))
    assert '<option value="Pacific/Auckland" selected' in settings
    refused = client.post(new, {"name": "Party", "day": "2030-07-15", "time_zone": "Atlantis/Center"})
    assert refused.status_code == 200
    assert PhotoSession.objects.count() == 1


def test_the_api_sets_it_and_refuses_what_is_no_zone(gallery, api):
    assumed = upload(gallery)
    path = f"/api/v1/sessions/{gallery.session_id}/"
    answer = api.patch(path, {"time_zone": "Europe/London"}, format="json")
    assert (answer.status_code, answer.json()["time_zone"]) == (200, "Europe/London")
    assert taken_at(assumed) == CLOCK - HOUR
    assert api.patch(path, {"time_zone": "Atlantis/Center"}, format="json").status_code == 400
    made = api.post("/api/v1/sessions", {"name": "Party", "time_zone": "Asia/Tokyo"}, format="json")
    assert made.json()["time_zone"] == "Asia/Tokyo"


def test_its_pages_read_the_times_of_its_photos_in_its_zone(gallery):
    photo = upload(gallery)
    client = member(gallery.studio, Role.OWNER)
    window = client.get(reverse("admin:galleries_gallery_window", args=[gallery.pk]))
    assert "12:00" in text(window)
    assert "12:00" in text(client.get(reverse("admin:galleries_galleryimage_described", args=[photo.pk])))


def test_what_staff_type_on_its_form_is_read_in_its_zone(studio):
    session = SessionFactory(studio=studio, time_zone="Asia/Tokyo", scheduled_at=CLOCK)
    GuestRules.objects.create(session=session, expires_at=CLOCK)
    client = member(studio, Role.OWNER)
    form = client.get(reverse("admin:sessions_app_photosession_change", args=[session.pk])).content.decode()
    assert form.count('value="21:00') == 2
    gallery = GalleryFactory(studio=studio, session_id=session.pk, shown_from=CLOCK)
    form = client.get(reverse("admin:galleries_gallery_change", args=[gallery.pk])).content.decode()
    assert 'value="21:00' in form
    event = client.get(reverse("admin:sessions_app_photosession_event", args=[session.pk])).content.decode()
    assert "15 Jul 2030, 21:00" in event


def test_periods_end_with_the_days_of_its_zone(studio):
    session = SessionFactory(studio=studio, time_zone="Pacific/Auckland", scheduled_at=CLOCK + timedelta(hours=1))
    assert deadlines.start_day(session) == date(2030, 7, 16)
