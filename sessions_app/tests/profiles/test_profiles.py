"""Several people on one device: each with photos, marks, links and addresses of their own, in every tab."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from facepass.testing.pages.visitors import addresses, device, ids, join, search, selfie, shown, shown_at, text
from sessions_app.guest.domain.profiles.device_profiles import MAX_PROFILES, DeviceProfiles
from sessions_app.models import Alert, FoundPhoto, Guest, ReturnLink, ShareLink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

# Pages of one guest, with all their links and forms.
PAGES = (
    "",
    "photos/",
    "photos/?show=favourites",
    "search/",
    "person/",
    "friend/",
    "shares/",
    "link/",
    "alerts/",
    "forget/",
)


@pytest.fixture
def family(ann, session):
    """Ann's device, which Bob has joined."""
    ann.bob = join(ann, session, "Bob", ["bob"])
    return ann


def test_each_has_their_own_photos_under_their_own_address(family, session, photos):
    alone, bob, both = photos
    assert set(shown_at(family, session.code)) == set(ids(alone, both))
    assert set(shown_at(family, family.bob)) == set(ids(bob, both))
    assert "You are in 2 photos" in text(family.get(f"/s/{session.code}/"))
    assert "Bob: 2 photos" in text(family.get(f"/s/{family.bob}/"))


def test_the_people_are_offered_with_how_many_photos_each_has(family, session, photos):
    family.post(f"/s/{family.bob}/photos/refuse/", {"photo": ids(photos[1])})
    for door in (session.code, family.bob):
        chips = re.findall(r'<a href="/s/([^"]+)/"[^>]*>(\w+) <span>(\d+)</span>', text(family.get(f"/s/{door}/")))
        assert chips == [(session.code, "Me", "2"), (family.bob, "Bob", "1")]


def test_marks_links_and_news_are_each_ones_own(family, session, photos):
    both = ids(photos[2])
    family.post(f"/s/{family.bob}/photos/favourite/", {"photo": both})
    family.post(f"/s/{family.bob}/photos/share/", {"photo": both})
    family.post(f"/s/{family.bob}/link/")
    news = {"address": "bob@example.org", "agreed": "on", "selfie": selfie(["bob"])}
    family.post(f"/s/{family.bob}/alerts/", news)
    bob = Guest.objects.exclude(pk=family.guest.pk).get()
    assert shown_at(family, session.code, show="favourites") == []
    assert [row.guest_id for model in (ShareLink, ReturnLink, Alert) for row in model.objects.all()] == [bob.pk] * 3
    assert FoundPhoto.objects.get(favourite=True).guest_id == bob.pk


def test_every_link_and_form_of_a_page_is_for_whom_the_page_is(family, session):
    """Whatever is done in one tab is never done for whoever is on show in another."""
    elsewhere = {f"/s/{session.code}", f"/s/{family.bob}/new"}  # the other person, and nobody yet
    for page in PAGES:
        answer = family.get(f"/s/{family.bob}/{page}")
        assert answer.status_code == 200, page
        named = re.findall(r'(?:href|action|formaction|data-[a-z]+)="(/s/[^"?#]+)', text(answer))
        assets = ("brand.css", "logo", "manifest.webmanifest", "worker.js")
        own = {one.rstrip("/") for one in named if not one.endswith(assets)} - elsewhere
        assert own
        assert {one for one in own if not f"{one}/".startswith(f"/s/{family.bob}/")} == set(), page


def test_pictures_open_for_everybody_on_the_device_and_for_nobody_else(family, session):
    for door in (session.code, family.bob):
        address = addresses(family.get(f"/s/{door}/"), "thumbnail")[0]
        assert family.get(address).status_code == 200
        assert Client().get(address).status_code == 404
        assert device(session).get(address).status_code == 404


def test_an_address_of_somebody_who_is_not_on_this_device_leads_to_the_entrance(family, session):
    stranger = Client()
    for page in PAGES:
        answer = stranger.get(f"/s/{family.bob}/{page}")
        assert answer["Location"] == f"/s/{session.code}/", page
    before = FoundPhoto.objects.count()
    answer = device(session).post(f"/s/{family.bob}/", {"selfie": selfie(["ann"])})
    assert answer.status_code == 403
    assert FoundPhoto.objects.count() == before


def test_who_is_done_leaves_the_device_and_nothing_is_deleted(family, session, photos):
    link = re.search(r'value="http://[^/"]+(/my/[^"]+)"', text(family.post(f"/s/{family.bob}/link/")))[1]
    address = addresses(family.get(f"/s/{family.bob}/"), "thumbnail")[0]
    answer = family.post(f"/s/{family.bob}/done/")
    assert answer["Location"] == f"/s/{session.code}/?left"
    assert family.get(f"/s/{family.bob}/").status_code == 302
    assert family.get(address).status_code == 404
    assert "Bob" not in text(family.get(f"/s/{session.code}/"))
    phone = Client()
    phone.get(link)
    assert set(shown_at(phone, session.code)) == set(ids(photos[1], photos[2]))


