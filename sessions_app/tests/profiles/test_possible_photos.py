"""“Are these you too?”: what a search holds for possible is asked about, and none of the guest's until they say so."""

import re
from dataclasses import replace

import pytest
from django.test import Client

from facepass.testing.factories import PhotoFactory
from facepass.testing.pages.visitors import addresses, device, ids, search, shown, shown_at, text
from galleries import tasks
from galleries.matching.search import Match
from galleries.models import GalleryImage, PhotoFace
from sessions_app.guest.domain import guest_search
from sessions_app.models import FoundPhoto, PossiblePhoto

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def unsure(session, photos, party_gallery, monkeypatch):
    """Two photos of Carol, who is somewhat like Ann: every search holds them for possible."""
    alike = [PhotoFactory(gallery=party_gallery, people=["carol"], kept_apart=True) for _ in range(2)]
    tasks.analyse_gallery(str(party_gallery.pk))
    found = guest_search.search_session

    def search_and_doubt(*arguments, **options):
        faces = PhotoFace.objects.select_related("photo").filter(photo__in=alike)
        possible = [Match(face, cosine=0.3, similarity=0.3) for face in faces.order_by("photo__original_name")]
        return replace(found(*arguments, **options), possible=possible)

    monkeypatch.setattr(guest_search, "search_session", search_and_doubt)
    return alike


@pytest.fixture
def asked(session, unsure):
    """Ann's device, after a search."""
    client = device(session)
    search(client, session, ["ann"])
    return client


def possible_at(client, session):
    return re.findall(r'<li data-possible="([0-9a-f-]+)"', text(client.get(f"/s/{session.code}/")))


def answer(client, session, action, *photos):
    return client.post(f"/s/{session.code}/photos/{action}/", {"one": ids(*photos)})


def test_they_are_a_row_of_their_own_and_count_as_nobodys(asked, session, photos, unsure):
    page = text(asked.get(f"/s/{session.code}/"))
    assert "Are these you too?" in page
    assert possible_at(asked, session) == ids(*unsure)
    assert "You are in 2 photos" in page
    assert set(shown_at(asked, session.code)) == set(ids(photos[0], photos[2]))
    assert set(shown(asked, session)) == set(ids(photos[0], photos[2]))


def test_yes_makes_one_the_guests(asked, session, photos, unsure):
    assert answer(asked, session, "confirm", unsure[0])["Location"] == f"/s/{session.code}/"
    assert shown_at(asked, session.code)[-1] == str(unsure[0].pk)
    assert "You are in 3 photos" in text(asked.get(f"/s/{session.code}/"))
    assert possible_at(asked, session) == ids(unsure[1])


def test_no_is_not_me_and_ends_the_questions_about_that_group(asked, session, unsure):
    answer(asked, session, "deny", unsure[0])
    assert possible_at(asked, session) == []
    assert shown(asked, session, show="refused") == ids(unsure[0])
    search(asked, session, ["ann"])
    assert possible_at(asked, session) == [], "asked once more about what was denied"


def test_yes_helps_the_next_search(asked, session, unsure, monkeypatch):
    answer(asked, session, "confirm", unsure[0])
    given = []
    found = guest_search.search_session
    monkeypatch.setattr(
        guest_search, "search_session", lambda *a, **options: given.append(options["vouched"]) or found(*a, **options)
    )
    search(asked, session, ["ann"])
    assert given == [[PhotoFace.objects.get(photo=unsure[0]).pk]]


def test_a_stranger_is_offered_nothing(session, unsure):
    stranger = device(session)
    page = text(search(stranger, session, ["dave"]))
    assert "We have not found you yet" in page
    assert not PossiblePhoto.objects.exists()


def test_a_selfie_of_somebody_else_asks_about_no_photos(asked, session):
    before = list(PossiblePhoto.objects.values_list("pk", flat=True))
    search(asked, session, ["bob"])
    assert list(PossiblePhoto.objects.values_list("pk", flat=True)) == before


def test_only_what_was_asked_about_can_be_answered(asked, session, photos):
    for action in ("confirm", "deny"):
        answer(asked, session, action, photos[1])
    assert not FoundPhoto.objects.filter(photo=photos[1]).exists()


def test_its_picture_opens_for_who_is_asked_and_until_they_say_no(asked, session, unsure):
    page = asked.get(f"/s/{session.code}/")
    mine = [one for one in addresses(page, "thumbnail") if str(unsure[0].pk) in one]
    assert asked.get(mine[0]).status_code == 200
    assert Client().get(mine[0]).status_code == 404
    answer(asked, session, "deny", unsure[0])
    assert asked.get(mine[0]).status_code == 404


def test_a_photo_that_staff_hide_is_not_asked_about(asked, session, unsure):
    GalleryImage.objects.filter(pk=unsure[0].pk).update(hidden_from_guests=True)
    assert possible_at(asked, session) == ids(unsure[1])
    answer(asked, session, "confirm", unsure[0])
    assert not FoundPhoto.objects.filter(photo=unsure[0]).exists()


@pytest.mark.parametrize("leave", ["forget/", "withdraw/"])
def test_they_go_with_the_guest(asked, session, leave):
    from sessions_app.guest.domain.privacy import withdrawal
    from sessions_app.models import Guest
    from sessions_app.models.guest import UNDO_LIFETIME

    asked.post(f"/s/{session.code}/{leave}")
    for guest in Guest.objects.exclude(withdrawn_at=None):
        Guest.objects.filter(pk=guest.pk).update(withdrawn_at=guest.withdrawn_at - UNDO_LIFETIME)
    withdrawal.delete_withdrawn()
    assert not PossiblePhoto.objects.exists()


def test_who_was_found_on_few_photos_is_told_of_another_selfie(ann, session):
    page = text(ann.get(f"/s/{session.code}/"))
    assert "Only a few photos?" in page
    assert f'href="/s/{session.code}/search/#camera"' in page
