"""What people decide about faces, and taking it back."""

import pytest

from facepass.errors import FacePassError
from facepass.models import ApiKey
from galleries import decisions
from galleries.models import FaceCluster, FaceDecision, Occasion, PhotoFace
from galleries.models.face import FaceCategory
from galleries.tests.factories import (
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    PersonFactory,
    PhotoFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return UserFactory()


@pytest.fixture
def gallery():
    return GalleryFactory()


@pytest.fixture
def group(gallery):
    def make(faces=2, **fields):
        found = ClusterFactory(studio=gallery.studio, gallery=gallery, **fields)
        for _ in range(faces):
            FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), cluster=found)
        found.refresh_from_db()
        return found

    return make


def state():
    faces = {f.pk: (f.cluster_id, f.person_id, f.face_category, f.verified) for f in PhotoFace.objects.all()}
    return faces, {g.pk: (g.person_id, g.rejected, g.size) for g in FaceCluster.objects.all()}


def test_merged_groups_become_the_named_one_and_its_name_is_everybodys(group, gallery, staff):
    ann = PersonFactory(studio=gallery.studio)
    large, named = group(3), group(1, person=ann)
    decision = decisions.merge([large, named], by=staff)
    assert FaceCluster.objects.inhabited().get() == named
    assert PhotoFace.objects.filter(cluster=named, person=ann, verified=True).count() == 4
    assert (decision.kind, decision.made_by, len(decision.same)) == ("merge", staff, 4)


def test_without_names_the_largest_group_stays(group, staff):
    small, large = group(1), group(3)
    decisions.merge([small, large], by=staff)
    assert FaceCluster.objects.inhabited().get() == large


@pytest.mark.parametrize("verb", ["merge", "split", "name", "assign", "reject", "ignore", "keep_apart"])
def test_undo_brings_back_exactly_what_was(verb, group, gallery, staff):
    one, other = group(3), group(2)
    before = state()
    ann = PersonFactory(studio=gallery.studio)
    faces = list(one.faces.order_by("pk")[:2])
    decision = {
        "merge": lambda: decisions.merge([one, other], by=staff),
        "split": lambda: decisions.split(faces, by=staff),
        "name": lambda: decisions.name(one, ann, by=staff),
        "assign": lambda: decisions.assign(faces, ann, by=staff),
        "reject": lambda: decisions.reject(one, by=staff),
        "ignore": lambda: decisions.ignore(faces, by=staff),
        "keep_apart": lambda: decisions.keep_apart(one, other, by=staff),
    }[verb]()
    if verb != "keep_apart":
        assert state() != before
    decisions.undo(decision)
    faces_now, groups_now = state()
    assert faces_now == before[0]
    assert {pk: groups_now[pk] for pk in before[1]} == before[1]
    assert not FaceDecision.objects.standing().exists()
    decisions.undo(decision)  # again: nothing happens
    assert state()[0] == before[0]


def test_a_split_needs_a_part_of_one_group(group, staff):
    one, other = group(2), group(1)
    for faces in ([*one.faces.all(), *other.faces.all()], list(one.faces.all()), [FaceFactory()]):
        with pytest.raises(FacePassError) as refusal:
            decisions.split(faces, by=staff)
        assert refusal.value.code == "not_one_group"
    assert not FaceDecision.objects.exists()


def test_two_named_groups_are_not_merged(group, gallery, staff):
    groups = [group(1, person=PersonFactory(studio=gallery.studio)) for _ in range(2)]
    with pytest.raises(FacePassError) as refusal:
        decisions.merge(groups, by=staff)
    assert (refusal.value.code, refusal.value.status) == ("two_people", 409)


def test_groups_of_two_sessions_are_not_merged(group, staff):
    with pytest.raises(FacePassError) as refusal:
        decisions.merge([group(1), ClusterFactory()], by=staff)
    assert refusal.value.code == "not_one_occasion"


def test_undo_of_what_was_changed_since_is_refused_and_nothing_moves(group, gallery, staff):
    one, other = group(2), group(1)
    merge = decisions.merge([one, other], by=staff)
    later = decisions.name(one, PersonFactory(studio=gallery.studio), by=staff)
    before = state()
    with pytest.raises(FacePassError) as refusal:
        decisions.undo(merge)
    assert (refusal.value.code, refusal.value.status) == ("changed_since", 409)
    assert state() == before
    decisions.undo(later)
    decisions.undo(merge)
    assert FaceCluster.objects.inhabited().count() == 2


def test_undo_goes_on_without_faces_and_people_that_are_gone(group, gallery, staff):
    ann = PersonFactory(studio=gallery.studio)
    named = group(2, person=ann)
    PhotoFace.objects.filter(cluster=named).update(person=ann)
    decision = decisions.name(named, None, by=staff)
    ann.delete()
    named.faces.first().photo.delete()
    decisions.undo(decision)
    assert named.faces.get().person is None


def test_a_face_that_is_somebody_else_leaves_the_named_group_for_that_persons_own(group, gallery, staff):
    ann, bob = PersonFactory(studio=gallery.studio), PersonFactory(studio=gallery.studio)
    anns, bobs = group(2, person=ann), group(1, person=bob)
    stray = anns.faces.first()
    decisions.assign([stray], bob, by=staff)
    stray.refresh_from_db()
    assert (stray.cluster, stray.person, stray.verified) == (bobs, bob, True)


def test_rejected_faces_are_hidden_and_the_group_is_empty(group, staff):
    one = group(2)
    decisions.reject(one, by=staff)
    one.refresh_from_db()
    assert (one.rejected, one.size) == (True, 0)
    assert set(one.faces.values_list("face_category", flat=True)) == {FaceCategory.IGNORED}


def test_a_partner_app_is_named_by_its_key(group, gallery):
    key, _token = ApiKey.issue(gallery.studio, name="booth")
    decision = decisions.reject(group(1), by=key)
    assert (decision.made_by, decision.made_with) == (None, "booth")
    assert FaceDecision.objects.within(Occasion.of_gallery(gallery)).get() == decision
