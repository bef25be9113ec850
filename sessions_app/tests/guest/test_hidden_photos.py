"""Photos that staff hide from guests: every way on which a guest or a partner gets photos, one after the other.

docs/staff.md says who sees what. Ann is in two photos; one of them is hidden after she has found, liked and shared it.
"""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from facepass.testing.factories import GalleryFactory, PersonFactory, SessionFactory, UserFactory
from facepass.testing.pages.visitors import addresses, device, ids, search, seen, selfie, shown
from galleries import tasks
from galleries.faces import event_change, marking
from galleries.models import FaceCluster, GalleryImage, PhotoFace
from galleries.people import naming
from recognition.model_versions import current_model_version
from sessions_app import sealing
from sessions_app.guest.domain import alerts, guest_search, links
from sessions_app.models import Alert, FoundPhoto, GuestRules
from sessions_app.session_search import search_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def both(ann, session, photos):
    """The photo of Ann and Bob, which Ann likes and has shared with her other one."""
    GuestRules.objects.update_or_create(session=session, defaults={"browsing": True})
    ann.post(f"/s/{session.code}/photos/favourite/", {"photo": ids(photos[2])})
    rows = list(FoundPhoto.objects.filter(guest=ann.guest))
    ann.link = links.create_share_link(ann.guest, rows, days="7")
    ann.shared = f"/shared/{links.sign_id('share', ann.link.pk)}/"
    return photos[2]


@pytest.fixture(params=["hidden by itself", "of a section that is shown later", "moved to another event"])
def hide(request, session, both):
    """The ways by which staff keep a photo from guests."""
    elsewhere = GalleryFactory(studio=session.studio, session_id=SessionFactory(studio=session.studio).pk)
    later = GalleryFactory(studio=session.studio, session_id=session.pk, shown_from=timezone.now() + timedelta(days=1))

    def by_itself(*, hidden=True):
        GalleryImage.objects.filter(pk=both.pk).update(hidden_from_guests=hidden)

    def by_section(*, hidden=True):
        gallery = later if hidden else both.gallery
        GalleryImage.objects.filter(pk=both.pk).update(gallery=gallery)
        PhotoFace.objects.filter(photo=both).update(gallery=gallery)

    def by_move(*, hidden=True):
        assert event_change.move_photos(GalleryImage.objects.filter(pk=both.pk), elsewhere if hidden else both.gallery)

    ways = {"hidden by itself": by_itself, "moved to another event": by_move}
    return ways.get(request.param, by_section)


def test_a_hidden_photo_is_gone_on_every_way_and_comes_back_as_it_was(hide, ann, session, photos, both):
    alone, bob, _both = photos
    before = seen(ann, session)
    assert before == {
        "page": {*ids(alone, both)},
        "favourites": {*ids(both)},
        "headline": "You are in 2 photos",
        "zip": 2,
        "data": {*ids(alone, both)},
        "browsing": {*ids(alone, bob, both)},
        "link": {*ids(alone, both)},
        "link's zip": 2,
        "list of links": "2",
        "progress": 3,
    }
    hide()
    assert seen(ann, session) == {
        "page": {*ids(alone)},
        "favourites": set(),
        "headline": "You are in 1 photo",
        "zip": 1,
        "data": {*ids(alone)},
        "browsing": {*ids(alone, bob)},
        "link": {*ids(alone)},
        "link's zip": 1,
        "list of links": "1",
        "progress": 2,
    }
    hide(hidden=False)
    assert seen(ann, session) == before


@pytest.mark.parametrize("variant", ["thumbnail", "preview", "original"])
def test_addresses_that_were_given_before_open_no_more(variant, hide, ann, session, both):
    own = [a for a in addresses(ann.get(f"/s/{session.code}/photos/"), variant) if str(both.pk) in a]
    shared = [a for a in addresses(Client().get(ann.shared), variant) if str(both.pk) in a]
    assert own
    assert shared
    hide()
    assert {ann.get(address).status_code for address in own} == {404}
    assert {Client().get(address).status_code for address in shared} == {404}
    hide(hidden=False)
    assert {ann.get(address).status_code for address in own} == {200}


def test_no_search_finds_it(hide, ann, session, photos, both):
    alone, bob, _both = photos
    hide()
    guest = device(session)
    search(guest, session, ["bob"])
    assert shown(guest, session) == ids(bob)
    guest.post(f"/s/{session.code}/friend/", {"selfie": selfie(["ann"]), "combine": "any", "agreed": "on"})
    assert set(shown(guest, session)) == {*ids(alone, bob)}
    ann.post(f"/s/{session.code}/friend/", {"selfie": selfie(["bob"]), "combine": "all", "agreed": "on"})
    assert shown(ann, session, show="both") == []


@pytest.mark.parametrize("explain", [True, False])
def test_a_partners_search_finds_it_neither_nor_says_that_it_missed_it(explain, hide, session, photos, both):
    hide()
    found = search_session(session, [selfie(["ann"])], explain=explain)
    assert [match.face.photo_id for match in found.matches] == [photos[0].pk]
    others = [match.face for match in found.possible] + [miss.face for miss in found.misses or []]
    assert both.pk not in {face.photo_id for face in others}


def test_a_photo_that_is_hidden_while_it_is_searched_for_is_not_kept(hide, session, photos, both, monkeypatch):
    def search_and_hide(*args, **kwargs):
        searched = search_session(*args, **kwargs)
        hide()
        return searched

    monkeypatch.setattr(guest_search, "search_session", search_and_hide)
    guest = device(session)
    search(guest, session, ["bob"])
    assert list(FoundPhoto.objects.filter(guest=guest.guest).values_list("photo", flat=True)) == [photos[1].pk]


def test_no_alert_tells_of_it(hide, session, photos, both, party_gallery):
    hide()
    guest = device(session)
    descriptor = search_session(session, [selfie(["ann"])]).faces[0].descriptor
    alert = Alert.objects.create(
        guest=guest.guest,
        address="ann@example.com",
        descriptor=sealing.pack_descriptor(descriptor),
        model_version=current_model_version(),
        confirmed_at=timezone.now(),
    )
    Alert.objects.update(looked_at=timezone.now() - timedelta(hours=2))
    tasks.analyse_gallery(str(party_gallery.pk))
    alerts.find_new_photos(Alert.objects.get(pk=alert.pk))
    assert Alert.objects.get(pk=alert.pk).untold == 1
    assert shown(guest, session) == ids(photos[0])


def test_who_hides_is_not_found_by_a_name_either(ann, session, photos):
    """Staff have said that she is in Bob's photo too, where no face of hers is seen."""
    (alone, bob, both), user = photos, UserFactory(is_superuser=True)
    name = PersonFactory(studio=session.studio, real_name="Ann")
    face = alone.faces.select_related("cluster").get()
    naming.name_group(face.cluster, name, by=user)
    row, _decision = marking.mark_person(bob, name, by=user)
    naming.name_faces([row], name, by=user)
    other = device(session)
    search(other, session, ["ann"])
    assert set(shown(other, session)) == {*ids(alone, bob, both)}
    ann.post(f"/s/{session.code}/forget/", {"hide": "1"})
    FaceCluster.objects.filter(pk=face.cluster_id).update(person=name)
    PhotoFace.objects.filter(pk=row.pk).update(cluster=None)
    another = device(session)
    search(another, session, ["ann"])
    assert shown(another, session) == []