def test_a_shared_tablet_is_as_new_after_the_last_one_is_done(ann, session):
    page = text(ann.post(f"/s/{session.code}/done/", follow=True))
    assert "This device has forgotten you" in page
    assert 'id="consent"' in page
    assert Guest.objects.get().found.count() == 2
    ann.post(f"/s/{session.code}/consent/", {"agree": "on"})
    search(ann, session, ["bob"])
    assert Guest.objects.count() == 2
    assert len(shown(ann, session)) == 2


@pytest.mark.parametrize("leave", ["withdraw/", "forget/", "done/"])
def test_who_leaves_takes_nobody_else_along(family, session, photos, leave):
    family.post(f"/s/{session.code}/{leave}")
    assert set(shown_at(family, family.bob)) == set(ids(photos[1], photos[2]))
    page = text(family.get(f"/s/{session.code}/"))
    assert "data-photo=" not in page
    assert f'href="/s/{family.bob}/"' in page


def test_a_form_that_is_left_in_a_tab_gives_the_next_person_nothing(family, session):
    """Ann is done; in another tab her page is still open, and somebody sends its form."""
    family.post(f"/s/{session.code}/done/")
    answer = search(family, session, ["ann"])
    assert answer.status_code == 403
    assert len(shown_at(family, family.bob)) == 2


def test_a_private_link_adds_to_the_people_of_a_device_and_replaces_nobody(ann, session, photos):
    link = re.search(r'value="http://[^/"]+(/my/[^"]+)"', text(ann.post(f"/s/{session.code}/link/")))[1]
    tablet = device(session)
    search(tablet, session, ["bob"])
    answer = tablet.get(link)
    assert set(shown(tablet, session)) == set(ids(photos[1], photos[2]))
    assert set(re.findall(r'data-photo="([^"]+)"', text(tablet.get(answer["Location"])))) == set(
        ids(photos[0], photos[2])
    )
    assert tablet.get(link)["Location"] == answer["Location"], "opened again, nobody is added"


def test_there_is_room_for_a_family_and_no_more(family, session):
    for number in range(MAX_PROFILES - 2):
        join(family, session, f"Guest {number}")
    answer = family.get(f"/s/{session.code}/new/")
    assert answer.status_code == 409
    assert "has 8 people already" in text(answer)
    guests = Guest.objects.count()
    assert family.post(f"/s/{session.code}/consent/", {"agree": "on", "new": "1"}).status_code == 409
    assert Guest.objects.count() == guests
    link = ReturnLink.issue(device(session).guest)
    assert family.get(f"/my/{link}/").status_code == 409


def test_somebody_can_be_renamed_and_the_name_is_in_no_table(family, session):
    family.post(f"/s/{family.bob}/person/", {"name": "  Роберт\n Иванович "})
    page = text(family.get(f"/s/{family.bob}/"))
    assert "Роберт Иванович: 2 photos" in page
    assert "Роберт" not in str([list(model.objects.values()) for model in (Guest, FoundPhoto)])


def test_who_joins_without_a_name_has_a_number(ann, session):
    door = join(ann, session, "", ["bob"])
    assert "Person 2: 2 photos" in text(ann.get(f"/s/{door}/"))


def test_a_cookie_from_before_there_were_several_people_is_read():
    pk = uuid4()
    assert [one.guest_id for one in DeviceProfiles.from_text(str(pk))] == [pk]


@pytest.mark.parametrize("text", ["", "nonsense", "me=", "me=none+Ann&=&3fa85f64=x", "\0"])
def test_a_cookie_that_cannot_be_read_names_nobody(text):
    assert list(DeviceProfiles.from_text(text)) == []


def test_what_is_written_into_a_cookie_is_read_back():
    first, second = uuid4(), uuid4()
    profiles = DeviceProfiles().with_guest(first).with_guest(second, name="Анна & Co = 100 %")
    assert DeviceProfiles.from_text(profiles.as_text()) == profiles
    full = DeviceProfiles()
    for _number in range(MAX_PROFILES):
        full = full.with_guest(uuid4(), name="Ж" * 100)
    assert len(full.as_text()) < 3000, "a cookie has 4 kB"


def test_a_device_says_nothing_of_who_shares_it(family, session):
    """No row names the device: the guests are as far apart as those of two telephones."""
    rows = list(Guest.objects.values())
    assert {name for row in rows for name in row} == {field.attname for field in Guest._meta.concrete_fields}
    first, second = (str(row["id"]) for row in rows)
    assert not any(second in str(row) for row in rows if str(row["id"]) == first)
