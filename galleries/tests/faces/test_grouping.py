"""Groups of a photo session's faces: what a run joins, what it leaves, and what people decided."""

import numpy as np
import pytest

from facepass.testing.factories import (
    FaceFactory,
    GalleryFactory,
    ModelVersionFactory,
    PersonFactory,
    PhotoFactory,
    UserFactory,
    descriptor,
)
from galleries import tasks
from galleries.faces import decisions, grouping, suggestions
from galleries.models import FaceCluster, Gallery, Occasion, PhotoFace
from galleries.models.face import FaceCategory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


@pytest.fixture
def gallery():
    return GalleryFactory()


@pytest.fixture
def occasion(gallery):
    return Occasion.for_gallery(gallery)


@pytest.fixture
def staff():
    return UserFactory()


def seen(person: int, number: int, *, spread: float = 0.5):
    """A view of that person: two views have a cosine of about 1 / (1 + spread²)."""
    found = descriptor(person) + np.float32(spread) * descriptor(1000 * person + number + 1)
    return found / np.linalg.norm(found)


def face(gallery, person, number, **fields):
    fields.setdefault("photo", PhotoFactory(gallery=gallery, stored=False))
    return FaceFactory(insightface_descriptor=seen(person, number), **fields)


def members():
    """The groups, each as the set of its faces."""
    found = [set(group.faces.values_list("pk", flat=True)) for group in FaceCluster.objects.shown()]
    return sorted(found, key=len, reverse=True)


def test_faces_of_one_person_become_a_group_and_a_single_face_stays_alone(gallery, occasion):
    ann = {face(gallery, 1, n).pk for n in range(4)}
    bob = {face(gallery, 2, n).pk for n in range(2)}
    face(gallery, 3, 0)
    assert grouping.group_faces(occasion) == grouping.Grouping(joined=6, created=2, merged=0)
    assert members() == [ann, bob]


def test_a_second_run_changes_nothing(gallery, occasion):
    for n in range(3):
        face(gallery, 1, n)
    grouping.group_faces(occasion)
    before = members()
    assert grouping.group_faces(occasion) == grouping.Grouping()
    assert members() == before


def test_a_new_photo_joins_the_group_there_is_and_its_id_survives(gallery, occasion):
    face(gallery, 1, 0)
    face(gallery, 1, 1)
    grouping.group_faces(occasion)
    group = FaceCluster.objects.get()
    late = face(gallery, 1, 2)
    assert grouping.group_faces(occasion) == grouping.Grouping(joined=1)
    late.refresh_from_db()
    assert late.cluster_id == group.pk


def test_the_largest_group_survives_when_a_new_face_brings_two_together(gallery, occasion):
    half = np.float32(0.5)
    one, other = descriptor(1), descriptor(2)
    between = (one + other) / np.linalg.norm(one + other)
    large = FaceCluster.objects.create(**occasion.fields)
    small = FaceCluster.objects.create(**occasion.fields)
    # 0.6 to each other's middle: apart they are below 0.55, with the face between them above.
    left = (one + half * between) / np.linalg.norm(one + half * between)
    right = (between + half * one) / np.linalg.norm(between + half * one)
    for _ in range(3):
        FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), insightface_descriptor=left, cluster=large)
    FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), insightface_descriptor=right, cluster=small)
    FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), insightface_descriptor=right)
    found = grouping.group_faces(occasion)
    assert found.merged == 1
    assert FaceCluster.objects.shown().get() == large
    assert large.faces.count() == 5


def test_one_person_is_at_most_once_in_a_photo(gallery, occasion):
    photo = PhotoFactory(gallery=gallery, stored=False)
    twins = [face(gallery, 1, n, photo=photo) for n in range(2)]
    face(gallery, 1, 2)
    grouping.group_faces(occasion)
    (group,) = members()
    assert len(group & {twin.pk for twin in twins}) == 1


def test_a_poor_face_follows_its_group_and_is_no_bridge(gallery, occasion):
    blurred = {"score": 0.1, "reasons": ["blurred"]}
    for n in range(2):
        face(gallery, 1, n)
        face(gallery, 2, n)
    between = descriptor(1) + descriptor(2)
    bridge = FaceFactory(
        photo=PhotoFactory(gallery=gallery, stored=False),
        insightface_descriptor=between / np.linalg.norm(between),
        quality=blurred,
    )
    follower = face(gallery, 1, 7, quality=blurred)
    lonely = face(gallery, 3, 0, quality=blurred)
    also_lonely = face(gallery, 3, 1, quality=blurred)
    grouping.group_faces(occasion)
    assert sorted(map(len, members()))[-1] <= 4
    assert FaceCluster.objects.shown().count() == 2
    for each in (bridge, follower, lonely, also_lonely):
        each.refresh_from_db()
    assert follower.cluster_id is not None
    assert {lonely.cluster_id, also_lonely.cluster_id} == {None}


def test_ignored_faces_other_models_and_other_sessions_are_left_alone(gallery, occasion):
    face(gallery, 1, 0)
    face(gallery, 1, 1, face_category=FaceCategory.IGNORED)
    face(gallery, 1, 2, model_version=ModelVersionFactory(contract_id="another"))
    face(GalleryFactory(studio=gallery.studio), 1, 3)
    assert grouping.group_faces(occasion) == grouping.Grouping()


