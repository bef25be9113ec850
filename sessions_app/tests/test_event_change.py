"""Photos that go to another event, some of a gallery or all of it: what goes along, and who sees them then.

That guests of the old event see them on no way, `guest/test_hidden_photos.py` walks.
"""

import pytest
from django.urls import reverse

from facepass.models import Role
from facepass.testing.factories import GalleryFactory, PersonFactory, SessionFactory, StudioFactory, UserFactory
from facepass.testing.pages.staff import address, member, post
from facepass.testing.pages.visitors import device, ids, search, shown
from galleries import tasks
from galleries.faces import decisions, event_change
from galleries.models import FaceCluster, FaceDecision, GalleryImage, Occasion, PhotoFace
from sessions_app.models import HiddenFace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def other(session):
    """Another event of the studio."""
    return SessionFactory(studio=session.studio, name="Winter party")


@pytest.fixture
def target(other):
    return GalleryFactory(studio=other.studio, session_id=other.pk, title="Cards")


@pytest.fixture
def by():
    return UserFactory(is_superuser=True)


@pytest.fixture
def staff(session):
    return member(session.studio)


def move(*photos, to):
    number = event_change.move_photos(GalleryImage.objects.filter(pk__in=[photo.pk for photo in photos]), to)
    tasks.analyse_gallery(str(to.pk))
    return number


def face_of(photo, place=0):
    return sorted(photo.faces.select_related("gallery", "cluster"), key=lambda face: face.box["x"])[place]


def groups(session):
    rows = FaceCluster.objects.within(Occasion(session.studio_id, session_id=session.pk)).shown()
    return sorted((str(row), row.size) for row in rows)


def test_guests_of_the_other_event_find_it_there_and_no_longer_here(session, other, target, photos):
    _alone, bob, both = photos
    assert move(both, to=target) == 1
    for event, found in ((session, ids(bob)), (other, ids(both))):
        guest = device(event)
        search(guest, event, ["bob"])
        assert shown(guest, event) == found


def test_a_named_group_goes_along_and_meets_the_persons_own(session, other, target, photos, by):
    """Ann is in the first and the last photo, Bob in the last two."""
    alone, _bob, both = photos
    ann = PersonFactory(studio=session.studio, real_name="Ann")
    decisions.name(face_of(alone).cluster, ann, by=by)
    assert groups(session) == [("Ann", 2), ("Unknown person", 2)]
    move(both, to=target)
    assert groups(session) == [("Ann", 1), ("Unknown person", 1)]
    assert groups(other) == [("Ann", 1)]
    move(alone, to=target)
    assert groups(other) == [("Ann", 2)]
    assert PhotoFace.objects.filter(person=ann, verified=True).count() == 2


def test_a_rejected_group_stays_rejected(session, other, target, photos, by):
    decisions.reject(face_of(photos[1]).cluster, by=by)
    move(*photos, to=target)
    assert groups(other) == [("Unknown person", 2)]
    moved = face_of(photos[1])
    assert (moved.is_hidden, moved.cluster.rejected, moved.cluster.occasion.session_id) == (True, True, other.pk)


def test_what_was_decided_holds_there_once_and_again_when_it_comes_back(session, other, target, photos, by):
    """Of two faces that look alike somebody has said that they are not one person."""
    alone, _bob, both = photos
    decisions.split([face_of(alone)], by=by)
    for to in (target, both.gallery, target):
        move(alone, both, to=to)
        one, two = face_of(alone), face_of(both, 1)
        assert one.cluster_id is None or one.cluster_id != two.cluster_id
    assert FaceDecision.objects.filter(session_id=other.pk).count() == 1
    assert FaceDecision.objects.filter(session_id=session.pk).count() == 1


