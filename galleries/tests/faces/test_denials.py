"""A name that somebody took away is not given again by any model; a person may."""

import pytest

from facepass.testing.factories import FaceFactory, PersonFactory, PhotoFactory, UserFactory, descriptor
from facepass.testing.pages.staff import address
from galleries import tasks
from galleries.faces import decisions, grouping
from galleries.jobs import runner
from galleries.models import FaceDecision, Occasion, PhotoFace
from galleries.models.face import FaceCategory
from galleries.people import naming

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


@pytest.fixture
def ann(studio):
    return PersonFactory(studio=studio)


@pytest.fixture
def faces(gallery, ann):
    """Three faces of one person, in a group: the first verified as Ann, the others proposed."""
    rows = [
        FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), insightface_descriptor=descriptor(1))
        for _ in range(3)
    ]
    grouping.group_faces(Occasion.for_gallery(gallery))
    rows[0].refresh_from_db()
    PhotoFace.objects.filter(pk=rows[0].pk).update(person=ann, verified=True, face_category=FaceCategory.KNOWN)
    type(rows[0].cluster).objects.filter(pk=rows[0].cluster_id).update(person=ann)
    grouping.group_faces(Occasion.for_gallery(gallery))
    found = PhotoFace.objects.select_related("photo", "gallery", "cluster").in_bulk([row.pk for row in rows])
    return [found[row.pk] for row in rows]


def deny(face, ann, by):
    decisions.deny(face, by=by)


def take_away(face, ann, by):
    naming.name_faces([face], None, by=by)


def split_off(face, ann, by):
    decisions.split([face], by=by)


def name_another_and_undo(face, ann, by):
    """Denied first, and then named by mistake: what is undone is the mistake."""
    decisions.deny(face, by=by)
    made = naming.name_faces([face], PersonFactory(studio_id=ann.studio_id), by=by)
    decisions.undo(made[-1], by=by)


WAYS = [deny, take_away, split_off, name_another_and_undo]


@pytest.mark.parametrize("rebuild", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_no_grouping_proposes_it_again(way, rebuild, faces, ann, gallery):
    way(faces[1], ann, UserFactory())
    FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), insightface_descriptor=descriptor(1))
    grouping.group_faces(Occasion.for_gallery(gallery), rebuild=rebuild)
    named = set(PhotoFace.objects.filter(person=ann).values_list("pk", flat=True))
    assert faces[1].pk not in named
    assert named >= {faces[0].pk, faces[2].pk}


@pytest.mark.parametrize("way", WAYS)
def test_no_other_group_of_the_person_takes_it_in(way, faces, ann, gallery):
    """Also where the faces that it was denied with are gone."""
    way(faces[1], ann, UserFactory())
    faces[0].photo.delete()
    faces[2].photo.delete()
    late = [
        FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), insightface_descriptor=descriptor(1), person=ann)
        for _ in range(2)
    ]
    grouping.group_faces(Occasion.for_gallery(gallery))
    face = PhotoFace.objects.get(pk=faces[1].pk)
    late[0].refresh_from_db()
    assert late[0].cluster_id
    assert (face.person, face.cluster_id == late[0].cluster_id) == (None, False)


@pytest.mark.parametrize("way", WAYS)
def test_no_recognition_of_a_gallery_gives_it_again(way, faces, ann, gallery, studio):
    way(faces[1], ann, UserFactory())
    runner.start_job("recognize_gallery", studio=studio, gallery_id=str(gallery.pk))
    job = runner.Job.objects.get()
    tasks.run_job(str(job.pk))
    job.refresh_from_db()
    assert job.state == "done"
    assert PhotoFace.objects.get(pk=faces[1].pk).person is None


@pytest.mark.parametrize("way", WAYS)
def test_staff_are_not_offered_it_for_that_face(way, faces, ann, staff):
    way(faces[1], ann, UserFactory())
    page = address(faces[1].photo, "candidates")
    assert staff.get(page, {"face": str(faces[1].pk)}).json()["people"] == []


@pytest.mark.parametrize("way", WAYS)
def test_a_person_may_give_it_again_and_then_it_is_like_any_other_name(way, faces, ann, gallery):
    way(faces[1], ann, UserFactory())
    naming.name_faces([faces[1]], ann, by=UserFactory())
    grouping.group_faces(Occasion.for_gallery(gallery), rebuild=True)
    face = PhotoFace.objects.get(pk=faces[1].pk)
    faces[0].refresh_from_db()
    assert (face.person, face.verified, face.cluster_id) == (ann, True, faces[0].cluster_id)


def test_once_the_denial_is_undone_it_may_be_proposed(faces, gallery, ann):
    decisions.undo(decisions.deny(faces[1], by=UserFactory()), by=UserFactory())
    grouping.group_faces(Occasion.for_gallery(gallery), rebuild=True)
    assert PhotoFace.objects.get(pk=faces[1].pk).person == ann
    assert not FaceDecision.objects.standing().exists()


def test_who_was_named_with_a_group_is_not_named_again_once_the_name_was_taken_away(faces, ann, user):
    """The group was named as a whole: what united its faces holds for the others only."""
    decisions.name(faces[0].cluster, ann, by=user)
    take_away(faces[1], ann, user)
    grouping.group_faces(Occasion.for_gallery(faces[0].gallery))
    assert PhotoFace.objects.get(pk=faces[1].pk).person is None
    assert set(PhotoFace.objects.filter(person=ann)) == {faces[0], faces[2]}
