"""The same file in two galleries of an event: guests and partners have it once, whichever of the two may be seen.

Ann is in two photos, one of which the studio uploaded into a second gallery as well.
"""

import pytest
from django.test import Client

from facepass.testing.factories import GalleryFactory, PersonFactory, PhotoFactory
from facepass.testing.pages.visitors import device, ids, search, seen, selfie, shown
from galleries import tasks
from galleries.models import GalleryImage
from galleries.people import appearances
from sessions_app.guest.domain import links
from sessions_app.guest.domain.party import slideshow
from sessions_app.guest.domain.profiles import possible_photos
from sessions_app.models import FoundPhoto, GuestRules, Slideshow
from sessions_app.session_search import search_session
from sessions_app.staff.favourites import list_picks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
ONCE = {
    "page": 2, "favourites": 1, "headline": "You are in 2 photos", "zip": 2, "data": 2, "browsing": 3,
    "link": 2, "link's zip": 2, "list of links": "2", "progress": 3,
}  # fmt: skip


@pytest.fixture
def copy(session, photos):
    """The photo of Ann and Bob again, in the event's second gallery."""
    second = GalleryFactory(studio=session.studio, session_id=session.pk)
    with photos[2].file.open() as file:
        copy = PhotoFactory(gallery=second, people=["bob", "ann"], size=(800, 600), data=file.read())
    tasks.analyse_gallery(str(second.pk))
    assert copy.sha256 == photos[2].sha256
    return copy


@pytest.fixture
def copies(photos, copy):
    return [photos[2], copy]


@pytest.fixture
def guest(session, photos, copy):
    """Ann, who likes the photo that is there twice, and has shared all of hers."""
    GuestRules.objects.update_or_create(session=session, defaults={"browsing": True})
    client = device(session)
    search(client, session, ["ann"])
    double = [pk for pk in shown(client, session) if pk in ids(photos[2], copy)]
    client.post(f"/s/{session.code}/photos/favourite/", {"photo": double})
    rows = list(FoundPhoto.objects.filter(guest=client.guest, photo__in=[photos[0].pk, *double]))
    client.link = links.create_share_link(client.guest, rows, days="7")
    client.shared = f"/shared/{links.sign_id('share', client.link.pk)}/"
    return client


def count(client, session):
    ways = seen(client, session).items()
    return {name: len(value) if isinstance(value, set) else value for name, value in ways}


def hide(photo):
    GalleryImage.objects.filter(pk=photo.pk).update(hidden_from_guests=True)


def close_gallery(photo):
    GalleryImage.objects.filter(pk=photo.pk).update(gallery=GalleryFactory(studio=photo.gallery.studio))


def delete(photo):
    photo.delete()


@pytest.mark.parametrize("lose", [hide, close_gallery, delete])
@pytest.mark.parametrize("order", [1, -1], ids=["the first", "the second"])
def test_it_is_there_once_on_every_way_whichever_copy_is_lost(lose, order, guest, copies):
    session = guest.guest.session
    assert count(guest, session) == ONCE
    first, second = copies[::order]
    lose(first)
    assert count(guest, session) == ONCE
    lose(second)
    assert count(guest, session)["page"] == 1


def test_who_refuses_it_refuses_both_and_is_given_both_back(guest, session, photos, copy):
    chosen = {"photo": [pk for pk in shown(guest, session) if pk not in ids(photos[0])]}
    guest.post(f"/s/{session.code}/photos/refuse/", chosen)
    assert shown(guest, session) == ids(photos[0])
    search(guest, session, ["ann"])
    assert shown(guest, session) == ids(photos[0])
    hide(photos[2])
    assert shown(guest, session, show="refused") == ids(copy)
    guest.post(f"/s/{session.code}/photos/restore/", {"photo": ids(copy)})
    hide(copy)
    GalleryImage.objects.filter(pk=photos[2].pk).update(hidden_from_guests=False)
    assert set(shown(guest, session)) == set(ids(photos[0], photos[2]))


def test_a_copy_that_comes_after_the_refusal_is_refused(ann, session, photos, request):
    ann.post(f"/s/{session.code}/photos/refuse/", {"photo": ids(photos[2])})
    request.getfixturevalue("copy")
    search(ann, session, ["ann"])
    assert shown(ann, session) == ids(photos[0])


def test_partners_find_it_once_also_among_what_is_possible(session, photos, copy):
    found = search_session(session, [selfie(["ann"])], explain=True)
    assert [match.face.photo_id for match in found.matches if match.face.photo.sha256 == copy.sha256] == [photos[2].pk]
    assert copy.pk not in {match.face.photo_id for match in found.possible}
    assert copy.pk not in {miss.face.photo_id for miss in found.misses}
    assert len(search_session(session, [selfie(["ann"])], limit=2).matches) == 2
    hide(photos[2])
    found = search_session(session, [selfie(["ann"])])
    assert copy.pk in {match.face.photo_id for match in found.matches}


def test_a_guest_is_asked_about_it_once_and_the_answer_counts_for_both(guest, photos, copy):
    rows = list(guest.guest.found.filter(photo__sha256=copy.sha256))
    guest.guest.found.filter(pk__in=[row.pk for row in rows]).delete()
    for rank, row in enumerate(rows):
        guest.guest.possible.create(photo=row.photo, face=row.face, rank=rank)
    (asked,) = possible_photos.list_possible(guest.guest)
    possible_photos.confirm_photos(guest.guest, [asked.photo_id])
    assert not guest.guest.possible.exists()
    assert guest.guest.found.filter(photo__sha256=copy.sha256).count() == 2


def test_staff_the_screen_and_a_person_s_link_have_it_once(guest, session, photos, copy):
    assert [len(pick.photos) for pick in list_picks(session)] == [1]
    assert len(slideshow.list_photos(Slideshow.objects.create(session=session))) == 1
    person = PersonFactory(studio=session.studio)
    for face in [photos[2].faces.first(), copy.faces.first()]:
        type(face).objects.filter(pk=face.pk).update(person=person, verified=True)
    assert appearances.find_sendable_photos(person).count() == 1
    hide(photos[2])
    assert list(appearances.find_sendable_photos(person)) == [copy]


def test_events_do_not_share_copies(guest, session, photos, copy):
    other = GalleryFactory(studio=session.studio)
    GalleryImage.objects.filter(pk=copy.pk).update(gallery=other)
    both = GalleryImage.objects.filter(pk__in=ids(photos[2], copy))
    assert both.without_copies().count() == 2
    assert Client().get(guest.shared).status_code == 200