def test_two_galleries_of_a_session_are_grouped_together(gallery):
    session = "11111111-1111-4111-8111-111111111111"
    Gallery.objects.filter(pk=gallery.pk).update(session_id=session)
    gallery.refresh_from_db()
    second = GalleryFactory(studio=gallery.studio, session_id=gallery.session_id)
    face(gallery, 1, 0)
    face(second, 1, 1)
    grouping.group_faces(Occasion.for_gallery(gallery))
    group = FaceCluster.objects.get()
    assert (group.session_id, group.gallery_id, group.size) == (gallery.session_id, None, 2)


def test_who_joins_a_named_group_is_proposed_to_be_that_person(gallery, occasion, staff):
    first = [face(gallery, 1, n) for n in range(2)]
    grouping.group_faces(occasion)
    ann = PersonFactory(studio=gallery.studio)
    decisions.name(FaceCluster.objects.get(), ann, by=staff)
    late = face(gallery, 1, 2)
    grouping.group_faces(occasion)
    late.refresh_from_db()
    assert (late.person, late.verified, late.face_category) == (ann, False, FaceCategory.KNOWN)
    assert 0.55 < late.recognition_confidence < 1
    assert PhotoFace.objects.filter(pk__in=[f.pk for f in first], verified=True).count() == 2


def test_groups_with_different_names_never_merge(gallery, occasion, staff):
    for person in (1, 2):
        group = FaceCluster.objects.create(**occasion.fields)
        for n in range(2):
            face(gallery, 1, 10 * person + n, cluster=group)
        decisions.name(group, PersonFactory(studio=gallery.studio), by=staff)
    face(gallery, 1, 0)
    assert grouping.group_faces(occasion).merged == 0


def test_what_was_split_stays_apart_also_when_all_is_made_anew(gallery, occasion, staff):
    faces = [face(gallery, 1, n) for n in range(4)]
    grouping.group_faces(occasion)
    decisions.split([PhotoFace.objects.get(pk=faces[0].pk)], by=staff)
    for rebuild in (False, True):
        face(gallery, 1, 20 + rebuild)
        grouping.group_faces(occasion, rebuild=rebuild)
        homes = {PhotoFace.objects.get(pk=each.pk).cluster_id for each in faces[1:]}
        assert len(homes) == 1
        assert PhotoFace.objects.get(pk=faces[0].pk).cluster_id not in homes


def test_what_was_merged_stays_together_when_all_is_made_anew(gallery, occasion, staff):
    one = [face(gallery, 1, n) for n in range(2)]
    other = [face(gallery, 2, n) for n in range(2)]
    grouping.group_faces(occasion)
    decisions.merge(list(FaceCluster.objects.all()), by=staff)
    PhotoFace.objects.update(cluster=None)  # as if every group had been lost
    grouping.group_faces(occasion, rebuild=True)
    assert members()[0] == {each.pk for each in one + other}


def test_kept_apart_groups_are_not_brought_together_by_a_new_face(gallery, occasion, staff):
    groups = []
    for start in (0, 10):
        group = FaceCluster.objects.create(**occasion.fields)
        for n in range(2):
            face(gallery, 1, start + n, cluster=group)
        groups.append(group)
    decisions.keep_apart(*groups, by=staff)
    face(gallery, 1, 30)
    assert grouping.group_faces(occasion) == grouping.Grouping(joined=1)
    assert FaceCluster.objects.shown().count() == 2


def test_suggestions_are_ranked_and_leave_out_what_shares_a_photo_or_was_decided(gallery, occasion, staff):
    groups = {}
    for name, direction in {"ann": 1, "ann too": 1, "bob": 2}.items():
        group = groups[name] = FaceCluster.objects.create(**occasion.fields)
        for n in range(2):
            face(gallery, direction, len(groups) * 10 + n, cluster=group)
    (found,) = suggestions.find_suggestions(occasion)
    assert {found.one, found.other} == {groups["ann"], groups["ann too"]}
    assert found.similarity > 0.45
    decisions.keep_apart(groups["ann"], groups["ann too"], by=staff)
    assert suggestions.find_suggestions(occasion) == []


def test_size_and_centroid_follow_whatever_happens_to_the_faces(gallery, occasion):
    faces = [face(gallery, 1, n) for n in range(3)]
    grouping.group_faces(occasion)
    group = FaceCluster.objects.get()

    def settled():
        group.refresh_from_db()
        rest = np.array([f.insightface_descriptor for f in group.faces.exclude(face_category="ignored")], np.float32)
        assert group.size == len(rest)
        if len(rest):
            assert np.allclose(group.centroid, rest.mean(axis=0), atol=2e-3)
        else:
            assert group.centroid is None

    settled()
    faces[0].face_category = FaceCategory.IGNORED
    faces[0].save()
    settled()
    faces[1].photo.delete()
    settled()
    PhotoFace.objects.update(cluster=None)
    settled()


def test_a_worker_groups_when_its_turn_is_over_and_a_lost_call_is_made_up_for(gallery, settings):
    for seed in range(2):
        PhotoFactory(gallery=gallery, people=["ann"], seed=seed)
    tasks.analyse_gallery(str(gallery.pk))
    assert FaceCluster.objects.get().size == 2
    assert not Gallery.objects.awaiting_grouping().exists()
