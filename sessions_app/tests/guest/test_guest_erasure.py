"""Forget me, and hide me from others: what goes, what stays, and the receipt."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from facepass.models import EventType, OutboxEvent, Role
from facepass.testing.factories import PASSWORD, MembershipFactory, PhotoFactory
from facepass.testing.pages.visitors import addresses, device, ids, search, selfie, shown, text
from galleries import tasks
from galleries.models import GalleryImage, PhotoFace
from sessions_app.guest.domain.privacy import erasure
from sessions_app.models import Alert, FoundPhoto, Guest, HiddenFace, Hiding, ReturnLink, ShareLink
from sessions_app.models.guest import GUEST_LIFETIME

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def forget(client, session, **fields):
    return client.post(f"/s/{session.code}/forget/", fields, follow=True)


@pytest.fixture
def busy(ann, session, photos):
    """Ann with one of everything."""
    ann.post(f"/s/{session.code}/photos/favourite/", {"photo": ids(photos[0])})
    ann.post(f"/s/{session.code}/photos/share/", {"photo": ids(photos[0])})
    ann.post(f"/s/{session.code}/link/")
    data = {"address": "ann@example.org", "agreed": "on", "selfie": selfie(["ann"])}
    ann.post(f"/s/{session.code}/alerts/", data)
    assert len(mail.outbox) == 1
    return ann


def test_the_page_asks_before_it_does_anything(busy, session):
    page = text(busy.get(f"/s/{session.code}/forget/"))
    assert "the list of 2 photos" in page
    assert Guest.objects.exists()


def test_everything_about_the_guest_goes_and_the_photos_stay(busy, session, photos):
    address = addresses(busy.get(f"/s/{session.code}/photos/"), "preview")[0]
    forget(busy, session)
    for model in (Guest, FoundPhoto, ShareLink, ReturnLink, Alert, Hiding):
        assert not model.objects.exists(), model
    assert GalleryImage.objects.count() == 3
    assert busy.get(address).status_code == 404
    assert busy.get(f"/s/{session.code}/photos/").status_code == 302


def test_no_trace_of_the_guest_is_left_in_any_table(busy, session):
    pk = str(busy.guest.pk)
    assert pk in dump()
    forget(busy, session)
    assert pk not in dump()


def dump():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def test_the_receipt_says_what_when_and_how_much_and_is_kept_nowhere(busy, session):
    response = forget(busy, session)
    page = text(response)
    number = re.search(r"<dd>([0-9a-f-]{36})</dd>", page)[1]
    assert number in dump(), "the partner's event names it"
    (path, _status) = response.redirect_chain[-1]
    receipt = Client().get(f"{path}?text")
    assert receipt["Content-Type"].startswith("text/plain")
    words = receipt.content.decode()
    assert number in words
    assert "Photos found: 2\nFavourites: 1\nShared links: 1\nPrivate links: 1\nDescriptions of a face: 1" in words
    assert Client().get(path.replace("forgotten/", "forgotten/x")).status_code == 404


def test_partners_hear_of_it_in_counts_only(busy, session):
    forget(busy, session)
    event = OutboxEvent.objects.get(type=EventType.ERASURE_COMPLETED)
    receipt_id = event.data.pop("receipt_id")
    assert len(receipt_id) == 36
    counted = {"guests": 1, "photos": 2, "favourites": 1, "shares": 1, "links": 1, "alerts": 1, "uploads": 0}
    assert event.data == {"session_id": str(session.pk), **counted}


def test_one_guest_who_is_forgotten_changes_nothing_for_another(busy, session):
    other = device(session)
    search(other, session, ["ann"])
    forget(busy, session)
    assert len(shown(other, session)) == 2


def test_it_needs_the_token_of_its_page(busy, session):
    busy.handler.enforce_csrf_checks = True
    assert forget(busy, session).status_code == 403
    assert Guest.objects.exists()


def hide(client, session):
    return client.post(f"/s/{session.code}/forget/", {"hide": "1"}, follow=True)


def way_back(response):
    return re.search(r'value="http://[^/"]+(/hidden/[^"]+)"', unescape(response.content.decode()))[1]


def test_who_hides_is_found_by_nobody_else_and_still_by_themselves(ann, session, photos):
    hide(ann, session)
    other = device(session)
    assert "We have not found you yet" in text(search(other, session, ["ann"]))
    search(ann, session, ["ann"])
    assert len(shown(ann, session)) == 2


def test_others_still_find_photos_in_which_they_stand_beside_them(ann, session, photos):
    hide(ann, session)
    bob = device(session)
    search(bob, session, ["bob"])
    assert set(shown(bob, session)) == set(ids(photos[1], photos[2]))


def test_a_hidden_friend_is_not_found_either(ann, session, photos):
    hide(ann, session)
    bob = device(session)
    search(bob, session, ["bob"])
    data = {"selfie": selfie(["ann"]), "combine": "any", "agreed": "on"}
    bob.post(f"/s/{session.code}/friend/", data)
    assert set(shown(bob, session)) == set(ids(photos[1], photos[2]))


def test_photos_that_come_later_are_hidden_too(ann, session, photos, party_gallery):
    hide(ann, session)
    assert set(HiddenFace.objects.values_list("with_group", flat=True)) == {True}
    PhotoFactory(gallery=party_gallery, people=["ann#2"])
    tasks.analyse_gallery(str(party_gallery.pk))
    assert "We have not found you yet" in text(search(device(session), session, ["ann"]))


def test_hiding_changes_nothing_for_staff_and_partners(ann, session, photos, client_of):
    before = list(PhotoFace.objects.order_by("pk").values("pk", "cluster_id", "face_category"))
    hide(ann, session)
    assert list(PhotoFace.objects.order_by("pk").values("pk", "cluster_id", "face_category")) == before
    data = {"session_id": str(session.pk), "file": selfie(["ann"])}
    answer = client_of(session.studio).post("/api/v1/faces/search-session", data, format="multipart")
    assert len(answer.json()["matches"]) == 2


def test_hidden_and_forgotten_stays_hidden_until_the_private_link_undoes_it(ann, session, photos):
    link = way_back(forget(ann, session, hidden="on"))
    assert not Guest.objects.exists()
    other = device(session)
    assert "We have not found you yet" in text(search(other, session, ["ann"]))
    assert "You are hidden here" in text(Client().get(link))
    assert Hiding.objects.exists()
    assert "Others can find you again" in text(Client().post(link))
    search(other, session, ["ann"])
    assert len(shown(other, session)) == 2
    assert Client().get(link).status_code == 404


def test_the_guest_undoes_it_by_the_link_on_the_page(ann, session, photos):
    link = way_back(hide(ann, session))
    Client().post(link)
    assert "Anyone who then searches here with your face finds nothing" in text(ann.get(f"/s/{session.code}/forget/"))


def test_who_was_not_found_can_not_hide(session, photos):
    response = hide(device(session), session)
    assert "there is nobody to hide" in text(response)
    assert not Hiding.objects.exists()


def test_a_group_of_which_little_was_found_is_not_hidden_as_a_whole(session, photos, party_gallery):
    """Who got one face of somebody else's group by mistake does not take that person out of the search."""
    bobs = PhotoFace.objects.filter(photo=photos[1]).get()
    more = PhotoFactory(gallery=party_gallery, people=["bob#1"])
    tasks.analyse_gallery(str(party_gallery.pk))
    client = device(session)
    FoundPhoto.objects.create(guest=client.guest, photo=photos[1], face=bobs, rank=0)
    hide(client, session)
    bob = device(session)
    search(bob, session, ["bob"])
    assert set(shown(bob, session)) == set(ids(photos[2], more))


