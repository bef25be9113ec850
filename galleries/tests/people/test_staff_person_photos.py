"""All photos of a person: which they are, the ZIP, private links that end, and who may do what."""

import io
import zipfile
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facepass.models import Role
from facepass.testing.factories import FaceFactory, GalleryFactory, PersonFactory, PhotoFactory, StudioFactory
from facepass.testing.pages.staff import member
from galleries.models import GalleryImage, PersonLink
from galleries.models.photo import PhotoState
from galleries.people import private_links

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


@pytest.fixture
def staff(studio):
    return member(studio, Role.PHOTOGRAPHER)


@pytest.fixture
def gallery(studio):
    return GalleryFactory(studio=studio, title="Wedding")


@pytest.fixture
def ann(studio):
    return PersonFactory(studio=studio, real_name="Ann Archer", email="ann@example.org")


@pytest.fixture
def seen(gallery):
    """A photo of the person, confirmed."""

    def make(person, *, gallery=gallery, verified=True, photo=None, **fields):
        state = {"state": PhotoState.PROCESSED, "taken_at": timezone.now()}
        photo = photo or PhotoFactory(gallery=gallery, **{**state, **fields})
        FaceFactory(photo=photo, person=person, verified=verified, face_category="known")
        return photo

    return make


def address(name, person):
    return reverse(f"admin:galleries_person_{name}", args=[person.pk])


def shown(client, person, **query):
    return [photo for photo, _picture in client.get(address("photos", person), query).context["photos"]]


def names_in(response):
    return sorted(zipfile.ZipFile(io.BytesIO(b"".join(streamed(response)))).namelist())


def streamed(response):
    """An async stream, as the test's client, which is sync, reads it."""
    assert response["Content-Type"] == "application/zip"
    return list(response)


def test_a_photo_without_a_face_is_given_by_a_box_that_is_named(staff, ann, gallery):
    """Somebody seen from behind: what was drawn has no descriptor."""
    photo = PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED)
    FaceFactory(photo=photo, drawn=True, insightface_descriptor=None, person=ann, verified=True, face_category="known")
    assert shown(staff, ann) == [photo]


