"""Each studio has its own time zone: for its staff, its guests, its e-mails, its events and its cameras.

At the moment of these tests it is 14 June in London and 15 June in Auckland, which is 11 hours ahead.
"""

import io
from datetime import UTC, date, datetime

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from facepass.models import Role, Studio
from facepass.testing.factories import (
    GalleryFactory,
    MembershipFactory,
    PersonFactory,
    PhotoFactory,
    SessionFactory,
    StudioFactory,
)
from facepass.testing.pages.staff import address, member
from facepass.testing.pages.visitors import device, text
from galleries.people import private_links
from galleries.photos import ingest
from sessions_app import analytics
from sessions_app.models import FoundPhoto, GuestRules, PhotoSession, SessionDay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "fake_engine")]
MOMENT = datetime(2030, 6, 14, 13, 30, tzinfo=UTC)
LONDON, AUCKLAND = "14 Jun 2030, 14:30", "15 Jun 2030, 01:30"


@pytest.fixture
def london():
    return StudioFactory(time_zone="Europe/London")


@pytest.fixture
def auckland():
    return StudioFactory(time_zone="Pacific/Auckland")


@pytest.fixture(autouse=True)
def moment(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: MOMENT)


def event_page(client, session):
    return client.get(reverse("admin:sessions_app_photosession_event", args=[session.pk])).content.decode()


def both(studios):
    client = Client()
    user = MembershipFactory(studio=studios[0]).user
    MembershipFactory(studio=studios[1], user=user)
    client.force_login(user)
    return client


@pytest.mark.parametrize("who", ["members", "member of both", "superuser"])
def test_staff_read_the_dates_of_a_studio_in_its_zone(who, london, auckland, admin_client):
    for studio, day, shown in ((london, "14 Jun 2030", LONDON), (auckland, "15 Jun 2030", AUCKLAND)):
        session = SessionFactory(studio=studio, scheduled_at=MOMENT)
        GuestRules.objects.create(session=session, expires_at=MOMENT)
        client = {"members": member(studio), "superuser": admin_client}.get(who) or both([london, auckland])
        page = event_page(client, session)
        assert f">{day}</time>" in page
        assert f"The page was open until {shown}" in page
        gallery = GalleryFactory(studio=studio, shown_from=MOMENT)
        form = client.get(reverse("admin:galleries_gallery_change", args=[gallery.pk])).content.decode()
        assert {LONDON: 'value="14:30', AUCKLAND: 'value="01:30'}[shown] in form
    assert timezone.get_current_timezone_name() == "UTC", "for the next request"


def test_what_staff_type_is_read_in_the_zone_of_the_studio(auckland):
    gallery = GalleryFactory(studio=auckland)
    form = {"title": "A", "shown_from_0": "2030-06-15", "shown_from_1": "01:30"}
    client = member(auckland)
    assert client.post(reverse("admin:galleries_gallery_change", args=[gallery.pk]), form).status_code == 302
    gallery.refresh_from_db()
    assert gallery.shown_from == MOMENT


def test_a_new_event_has_its_day_there(auckland):
    client = member(auckland)
    path = reverse("admin:sessions_app_photosession_new")
    page = client.get(path).content.decode()
    assert "that of the studio (Pacific/Auckland)" in page
    assert 'value="2030-06-15"' in page
    client.post(path, {"name": "Wedding", "day": "2030-06-15"})
    session = PhotoSession.objects.get()
    assert session.scheduled_at == datetime(2030, 6, 15, 0, tzinfo=UTC)
    assert session.day == date(2030, 6, 15)


def test_guests_and_whoever_has_a_link_read_dates_there(auckland, mailoutbox):
    session = SessionFactory(studio=auckland, scheduled_at=MOMENT)
    assert ">15 Jun 2030</time>" in text(Client().get(f"/s/{session.code}/"))
    gallery = GalleryFactory(studio=auckland, session_id=session.pk, guest_title="Party", shown_from=MOMENT)
    type(gallery).objects.update(shown_from=datetime(2030, 7, 1, 13, 30, tzinfo=UTC))
    guest = device(session, last_seen_at=MOMENT)
    photo = PhotoFactory(gallery=GalleryFactory(studio=auckland, session_id=session.pk), stored=False)
    FoundPhoto.objects.create(guest=guest.guest, photo=photo, rank=0)
    assert "“Party” follows on 2 Jul 2030, 01:30" in text(guest.get(f"/s/{session.code}/photos/"))
    GuestRules.objects.create(session=session, expires_at=MOMENT)
    assert "open until 15 Jun 2030" in text(Client().get(f"/s/{session.code}/"))


def test_a_private_link_and_its_e_mail_say_the_day_there(auckland, settings):
    settings.EMAIL_HOST = "mail.example.com"
    link = private_links.create_link(
        PersonFactory(studio=auckland), days="7", by=MembershipFactory(studio=auckland).user
    )
    private_links.send_link(link, "ann@example.com")
    assert "22 Jun 2030" in mail.outbox[0].body
    assert "open until 22 Jun 2030" in text(Client().get(private_links.build_url(link)))


def test_a_camera_without_a_zone_is_set_to_the_studios(auckland, london):
    for studio, taken in ((london, 0), (auckland, 13)):
        file, exif = io.BytesIO(), Image.Exif()
        exif.get_ifd(0x8769)[0x9003] = "2030:01:15 12:00:00"
        Image.new("RGB", (64, 48)).save(file, "JPEG", exif=exif)
        named = ContentFile(file.getvalue(), name="one.jpg")
        photo, _new = ingest.add_photo(GalleryFactory(studio=studio), named, name="one.jpg", by=None)
        assert (datetime(2030, 1, 15, 12, tzinfo=UTC) - photo.taken_at).total_seconds() == taken * 3600


def test_guests_are_counted_on_the_day_it_is_there(auckland, london, client_of):
    for studio, day in ((london, 14), (auckland, 15)):
        session = SessionFactory(studio=studio)
        analytics.count_search(session, found=1, processing_ms=5)
        assert SessionDay.objects.get(session=session).day == date(2030, 6, day)
        assert "Searches today: 1, 1 found photos" in event_page(member(studio), session)
        told = client_of(studio).get(f"/api/v1/sessions/{session.pk}/analytics").json()
        assert (told["to"], told["total"]["searches"]) == (f"2030-06-{day}", 1)


def test_the_form_of_the_studio_offers_zones_and_refuses_what_is_none(london):
    client = member(london, Role.OWNER)
    path = address(london, "change")
    page = client.get(path).content.decode()
    assert "the installation&#x27;s (UTC)" in page
    assert '<option value="Europe/London" selected>' in page
    form = {"name": london.name, "slug": london.slug}
    assert client.post(path, {**form, "time_zone": "Mars/Olympus"}).status_code == 200
    assert client.post(path, {**form, "time_zone": ""}).status_code == 302
    assert Studio.objects.get(pk=london.pk).time_zone == ""


def test_a_zone_that_this_machine_does_not_know_is_the_installations(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    assert [str(StudioFactory(time_zone=name).zone) for name in ("", "Mars/Olympus")] == ["Europe/Berlin"] * 2
