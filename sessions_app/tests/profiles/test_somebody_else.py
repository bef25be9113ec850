"""A selfie of somebody else than the photos that are there: nothing is mixed, and the page asks whose they are."""

import re
from datetime import timedelta
from itertools import permutations

import pytest
from django.core import signing

from facepass.models import OutboxEvent
from facepass.testing.factories import PhotoFactory
from facepass.testing.pages.visitors import device, ids, join, search, selfie, shown_at, text
from galleries import tasks
from galleries.models import GalleryImage
from sessions_app.guest.domain.profiles import open_questions
from sessions_app.models import Alert, FoundPhoto, Guest, GuestRules

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def question_of(response):
    return re.search(r'name="question" value="([^"]+)"', text(response))[1]


def answer(client, door, token, **fields):
    return client.post(f"/s/{door}/whose/", {"question": token, **fields})


def agree_as_new(client, door, token, **fields):
    fields = {"agree": "on", "new": "1", "question": token, **fields}
    return client.post(f"/s/{door}/consent/", fields)


def test_another_face_is_asked_about_and_adds_nothing(ann, session, photos):
    page = text(search(ann, session, ["bob"]))
    assert "Is this somebody else?" in page
    assert "data-photo=" not in page, "photos of who has not agreed"
    assert set(shown_at(ann, session.code)) == set(ids(photos[0], photos[2]))
    assert FoundPhoto.objects.count() == 2


def test_somebody_new_agrees_and_has_their_photos_without_another_selfie(ann, session, photos):
    token = question_of(search(ann, session, ["bob"]))
    response = agree_as_new(ann, session.code, token, name="Bob")
    door = response["Location"].split("#")[0].strip("/").removeprefix("s/")
    assert set(shown_at(ann, door)) == set(ids(photos[1], photos[2]))
    assert set(shown_at(ann, session.code)) == set(ids(photos[0], photos[2]))
    assert "Bob: 2 photos" in text(ann.get(f"/s/{door}/"))


def test_nobody_new_has_photos_without_agreeing(ann, session):
    token = question_of(search(ann, session, ["bob"]))
    response = ann.post(f"/s/{session.code}/consent/", {"new": "1", "question": token})
    assert response.status_code == 403
    assert Guest.objects.count() == 1


def test_who_says_that_they_are_theirs_has_them(ann, session, photos):
    answer(ann, session.code, question_of(search(ann, session, ["bob"])))
    assert set(shown_at(ann, session.code)) == set(ids(*photos))
    assert "somebody else" not in text(search(ann, session, ["bob"]))
    assert "somebody else" not in text(search(ann, session, ["ann"]))


def test_somebody_who_is_on_the_device_already_is_offered_by_name(ann, session, photos, party_gallery):
    door = join(ann, session, "Bob", ["bob"])
    new = PhotoFactory(gallery=party_gallery, people=["bob"])
    tasks.analyse_gallery(str(party_gallery.pk))
    page = search(ann, session, ["bob"])
    key = re.search(r'name="who" value="(\w+)">Bob<', text(page))[1]
    assert answer(ann, session.code, question_of(page), who=key)["Location"] == f"/s/{door}/"
    assert set(shown_at(ann, door)) == set(ids(photos[1], photos[2], new))
    assert set(shown_at(ann, session.code)) == set(ids(photos[0], photos[2]))


def test_two_people_are_never_mixed_in_whatever_order_they_come(session, party_gallery):
    """Of each two of five people, on one device, one after the other: nobody sees what only the other is on."""
    people = ["ann", "bob", "carol", "dave", "eve"]
    alone = {name: [PhotoFactory(gallery=party_gallery, people=[name]) for _ in range(2)] for name in people}
    for first, second in zip(people, people[1:] + people[:1], strict=True):
        PhotoFactory(gallery=party_gallery, people=[first, second], size=(800, 600))
    tasks.analyse_gallery(str(party_gallery.pk))
    pairs = list(permutations(people, 2))
    assert len(pairs) == 20
    for first, second in pairs:
        client = device(session)
        search(client, session, [first])
        response = search(client, session, [second])
        assert "Is this somebody else?" in text(response), (first, second)
        door = agree_as_new(client, session.code, question_of(response))["Location"].split("#")[0].strip("/")[2:]
        theirs, others = set(shown_at(client, session.code)), set(shown_at(client, door))
        assert set(ids(*alone[first])) <= theirs
        assert set(ids(*alone[second])) <= others
        assert not theirs & set(ids(*alone[second]))
        assert not others & set(ids(*alone[first]))