@pytest.mark.parametrize(("role", "status"), [(Role.MANAGER, 302), (Role.PHOTOGRAPHER, 403), (None, 302)])
def test_managers_of_the_studio_may_end_a_hiding_and_see_no_face(ann, session, photos, role, status):
    hide(ann, session)
    hiding = Hiding.objects.get()
    member = MembershipFactory(role=role or Role.OWNER, **({"studio": session.studio} if role else {}))
    browser = Client(headers={"Accept-Language": "en"})
    browser.login(username=member.user.username, password=PASSWORD)
    shown = text(browser.get("/admin/sessions_app/hiding/"))
    assert (session.name in shown) == (role is not None)
    assert str(HiddenFace.objects.first().face_id) not in shown
    answer = browser.post(f"/admin/sessions_app/hiding/{hiding.pk}/delete/", {"post": "yes"})
    assert answer.status_code == status  # Django leads a stranger away, as from what is not there
    assert Hiding.objects.exists() == (role is not Role.MANAGER)


def test_who_was_not_here_for_90_days_and_left_nothing_is_forgotten(busy, session):
    lately = device(session)
    Guest.objects.exclude(pk=lately.guest.pk).update(last_seen_at=timezone.now() - GUEST_LIFETIME)
    erasure.forget_absent_guests()
    assert Guest.objects.count() == 2, "a link, or a wish for news, is a way back"
    busy.guest.return_links.all().delete()
    busy.guest.shares.all().delete()
    erasure.forget_absent_guests()
    assert Guest.objects.count() == 2
    busy.guest.alert.delete()
    erasure.forget_absent_guests()
    assert list(Guest.objects.all()) == [lately.guest]


def test_a_visit_is_noted_once_an_hour(ann, session):
    before = timezone.now() - timedelta(days=89)
    Guest.objects.update(last_seen_at=before)
    ann.get(f"/s/{session.code}/photos/")
    noted = Guest.objects.get().last_seen_at
    assert noted > before
    ann.get(f"/s/{session.code}/photos/")
    assert Guest.objects.get().last_seen_at == noted