def do(client, person, what, **fields):
    return client.post(address("photos", person), {"do": what, **fields}, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def link(ann):
    return PersonLink.objects.create(person=ann, expires_at=timezone.now() + timedelta(days=1))


def test_confirmed_photos_of_all_events_are_shown_the_latest_first_and_of_one_event(staff, ann, seen, studio):
    other = GalleryFactory(studio=studio, title="Christening")
    first, last = seen(ann), seen(ann, gallery=other)
    seen(ann, verified=False), seen(PersonFactory(studio=studio))
    FaceFactory(photo=PhotoFactory(gallery=other), person=ann, verified=True, face_category="ignored")
    assert shown(staff, ann) == [last, first]
    assert shown(staff, ann, of=other.pk) == [last]


def test_a_photo_with_two_faces_of_the_person_is_there_once(staff, ann, seen):
    photo = seen(ann)
    seen(ann, photo=photo)
    assert shown(staff, ann) == [photo]


def test_the_zip_has_the_originals_of_all_or_of_one_event(staff, ann, seen, studio):
    other = GalleryFactory(studio=studio)
    first, last = seen(ann, original_name="a.jpg"), seen(ann, gallery=other, original_name="b.jpg")
    seen(ann, original_name="never-stored.jpg", stored=False), seen(ann, verified=False)
    answer = staff.get(address("zip", ann))
    assert "ann-archer.zip" in answer["Content-Disposition"]
    assert names_in(answer) == [first.original_name, last.original_name]
    assert names_in(staff.get(address("zip", ann), {"of": other.pk})) == ["b.jpg"]


def test_a_private_link_opens_the_photos_for_anybody_until_it_ends(client, staff, ann, seen):
    photo = seen(ann)
    answer = do(staff, ann, "create", days="7")
    assert said(answer) == ["The link was made."]
    ((link, url),) = answer.context["links"]
    assert timedelta(days=6) < link.expires_at - timezone.now() <= timedelta(days=7)
    page = client.get(url)
    assert [tile["photo"] for tile in page.context["tiles"]] == [photo]
    assert page["Cache-Control"].startswith("max-age=0")
    assert 'class="results" data-searched' in page.content.decode(), "else the style hides them"
    assert client.get(page.context["tiles"][0]["preview"]).status_code in (200, 404), "signed: no sign-in is asked for"
    assert names_in(client.post(url)) == [photo.original_name]
    PersonLink.objects.update(expires_at=timezone.now())
    for ask in (client.get, client.post):
        assert ask(url).status_code == 404
    assert staff.get(address("photos", ann)).context["links"] == []


def test_a_link_gives_no_photo_that_is_hidden_from_guests_or_only_proposed_and_those_that_come_later(
    client, ann, seen, link
):
    hidden, proposed, kept = seen(ann), seen(ann, verified=False), seen(ann)
    GalleryImage.objects.filter(pk=hidden.pk).update(hidden_from_guests=True)
    url = private_links.build_url(link)
    assert [tile["photo"] for tile in client.get(url).context["tiles"]] == [kept]
    assert names_in(client.post(url)) == [kept.original_name]
    proposed.faces.update(verified=True)
    assert len(client.get(url).context["tiles"]) == 2


def test_a_link_that_was_closed_or_whose_person_is_gone_or_that_is_made_up_opens_nothing(client, staff, ann, link):
    url = private_links.build_url(link)
    assert client.get(url).status_code == 200
    assert said(do(staff, ann, "end", link=str(link.pk))) == ["The link is closed."]
    assert client.get(url).status_code == 404
    ann.delete()
    for token in ("x", f"{link.pk.hex}.x", "%00"):
        assert client.get(f"/photos-of/{token}/").status_code == 404


def test_a_link_of_somebody_else_is_not_closed(staff, ann, studio):
    other = PersonLink.objects.create(
        person=PersonFactory(studio=studio), expires_at=timezone.now() + timedelta(days=1)
    )
    for pk in (str(other.pk), "x", ""):
        assert said(do(staff, ann, "end", link=pk)) == []
    assert PersonLink.objects.get() == other


def test_a_link_is_sent_by_e_mail(staff, ann, settings):
    settings.EMAIL_HOST = "localhost"
    answer = do(staff, ann, "send", email="ann@example.org")
    assert said(answer) == ["The link was made.", "The link was sent to ann@example.org."]
    (message,) = mail.outbox
    assert message.to == ["ann@example.org"]
    assert private_links.build_url(PersonLink.objects.get()) in message.body


def test_an_address_that_is_none_gets_no_link_and_a_server_that_fails_is_told(staff, ann, settings, monkeypatch):
    settings.EMAIL_HOST = "localhost"
    assert said(do(staff, ann, "send", email="nobody")) == ["Enter a valid email address."]
    assert not PersonLink.objects.exists()

    def refuse(_message):
        raise SMTPServerDisconnected("no")

    monkeypatch.setattr(EmailMessage, "send", refuse)
    assert "could not be sent" in said(do(staff, ann, "send", email="ann@example.org"))[-1]
    assert PersonLink.objects.count() == 1


def test_without_a_mail_server_nothing_is_offered_to_be_sent(staff, ann, settings):
    settings.EMAIL_HOST = ""
    assert 'value="send"' not in staff.get(address("photos", ann)).content.decode()


def test_a_stranger_finds_nothing_and_who_may_not_upload_makes_no_link(ann, seen, studio, link):
    seen(ann)
    stranger = member(StudioFactory(), Role.OWNER)
    assert stranger.get(address("photos", ann)).status_code == 404
    assert stranger.get(address("zip", ann)).status_code == 404
    assert do(stranger, ann, "create").status_code == 404
    for role in (Role.VERIFIER, Role.VIEWER):
        client = member(studio, role)
        page = client.get(address("photos", ann))
        assert (page.status_code, "fp-private-links" in page.content.decode()) == (200, False)
        for what in ("create", "send", "end"):
            assert do(client, ann, what, link=str(link.pk)).status_code == 403
    assert PersonLink.objects.get() == link
    assert Client().get(address("photos", ann)).status_code == 302
