"""What people decide about faces, and taking it back."""

import pytest

from facepass.core.errors import FacePassError
from facepass.core.live import progress
from facepass.models import ApiKey
from facepass.testing.factories import (
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    PersonFactory,
    PhotoFactory,
    UserFactory,
    descriptor,
)
from galleries.faces import decisions, grouping
from galleries.models import FaceCluster, FaceDecision, Occasion, Person, PhotoFace
from galleries.models.face import FaceCategory

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
    columns = ("cluster_id", "person_id", "face_category", "verified", "recognition_confidence")
    faces = {face["pk"]: face for face in PhotoFace.objects.values("pk", *columns)}
    return faces, {g.pk: (g.person_id, g.rejected, g.size) for g in FaceCluster.objects.all()}


def test_merged_groups_become_the_named_one_and_its_name_is_everybodys(group, gallery, staff):
    ann = PersonFactory(studio=gallery.studio)
    large, named = group(3), group(1, person=ann)
    decision = decisions.merge([large, named], by=staff)
    assert FaceCluster.objects.shown().get() == named
    assert PhotoFace.objects.filter(cluster=named, person=ann, verified=True).count() == 4
    assert (decision.kind, decision.made_by, len(decision.same)) == ("merge", staff, 4)


def test_without_names_the_largest_group_stays(group, staff):
    small, large = group(1), group(3)
    decisions.merge([small, large], by=staff)
    assert FaceCluster.objects.shown().get() == large


@pytest.mark.parametrize(
    "verb", ["merge", "split", "name", "assign", "reject", "ignore", "keep_apart", "confirm", "deny"]
)
def test_undo_brings_back_exactly_what_was(verb, group, gallery, staff):
    one, other = group(3), group(2)
    ann = PersonFactory(studio=gallery.studio)
    proposed = group(1, person=ann).faces.get()
    PhotoFace.objects.filter(pk=proposed.pk).update(person=ann, recognition_confidence=0.6)
    proposed.refresh_from_db()
    before = state()
    faces = list(one.faces.order_by("pk")[:2])
    decision = {
        "merge": lambda: decisions.merge([one, other], by=staff),
        "split": lambda: decisions.split(faces, by=staff),
        "name": lambda: decisions.name(one, ann, by=staff),
        "assign": lambda: decisions.assign(faces, ann, by=staff),
        "reject": lambda: decisions.reject(one, by=staff),
        "ignore": lambda: decisions.ignore(faces, by=staff),
        "keep_apart": lambda: decisions.keep_apart(one, other, by=staff),
        "confirm": lambda: decisions.confirm([proposed], by=staff),
        "deny": lambda: decisions.deny(proposed, by=staff),
    }[verb]()
    if verb != "keep_apart":
        assert state() != before
    decisions.undo(decision, by=staff)
    faces_now, groups_now = state()
    assert faces_now == before[0]
    assert {pk: groups_now[pk] for pk in before[1]} == before[1]
    assert not FaceDecision.objects.standing().exists()
    decisions.undo(decision, by=staff)  # again: nothing happens
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
        decisions.undo(merge, by=staff)
    assert (refusal.value.code, refusal.value.status) == ("changed_since", 409)
    assert state() == before
    decisions.undo(later, by=staff)
    decisions.undo(merge, by=staff)
    assert FaceCluster.objects.shown().count() == 2


def test_undo_goes_on_without_faces_and_people_that_are_gone(group, gallery, staff):
    ann = PersonFactory(studio=gallery.studio)
    named = group(2, person=ann)
    PhotoFace.objects.filter(cluster=named).update(person=ann)
    decision = decisions.name(named, None, by=staff)
    ann.delete()
    named.faces.first().photo.delete()
    decisions.undo(decision, by=staff)
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
    assert FaceDecision.objects.within(Occasion.for_gallery(gallery)).get() == decision


@pytest.fixture
def ann(gallery):
    return PersonFactory(studio=gallery.studio, real_name="Ann", email=None, avatar_url="")


@pytest.fixture
def proposed(group, ann):
    """A group of Ann's with one verified face, and one that the model says is hers."""
    anns = group(2, person=ann)
    first, second = anns.faces.order_by("pk")
    PhotoFace.objects.filter(pk=first.pk).update(person=ann, verified=True)
    PhotoFace.objects.filter(pk=second.pk).update(person=ann, recognition_confidence=0.6)
    second.refresh_from_db()
    return second


def test_who_took_a_decision_back_is_written_down(group, gallery, staff):
    decision = decisions.reject(group(1), by=staff)
    colleague = UserFactory()
    decisions.undo(decision, by=colleague)
    decision.refresh_from_db()
    assert (decision.made_by, decision.undone_by, decision.undoer) == (staff, colleague, colleague.username)
    again = decisions.reject(group(1), by=staff)
    key, _token = ApiKey.issue(gallery.studio, name="booth")
    decisions.undo(again, by=key)
    again.refresh_from_db()
    assert (again.undone_by, again.undone_with, again.undoer) == (None, "booth", "booth")


def test_what_a_person_confirms_keeps_what_the_model_thought(proposed, staff):
    decision = decisions.confirm([proposed], by=staff)
    proposed.refresh_from_db()
    assert (proposed.verified, proposed.recognition_confidence) == (True, 0.6)
    assert (decision.kind, decision.face_count) == ("confirm", 1)


