"""`/s/CODE/photos/`: what a search gave, and what a guest says of it. Without JavaScript, as forms."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from facepass.models import OutboxEvent
from facepass.testing.factories import PhotoFactory, SessionFactory
from facepass.testing.pages.visitors import device, ids, search, selfie, shown, text
from galleries import tasks
from galleries.models import FaceDecision, PhotoFace
from sessions_app.models import FoundPhoto, Guest, GuestRules

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def act(client, session, action, *photos, **fields):
    return client.post(f"/s/{session.code}/photos/{action}/", {"photo": ids(*photos), **fields})


def test_a_search_is_there_again_best_first(ann, session, photos):
    alone, _bob, both = photos
    assert shown(ann, session) == ids(both, alone)
    assert "You are in 2 photos" in text(ann.get(f"/s/{session.code}/photos/"))


def test_the_answer_to_a_search_is_the_same_page_of_results(session, photos):
    page = text(search(device(session), session, ["ann"]))
    assert "You are in 2 photos" in page
    assert f'action="/s/{session.code}/photos/zip/"' in page
    assert "/found/" in page
    assert "/photos/" not in re.sub(r"/s/\w+/photos/", "", page), "an address that is bound to nobody"


def test_a_second_search_adds_its_photos_before_the_others(ann, session, photos, party_gallery):
    photos[2].hidden_from_guests = True  # so that the second search does not find it
    photos[2].save()
    new = PhotoFactory(gallery=party_gallery, people=["ann"])
    tasks.analyse_gallery(str(party_gallery.pk))
    search(ann, session, ["ann"])
    photos[2].hidden_from_guests = False
    photos[2].save()
    *first, last = shown(ann, session)
    assert set(first) == set(ids(photos[0], new))
    assert last == str(photos[2].pk)


def test_the_same_search_twice_is_there_once(ann, session, photos):
    FoundPhoto.objects.filter(photo=photos[0]).update(favourite=True)
    search(ann, session, ["ann"])
    assert len(shown(ann, session)) == 2
    assert FoundPhoto.objects.get(photo=photos[0]).favourite


def test_two_guests_do_not_see_each_others_photos(ann, session, photos):
    bob = device(session)
    search(bob, session, ["bob"])
    act(bob, session, "favourite", photos[2])
    assert set(shown(bob, session)) == set(ids(photos[1], photos[2]))
    assert shown(ann, session) == ids(photos[2], photos[0])
    assert shown(ann, session, show="favourites") == []
    act(bob, session, "refuse", photos[0])
    assert shown(ann, session) == ids(photos[2], photos[0])


def test_nothing_found_offers_news_and_keeps_nothing(session, photos):
    client = device(session)
    page = text(search(client, session, ["carol"]))
    assert "We have not found you yet" in page
    assert f'href="/s/{session.code}/alerts/"' in page
    assert not FoundPhoto.objects.exists()


@pytest.mark.parametrize("path", ["photos", "friend", "shares", "link", "alerts", "forget"])
def test_whoever_is_no_guest_goes_to_the_entrance(session, photos, path):
    response = Client().get(f"/s/{session.code}/{path}/")
    assert response["Location"].rstrip("/") == f"/s/{session.code}"


def test_a_guest_of_another_session_is_none_here(ann, session):
    other = SessionFactory(studio=session.studio)
    assert ann.get(f"/s/{other.code}/photos/").status_code == 302
    ann.cookies[f"guest-{other.pk.hex}"] = ann.cookies[f"guest-{session.pk.hex}"].value
    assert ann.get(f"/s/{other.code}/photos/").status_code == 302, "a cookie that was renamed"


def test_a_session_that_ended_or_was_closed_shows_no_photos(ann, session):
    rules = GuestRules.objects.create(session=session, expires_at=timezone.now() - timedelta(minutes=1))
    assert ann.get(f"/s/{session.code}/photos/").status_code == 410
    rules.delete()
    session.facepass_enabled = False
    session.save()
    assert ann.get(f"/s/{session.code}/photos/").status_code == 403


def test_a_device_that_forgot_the_pin_is_asked_for_it(ann, session):
    rules = GuestRules(session=session)
    rules.set_pin("1234")
    rules.save()
    response = ann.get(f"/s/{session.code}/photos/")
    assert response.status_code == 403
    assert "data-photo" not in text(response)


def test_where_guests_must_show_that_they_are_there_no_other_selfie_is_taken(ann, session, photos):
    GuestRules.objects.create(session=session, challenge=True)
    assert befriend(ann, session, ["bob"], "any").status_code == 404
    assert ann.post(f"/s/{session.code}/alerts/").status_code == 404
    page = text(ann.get(f"/s/{session.code}/photos/"))
    assert f"/s/{session.code}/friend/" not in page


def test_who_only_looks_around_sends_no_friends_selfie(session, photos):
    client = device(session)
    Guest.objects.update(notice="")
    response = client.post(f"/s/{session.code}/friend/", {"selfie": selfie(["bob"]), "combine": "any", "agreed": "on"})
    assert response.status_code == 302
    assert not FoundPhoto.objects.exists()
    assert client.get(f"/s/{session.code}/photos/")["Location"] == f"/s/{session.code}/browse/"


def test_favourites_are_marked_and_shown(ann, session, photos):
    assert act(ann, session, "favourite", photos[0]).status_code == 302
    assert shown(ann, session, show="favourites") == ids(photos[0])
    page = text(ann.get(f"/s/{session.code}/photos/"))
    assert re.search(r"Favourites <span[^>]*>1</span>", page)
    act(ann, session, "unfavourite", photos[0])
    assert shown(ann, session, show="favourites") == []


def test_the_heart_of_one_photo_goes_before_what_is_ticked(ann, session, photos):
    act(ann, session, "favourite", photos[0], one=str(photos[2].pk))
    assert shown(ann, session, show="favourites") == ids(photos[2])


def test_photos_of_others_can_not_be_marked(ann, session, photos):
    act(ann, session, "favourite", photos[1])
    assert not FoundPhoto.objects.filter(photo=photos[1]).exists()


def test_a_script_is_answered_without_a_page(ann, session, photos):
    path = f"/s/{session.code}/photos/favourite/"
    response = ann.post(path, {"photo": ids(photos[0])}, headers={"X-Script": "1"})
    assert (response.status_code, response.content) == (204, b"")


def test_without_a_choice_the_page_asks_for_one(ann, session):
    response = ann.post(f"/s/{session.code}/photos/favourite/", {"photo": "no id"}, follow=True)
    assert "Tick some photos first" in text(response)


def test_what_is_no_action_is_a_404(ann, session):
    assert act(ann, session, "publish").status_code == 404


def test_an_action_needs_the_token_of_its_page(ann, session, photos):
    ann.handler.enforce_csrf_checks = True
    assert act(ann, session, "refuse", photos[0]).status_code == 403
    assert len(shown(ann, session)) == 2


def test_not_me_is_gone_and_stays_gone_and_can_be_taken_back(ann, session, photos):
    alone, _bob, both = photos
    act(ann, session, "refuse", alone)
    assert shown(ann, session) == ids(both)
    search(ann, session, ["ann"])
    assert shown(ann, session) == ids(both)
    assert shown(ann, session, show="refused") == ids(alone)
    act(ann, session, "restore", alone)
    assert shown(ann, session) == ids(both, alone)


def test_not_me_decides_nothing_for_staff_or_for_other_guests(ann, session, photos):
    before = list(PhotoFace.objects.order_by("pk").values("pk", "cluster_id", "person_id", "face_category"))
    act(ann, session, "refuse", photos[0])
    assert list(PhotoFace.objects.order_by("pk").values("pk", "cluster_id", "person_id", "face_category")) == before
    assert not FaceDecision.objects.exists()
    other = device(session)
    search(other, session, ["ann"])
    assert shown(other, session) == ids(photos[2], photos[0])


def test_a_group_that_was_mostly_refused_is_left_out_of_later_searches(ann, session, photos, party_gallery):
    act(ann, session, "refuse", photos[0], photos[2])
    PhotoFactory(gallery=party_gallery, people=["ann#2"])
    tasks.analyse_gallery(str(party_gallery.pk))
    page = text(search(ann, session, ["ann"]))
    assert "We have not found you yet" in page
    other = device(session)
    search(other, session, ["ann"])
    assert len(shown(other, session)) == 3


def test_a_group_of_which_one_photo_was_refused_still_gives_new_ones(ann, session, photos, party_gallery):
    act(ann, session, "refuse", photos[0])
    more = [PhotoFactory(gallery=party_gallery, people=["ann#2"]) for _ in range(2)]
    tasks.analyse_gallery(str(party_gallery.pk))
    search(ann, session, ["ann"])
    assert set(shown(ann, session)) == set(ids(photos[2], *more))


def befriend(client, session, people, combine, **fields):
    return client.post(
        f"/s/{session.code}/friend/",
        {"selfie": selfie(people), "combine": combine, "agreed": "on", **fields},
        follow=True,
    )


def test_a_friend_narrows_the_photos_to_those_of_both(ann, session, photos):
    response = befriend(ann, session, ["bob"], "all")
    assert "You and your friend" in text(response)
    assert shown(ann, session, show="both") == ids(photos[2])
    assert len(shown(ann, session)) == 2, "the friend's own photos are not given"


def test_a_friends_photos_are_added_on_demand(ann, session, photos):
    alone, bob, both = photos
    befriend(ann, session, ["bob"], "any")
    assert shown(ann, session) == ids(both, alone, bob)
    assert shown(ann, session, show="me") == ids(both, alone)
    assert "You are in 2 photos" in text(ann.get(f"/s/{session.code}/photos/"))


def test_another_friend_takes_the_first_ones_place(ann, session, photos):
    befriend(ann, session, ["bob"], "all")
    befriend(ann, session, ["carol"], "all")
    assert shown(ann, session, show="both") == []


def test_a_friends_picture_is_refused_with_advice_and_changes_nothing(ann, session, photos):
    response = befriend(ann, session, [], "any")
    assert response.status_code == 422
    assert "We could not see a face" in text(response)
    response = ann.post(f"/s/{session.code}/friend/", {"selfie": selfie(["bob"]), "combine": "any"})
    assert response.status_code == 400
    assert len(shown(ann, session)) == 2


def test_a_friends_search_is_told_without_biometrics(ann, session, photos):
    befriend(ann, session, ["bob"], "all")
    assert OutboxEvent.objects.latest("created_at").data == {"session_id": str(session.pk), "photos": 2}


def test_the_page_shows_no_score_no_name_and_no_file_name(ann, session, photos):
    page = text(ann.get(f"/s/{session.code}/photos/"))
    assert photos[0].original_name not in page
    assert not re.search(r"0\.\d{2}|similarity|cosine|insightface", page)


def test_there_is_no_inline_script_or_style(ann, session, photos):
    for path in ("photos", "friend", "shares", "link", "alerts", "forget"):
        page = text(ann.get(f"/s/{session.code}/{path}/"))
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]+src=)", page)


def test_pages_are_kept_by_no_cache(ann, session):
    assert "no-store" in ann.get(f"/s/{session.code}/photos/")["Cache-Control"]


def test_a_page_of_many_photos_costs_few_queries(ann, session, party_gallery, django_assert_num_queries):
    for number in range(12):
        photo = PhotoFactory(gallery=party_gallery, seed=1000 + number)
        FoundPhoto.objects.create(guest=ann.guest, photo=photo, rank=number)
    with django_assert_num_queries(4):  # session, guest, sections, photos
        assert len(shown(ann, session)) == 14


def test_a_search_writes_what_it_found_in_one_statement(session, photos, django_assert_max_num_queries):
    from facepass.testing.pictures.fake import pixels_of
    from galleries.matching import search as faces
    from galleries.models import Occasion
    from recognition import pipeline
    from recognition.config import recognition_settings
    from sessions_app.guest.domain import matched_photos

    guest = device(session).guest
    described = pipeline.describe_close_up(pixels_of(["ann"]), settings=recognition_settings())[0]
    within = Occasion(session.studio_id, session_id=session.pk)
    matches = faces.find_matches(described.descriptor, within=within, threshold=0.5)
    with django_assert_max_num_queries(3):  # the others look whether faces and photos are there
        matched_photos.record_found(guest, matches)
    with django_assert_max_num_queries(2):
        assert len(matched_photos.allowed_matches(guest, matches)) == 2


def test_a_stranger_can_not_guess_a_session(client):
    assert client.get(f"/s/{uuid.uuid4().hex[:8]}/photos/", follow=True).status_code == 404


def test_the_page_speaks_russian(ann, session):
    page = text(ann.get(f"/s/{session.code}/photos/", headers={"Accept-Language": "ru"}))
    assert "Удалить мои данные" in page
    assert "Скачать всё" in page