def test_the_same_person_is_not_asked_again_when_there_is_more_of_them(ann, session, party_gallery):
    new = [PhotoFactory(gallery=party_gallery, people=["ann"]) for _ in range(12)]
    tasks.analyse_gallery(str(party_gallery.pk))
    assert "somebody else" not in text(search(ann, session, ["ann"]))
    assert set(ids(*new)) <= set(shown_at(ann, session.code))


def test_nothing_is_asked_where_nothing_was_found_before(session, photos):
    client = device(session)
    search(client, session, ["carol"])
    assert "somebody else" not in text(search(client, session, ["ann"]))
    assert len(shown_at(client, session.code)) == 2


def test_a_selfie_that_finds_nobody_hides_nothing(ann, session):
    page = text(search(ann, session, ["carol"]))
    assert "This selfie found nothing new" in page
    assert len(re.findall("data-photo=", page)) >= 2
    assert len(shown_at(ann, session.code)) == 2


def test_a_question_is_of_one_guests_page_and_for_a_quarter_of_an_hour(ann, session, monkeypatch):
    token = question_of(search(ann, session, ["bob"]))
    other = device(session)
    assert answer(other, session.code, token).status_code == 409
    assert answer(ann, session.code, token + "x").status_code == 409
    assert agree_as_new(other, session.code, token).status_code == 409
    monkeypatch.setattr(open_questions, "ANSWER_SECONDS", timedelta(seconds=-1))
    late = answer(ann, session.code, token)
    assert late.status_code == 409
    assert "That took too long" in text(late)
    assert len(shown_at(ann, session.code)) == 2
    assert not shown_at(other, session.code)


def test_an_answer_for_somebody_who_is_not_on_the_device_gives_nobody_anything(ann, session):
    token = question_of(search(ann, session, ["bob"]))
    assert answer(ann, session.code, token, who="3fa85f64").status_code == 403
    assert FoundPhoto.objects.count() == 2


@pytest.mark.parametrize("change", ["hidden", "deleted", "refused", "closed"])
def test_what_changed_before_the_answer_counts(ann, session, photos, change):
    token = question_of(search(ann, session, ["bob"]))
    if change == "hidden":
        GalleryImage.objects.filter(pk=photos[1].pk).update(hidden_from_guests=True)
    if change == "deleted":
        photos[1].delete()
    if change == "refused":
        ann.post(f"/s/{session.code}/photos/refuse/", {"photo": ids(photos[2])})
    if change == "closed":
        session.facepass_enabled = False
        session.save()
    response = answer(ann, session.code, token)
    if change == "closed":
        assert response.status_code == 403
        assert FoundPhoto.objects.count() == 2
        return
    left = {"hidden": photos[0::2], "deleted": photos[0::2], "refused": photos[:2]}[change]
    assert set(shown_at(ann, session.code)) == set(ids(*left))


def test_the_question_holds_nothing_of_the_selfie(ann, session):
    response = search(ann, session, ["bob"])
    asked, found = signing.loads(question_of(response), salt=open_questions.SALT)
    assert asked == ann.guest.pk.hex
    assert all(re.fullmatch("[0-9a-f]{32}", face) for face in found)
    assert OutboxEvent.objects.latest("created_at").data == {"session_id": str(session.pk), "photos": 2}


def test_where_guests_must_show_that_they_are_there_the_question_needs_it_first(ann, session):
    GuestRules.objects.create(session=session, challenge=True)
    assert search(ann, session, ["bob"]).status_code == 403


def test_news_are_not_asked_for_with_somebody_elses_face(ann, session):
    data = {"selfie": selfie(["bob"]), "agreed": "on", "address": "bob@example.org"}
    response = ann.post(f"/s/{session.code}/alerts/", data)
    assert response.status_code == 409
    assert "This picture shows somebody else" in text(response)
    assert not Alert.objects.exists()