def test_faces_of_several_sessions_are_confirmed_by_a_decision_each(proposed, ann, staff):
    elsewhere = FaceFactory(person=ann)
    made = decisions.confirm_all([proposed, elsewhere], by=staff)
    assert {decision.gallery_id for decision in made} == {proposed.gallery_id, elsewhere.gallery_id}
    assert PhotoFace.objects.filter(verified=True).count() == 3


@pytest.mark.parametrize("verb", [lambda face, by: decisions.confirm([face], by=by), decisions.deny])
def test_nobody_is_confirmed_or_denied_to_be_nobody(verb, group, staff):
    with pytest.raises(FacePassError) as refusal:
        verb(group(1).faces.get(), by=staff)
    assert refusal.value.code == "not_named"


def test_who_is_denied_leaves_the_group_and_is_kept_apart_from_it(proposed, staff):
    group, rest = proposed.cluster, proposed.cluster.faces.exclude(pk=proposed.pk).get()
    decision = decisions.deny(proposed, by=staff)
    proposed.refresh_from_db()
    group.refresh_from_db()
    assert (proposed.cluster, proposed.person, proposed.face_category, group.size) == (None, None, "unknown", 1)
    assert (decision.same, decision.apart) == ([proposed.pk], [rest.pk])


@pytest.mark.usefixtures("fake_engine")
def test_no_grouping_brings_a_denied_face_back(gallery, ann, staff):
    anns = ClusterFactory(studio=gallery.studio, gallery=gallery, person=ann)
    alike = {"cluster": anns, "person": ann, "insightface_descriptor": descriptor(1)}
    faces = [FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), **alike) for _ in range(3)]
    decision = decisions.deny(faces[0], by=staff)
    grouping.group_faces(Occasion.for_gallery(gallery))
    faces[0].refresh_from_db()
    assert (faces[0].cluster, faces[0].person) == (None, None)
    decisions.undo(decision, by=staff)
    faces[0].refresh_from_db()
    assert (faces[0].cluster, faces[0].person) == (anns, ann)


def test_two_people_become_one_and_two_again(proposed, ann, gallery, staff):
    twin = PersonFactory(studio=gallery.studio, real_name="Anna", email="ann@example.org", external_id="7")
    picture = PhotoFactory(gallery=gallery, subject=twin, stored=False)
    face = FaceFactory(photo=picture, person=twin, verified=True)
    named = ClusterFactory(studio=gallery.studio, gallery=gallery, person=twin)
    decision = decisions.unite(ann, twin, by=staff)
    ann.refresh_from_db()
    assert (ann.email, ann.external_id) == ("ann@example.org", "7")
    assert list(Person.objects.all()) == [ann]
    assert PhotoFace.objects.filter(person=ann).count() == 3
    for row in (picture, face, named):
        row.refresh_from_db()
    assert (picture.subject, face.person, named.person) == (ann, ann, ann)

    decisions.undo(decision, by=staff)
    back = Person.objects.get(pk=twin.pk)
    assert (back.real_name, back.email, back.created_at) == ("Anna", "ann@example.org", twin.created_at)
    ann.refresh_from_db()
    assert (ann.email, ann.external_id) == (None, None)
    for row in (picture, face, named):
        row.refresh_from_db()
    assert (picture.subject, face.person, named.person) == (back, back, back)
    assert PhotoFace.objects.filter(person=ann).count() == 2


def test_two_people_do_not_part_where_somebody_new_has_the_address(ann, gallery, staff):
    twin = PersonFactory(studio=gallery.studio, email="ann@example.org")
    decision = decisions.unite(ann, twin, by=staff)
    Person.objects.filter(pk=ann.pk).update(email=None)
    PersonFactory(studio=gallery.studio, email="ann@example.org")
    with pytest.raises(FacePassError) as refusal:
        decisions.undo(decision, by=staff)
    assert refusal.value.code == "email_taken"
    assert FaceDecision.objects.standing().get() == decision


def test_people_of_two_studios_or_one_and_the_same_are_not_united(ann, staff):
    for other in (ann, PersonFactory()):
        with pytest.raises(FacePassError) as refusal:
            decisions.unite(ann, other, by=staff)
        assert refusal.value.code == "nothing_to_merge"


def test_colleagues_are_told_after_the_commit(group, gallery, staff, monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr(progress, "publish_event", lambda channel, event: told.append((channel, event)))
    with django_capture_on_commit_callbacks(execute=True):
        decision = decisions.reject(group(2), by=staff)
        assert told == []
    occasion, studio = told
    assert occasion[0] == f"occasion.{gallery.studio_id}.{gallery.pk}"
    assert studio[0] == f"studio.{gallery.studio_id}"
    expected = {"type": "decision.made", "decision_id": str(decision.pk), "kind": "reject", "faces": 2}
    assert occasion[1] == {**expected, "occasion": str(gallery.pk)} == studio[1]
    with django_capture_on_commit_callbacks(execute=True):
        decisions.undo(decision, by=staff)
    assert told[-1][1]["type"] == "decision.undone"
