"""The slideshow of favourites on the screen at the party: whose it is, what it shows, and when it ends."""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facepass.models import Role
from facepass.testing.factories import MembershipFactory
from facepass.testing.pages.guests import with_rules
from facepass.testing.pages.visitors import device, ids, search, text
from sessions_app import slideshows
from sessions_app.guest.domain.privacy import erasure, withdrawal
from sessions_app.models import FoundPhoto, PhotoSession, Slideshow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def show(session):
    return slideshows.open_slideshow(session)


@pytest.fixture
def path(show):
    return urlsplit(slideshows.build_url(show)).path


def favour(client, session, *photos):
    client.post(f"/s/{session.code}/photos/favourite/", {"photo": ids(*photos)})


def on_screen(path):
    """The photos of the page, by id, and that each of them opens."""
    page = text(Client().get(path))
    addresses = re.findall(r'src="(/screen/[^"]+/preview\?[^"]+)"', page)
    for address in addresses:
        assert Client().get(address).status_code == 200
    assert Client().get(f"{path}photos/").json()["photos"] == addresses
    return [address.split("/")[3] for address in addresses]


def test_there_is_none_until_staff_make_one(session):
    assert not Slideshow.objects.exists()
    assert Client().get("/screen/x/").status_code == 404
    assert Client().get("/screen/x/photos/").status_code == 404


def test_it_shows_what_a_guest_has_marked_and_nothing_else(ann, session, photos, path):
    assert on_screen(path) == []
    assert "Mark photos as favourites, and they appear here." in text(Client().get(path))
    favour(ann, session, photos[2])
    assert on_screen(path) == ids(photos[2])
    ann.post(f"/s/{session.code}/photos/unfavourite/", {"photo": ids(photos[2])})
    assert on_screen(path) == []


def test_a_photo_is_there_once_however_many_marked_it_and_nobody_is_named(ann, session, photos, path):
    bob = device(session)
    search(bob, session, ["bob"])
    for client in (ann, bob):
        favour(client, session, photos[2])
    assert on_screen(path) == ids(photos[2])
    page = text(Client().get(path))
    assert str(ann.guest.pk) not in page
    assert str(bob.guest.pk) not in page


def hide_the_photo(session, client, photo):
    photo.hidden_from_guests = True
    photo.save()


def show_its_gallery_later(session, client, photo):
    photo.gallery.guest_title, photo.gallery.shown_from = "Party", timezone.now() + timezone.timedelta(hours=1)
    photo.gallery.save()


def refuse(session, client, photo):
    client.post(f"/s/{session.code}/photos/refuse/", {"photo": ids(photo)})


def withdraw(session, client, photo):
    withdrawal.withdraw_consent(client.guest)


def forget(session, client, photo):
    erasure.forget_guest(client.guest, hidden=False)


def hide_from_others(session, client, photo):
    erasure.hide_guest(client.guest)


def delete(session, client, photo):
    photo.delete()


EVENTS = [hide_the_photo, show_its_gallery_later, refuse, withdraw, forget, hide_from_others, delete]


@pytest.mark.parametrize("event", EVENTS)
def test_what_is_shown_no_longer_leaves_the_screen_too(ann, session, photos, path, event):
    favour(ann, session, photos[0])
    address = re.search(r'src="(/screen/[^"]+)"', text(Client().get(path)))[1]
    event(session, ann, photos[0])
    assert on_screen(path) == []
    assert Client().get(address).status_code == 404


def test_a_photo_with_somebody_who_hides_is_left_out_whoever_marked_it(ann, session, photos, path):
    bob = device(session)
    search(bob, session, ["bob"])
    favour(bob, session, photos[1], photos[2])
    assert set(on_screen(path)) == set(ids(photos[1], photos[2]))
    erasure.hide_guest(ann.guest)
    assert on_screen(path) == ids(photos[1])


def close(session):
    PhotoSession.objects.update(facepass_enabled=False)


def expire(session):
    with_rules(session, expires_at=timezone.now())


@pytest.mark.parametrize("end", [close, expire, slideshows.end_slideshow])
def test_it_ends_with_the_event_or_by_staff(ann, session, photos, path, end):
    favour(ann, session, photos[0])
    address = re.search(r'src="(/screen/[^"]+)"', text(Client().get(path)))[1]
    end(session)
    assert Client().get(path).status_code == 404
    assert Client().get(f"{path}photos/").status_code == 404
    assert Client().get(address).status_code == 404


def test_a_new_one_has_another_address(session, show, path):
    assert slideshows.open_slideshow(session).pk == show.pk
    slideshows.end_slideshow(session)
    slideshows.open_slideshow(session)
    assert Client().get(path).status_code == 404


def test_an_address_opens_its_own_picture_only(ann, session, photos, path):
    favour(ann, session, photos[0])
    address = re.search(r'src="(/screen/[^"]+)"', text(Client().get(path)))[1]
    plain, query = address.split("?")
    assert Client().get(plain).status_code == 404
    for variant in ("original", "thumbnail"):
        assert Client().get(f"{plain.replace('preview', variant)}?{query}").status_code == 404
    assert Client().get(f"{plain.replace(str(photos[0].pk), str(photos[1].pk))}?{query}").status_code == 404


def test_pictures_bear_the_watermark(ann, session, photos, path):
    favour(ann, session, photos[0])
    address = re.search(r'src="(/screen/[^"]+)"', text(Client().get(path)))[1]
    plain = b"".join(Client().get(address))
    with_rules(session, watermark="Proof")
    assert b"".join(Client().get(address)) != plain


# --- staff


def signed_in(session, role):
    client = Client()
    client.force_login(MembershipFactory(**({"studio": session.studio} if role else {}), role=role or Role.OWNER).user)
    return client


EDITING = dict.fromkeys((Role.OWNER, Role.MANAGER, Role.PHOTOGRAPHER), 302)
ANSWERS = {**EDITING, Role.VERIFIER: 403, Role.VIEWER: 403, None: 404}


@pytest.mark.parametrize(("role", "status"), ANSWERS.items())
def test_editors_switch_it_and_others_do_not(session, photos, role, status):
    client, address = signed_in(session, role), reverse("admin:sessions_app_photosession_slideshow", args=[session.pk])
    assert client.post(address).status_code == status
    assert Slideshow.objects.exists() == (status == 302)
    slideshows.open_slideshow(session)
    assert client.post(address, {"ended": "yes"}).status_code == status
    assert Slideshow.objects.exists() == (status != 302)


def test_the_page_of_the_event_has_its_address_for_who_may_open_it(session, photos):
    page = reverse("admin:sessions_app_photosession_event", args=[session.pk])
    assert "Make an address for the screen" in text(signed_in(session, Role.OWNER).get(page))
    show = slideshows.open_slideshow(session)
    for role, is_there in ((Role.OWNER, True), (Role.VIEWER, False)):
        assert (slideshows.build_url(show) in text(signed_in(session, role).get(page))) == is_there


def test_guests_are_told_of_it_before_they_agree_and_by_the_notice(session, photos, show):
    words = "Photos that guests mark as favourites are shown on a screen at the event, without saying who marked them."
    assert words in text(Client().get(f"/s/{session.code}/notice/"))
    slideshows.end_slideshow(session)
    assert words not in text(Client().get(f"/s/{session.code}/notice/"))
    assert not FoundPhoto.objects.exists()