def test_a_name_that_was_denied_is_not_proposed_there(session, other, target, photos, by):
    alone, _bob, both = photos
    ann = PersonFactory(studio=session.studio, real_name="Ann")
    decisions.name(face_of(both, 1).cluster, ann, by=by)
    decisions.assign([face_of(alone)], None, by=by)
    move(alone, both, to=target)
    assert face_of(alone).person is None
    assert face_of(both, 1).person == ann


def test_who_hides_is_found_by_nobody_in_either_event(ann, session, other, target, photos):
    alone, _bob, both = photos
    ann.post(f"/s/{session.code}/forget/", {"hide": "1"})
    HiddenFace.objects.filter(face__photo=alone).delete()  # as if the face had joined the hidden group later
    move(both, to=target)
    for event in (session, other):
        guest = device(event)
        search(guest, event, ["ann"])
        assert shown(guest, event) == []


def test_a_whole_gallery_changes_its_event_by_its_form_and_by_the_api(session, other, photos, client_of, by):
    staff, party_gallery = member(session.studio), photos[0].gallery
    decisions.name(face_of(photos[0]).cluster, PersonFactory(studio=session.studio, real_name="Ann"), by=by)
    form = {"title": "Party", "session_id": str(other.pk)}
    saved = staff.post(reverse("admin:galleries_gallery_change", args=[party_gallery.pk]), form)
    assert saved.status_code == 302
    tasks.analyse_gallery(str(party_gallery.pk))
    assert (groups(session), groups(other)) == ([], [("Ann", 2), ("Unknown person", 2)])
    body = {"session_id": str(session.pk)}
    assert client_of(session.studio).patch(f"/api/v1/galleries/{party_gallery.pk}/", body).status_code == 200
    tasks.analyse_gallery(str(party_gallery.pk))
    assert (groups(session), groups(other)) == ([("Ann", 2), ("Unknown person", 2)], [])


def elsewhere(client, gallery, *photos, **more):
    return client.post(address(gallery, "elsewhere"), {"photos": ",".join(ids(*photos)), **more})


def test_a_page_says_what_goes_and_who_loses_it_and_then_it_goes(ann, session, target, photos, staff):
    alone, bob, both = photos
    ann.post(f"/s/{session.code}/photos/favourite/", {"photo": ids(both)})
    GalleryImage.objects.filter(pk=bob.pk).update(state="pending")
    page = elsewhere(staff, both.gallery, bob, both)
    counts = page.context["counts"]
    assert {**counts, "found": None} == {"photos": 1, "waiting": 1, "named": 0, "loose": 3, "found": None}
    assert (counts["found"].guests, counts["found"].favourites) == (1, 1)
    assert '<optgroup label="Winter party"><option' in page.content.decode()
    moved = elsewhere(staff, both.gallery, bob, both, target=target.pk)
    assert moved.url == address(both.gallery, "photos")
    assert "1 photo was moved." in staff.get(moved.url).content.decode()
    assert set(GalleryImage.objects.filter(gallery=target)) == {both}
    assert alone.gallery.photos.count() == 2


def test_only_galleries_of_other_events_of_the_studio_are_offered(session, photos, target, staff):
    sibling = GalleryFactory(studio=session.studio, session_id=session.pk)
    foreign, loose = GalleryFactory(session_id=SessionFactory().pk), GalleryFactory(studio=session.studio)
    for wrong in (sibling, foreign, loose, photos[0].gallery):
        assert elsewhere(staff, photos[0].gallery, photos[0], target=wrong.pk).status_code == 404
    assert elsewhere(staff, photos[0].gallery, target=target.pk).status_code == 404


def test_it_takes_a_role(session, photos, target):
    gallery = photos[0].gallery
    for client, status in ((member(session.studio, Role.VERIFIER), 403), (member(StudioFactory()), 404)):
        assert elsewhere(client, gallery, photos[0]).status_code == status
        assert elsewhere(client, gallery, photos[0], target=target.pk).status_code == status
    within = post(member(session.studio), gallery, "act", verb="move", photos=[], target=str(target.pk))
    assert within.status_code == 404, "which moves within an event only"
