"""What a name does, from wherever it is given: the groups page, the photo page, the admin's forms, the API."""

import json
import threading

import pytest
from django.db import connection
from django.urls import reverse

from facepass.core.errors import FacePassError
from facepass.testing.factories import (
    ClusterFactory,
    FaceFactory,
    PersonFactory,
    PhotoFactory,
    StudioFactory,
    UserFactory,
    descriptor,
)
from facepass.testing.pages.staff import post
from galleries.faces import grouping
from galleries.models import FaceCluster, FaceDecision, Occasion, Person, PhotoFace
from galleries.models.face import FaceCategory
from galleries.people import naming

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


@pytest.fixture
def group(gallery):
    def make(faces=2, *, seed=None, **fields):
        found = ClusterFactory(studio=gallery.studio, gallery=gallery, **fields)
        for _ in range(faces):
            same = {} if seed is None else {"insightface_descriptor": descriptor(seed)}
            FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), cluster=found, person=found.person, **same)
        found.refresh_from_db()
        return found

    return make


@pytest.fixture
def ann(studio):
    return PersonFactory(studio=studio, real_name="Анна Lee")


class Edges:
    """Each gives a name as its page or its client does. `who`: `person` by id, or `name`."""

    def __init__(self, staff, api, gallery):
        self.staff, self.api, self.gallery = staff, api, gallery

    def groups_page(self, group, faces=None, **who):
        page = reverse("admin:galleries_facecluster_name", args=[self.gallery.pk])
        about = {"faces": ids(faces)} if faces else {"group": str(group.pk)}
        return self.staff.post(page, json.dumps({**about, **who}), content_type="application/json")

    def photo_page(self, group, faces=None, **who):
        for face in faces or [group.faces.first()]:
            answer = post(self.staff, face.photo, "decide", verb="name", faces=ids([face]), group=not faces, **who)
        return answer

    def admin_form(self, group, faces=None, **who):
        for row in faces or [group]:
            model = "photoface" if faces else "facecluster"
            page = reverse(f"admin:galleries_{model}_change", args=[row.pk])
            answer = self.staff.post(page, {"person": who["person"], "face_category": "unknown"})
        return answer

    def the_api(self, group, faces=None, **who):
        body = {"person_id": who["person"]} if "person" in who else {"name": who["name"]}
        part = {"face_ids": ids(faces)} if faces else {}
        return self.api.post(f"/api/v1/groups/{group.pk}/name/", {**body, **part}, format="json")


def ids(faces):
    return [str(face.pk) for face in faces]


@pytest.fixture
def give(request, staff, api, gallery):
    return getattr(Edges(staff, api, gallery), request.param)


EVERYWHERE = pytest.mark.parametrize("give", ["groups_page", "photo_page", "admin_form", "the_api"], indirect=True)
WHERE_NAMES_ARE_TYPED = pytest.mark.parametrize("give", ["groups_page", "photo_page", "the_api"], indirect=True)


@EVERYWHERE
def test_a_second_group_of_a_person_joins_the_first(give, group, ann):
    first, second = group(2, person=ann), group(3)
    assert give(second, person=str(ann.pk)).status_code in (200, 302)
    assert [each.pk for each in FaceCluster.objects.shown().filter(person=ann)] == [first.pk]
    assert PhotoFace.objects.filter(cluster=first, person=ann, verified=True).count() == 5


@EVERYWHERE
def test_a_group_that_had_another_name_joins_the_first_too(give, group, ann, studio):
    first, second = group(2, person=ann), group(3, person=PersonFactory(studio=studio))
    assert give(second, person=str(ann.pk)).status_code in (200, 302)
    assert PhotoFace.objects.filter(cluster=first, person=ann, verified=True).count() == 5
    assert FaceCluster.objects.shown().count() == 1


@EVERYWHERE
def test_a_part_of_a_group_leaves_it_first(give, group, ann):
    whole = group(4)
    part = list(whole.faces.order_by("pk")[:2])
    assert give(whole, part, person=str(ann.pk)).status_code in (200, 302)
    whole.refresh_from_db()
    (own,) = FaceCluster.objects.shown().filter(person=ann)
    assert (whole.size, whole.person, own.size) == (2, None, 2)
    assert set(PhotoFace.objects.filter(person=ann, verified=True)) == set(part)


@EVERYWHERE
def test_a_part_joins_the_group_that_the_person_has(give, group, ann):
    own, whole = group(2, person=ann), group(3)
    give(whole, [whole.faces.first()], person=str(ann.pk))
    own.refresh_from_db()
    whole.refresh_from_db()
    assert (own.size, whole.size) == (3, 2)


@EVERYWHERE
def test_what_was_split_off_is_not_brought_back_by_a_grouping(give, group, ann, gallery):
    whole = group(4, seed=7)
    face = whole.faces.first()
    give(whole, [face], person=str(ann.pk))
    grouping.group_faces(Occasion.for_gallery(gallery), rebuild=True)
    assert set(PhotoFace.objects.filter(person=ann)) == {face}


@EVERYWHERE
def test_the_whole_group_chosen_face_by_face_is_the_group(give, group, ann):
    whole = group(1)
    give(whole, list(whole.faces.all()), person=str(ann.pk))
    whole.refresh_from_db()
    assert (whole.person, FaceDecision.objects.get().kind) == (ann, "name")


@EVERYWHERE
def test_a_rejected_face_of_a_group_gets_no_name_and_stays_hidden(give, group, ann):
    whole = group(3)
    hidden = whole.faces.first()
    PhotoFace.objects.filter(pk=hidden.pk).update(face_category=FaceCategory.IGNORED)
    if give.__name__ == "photo_page":
        give(whole, list(whole.faces.shown()), person=str(ann.pk))
    else:
        give(whole, person=str(ann.pk))
    hidden.refresh_from_db()
    assert (hidden.person, hidden.is_hidden) == (None, True)
    assert PhotoFace.objects.filter(person=ann, verified=True).count() == 2


@WHERE_NAMES_ARE_TYPED
def test_the_same_name_is_the_same_person(give, group, ann):
    PersonFactory(studio=StudioFactory(), real_name=ann.real_name)
    assert give(group(2), name="  анна   LEE ").status_code == 200
    assert give(group(1), name="Анна Lee").status_code == 200
    assert Person.objects.filter(studio=ann.studio).count() == 1
    assert FaceCluster.objects.shown().get().person == ann


@WHERE_NAMES_ARE_TYPED
def test_a_new_name_is_a_new_person(give, group):
    assert give(group(2), name="Zoë").status_code == 200
    assert FaceCluster.objects.shown().get().person == Person.objects.get(real_name="Zoë")


@WHERE_NAMES_ARE_TYPED
@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_name_that_is_none_makes_nobody(give, name, group):
    assert give(group(2), name=name).status_code == 400
    assert not Person.objects.exists()


@WHERE_NAMES_ARE_TYPED
def test_a_name_that_two_people_have_has_to_be_chosen(give, group, ann, studio):
    PersonFactory(studio=studio, real_name=ann.real_name)
    answer = give(group(2), name=ann.real_name)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "several_of_that_name")
    assert not FaceDecision.objects.exists()


def test_a_form_makes_no_second_person_of_a_name_unless_something_tells_them_apart(staff, ann, studio):
    page = reverse("admin:galleries_person_add")
    form = {"real_name": "анна  lee", "studio": str(studio.pk), "metadata": "{}"}
    assert "real_name" in staff.post(page, form).context["adminform"].form.errors
    assert staff.post(page, {**form, "email": "other@example.org"}).status_code == 302
    assert Person.objects.filter(studio=studio).count() == 2


def test_a_name_by_the_api_can_be_taken_back_as_a_whole(api, group, ann):
    whole = group(3)
    body = {"person_id": str(ann.pk), "face_ids": ids(whole.faces.all()[:1])}
    made = api.post(f"/api/v1/groups/{whole.pk}/name/", body, format="json").json()["decision_ids"]
    for pk in reversed(made):
        assert api.post(f"/api/v1/decisions/{pk}/undo/").status_code == 200
    whole.refresh_from_db()
    assert (whole.size, len(made)) == (3, 2)


def test_a_name_on_the_photo_page_is_undone_as_a_whole(staff, group, ann):
    whole = group(3)
    face = whole.faces.first()
    made = post(staff, face.photo, "decide", verb="name", faces=ids([face]), person=str(ann.pk)).json()["decisions"]
    assert post(staff, face.photo, "decide", verb="undo", decisions=made).status_code == 200
    whole.refresh_from_db()
    assert (whole.size, len(made)) == (3, 2)
    assert not FaceDecision.objects.standing().exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_type_one_name_at_once_make_one_person(studio):
    """The first has made the person and not committed; the second waits, and finds that person."""
    user, found = UserFactory(), []
    first = connection.copy()

    def second():
        try:
            found.append(naming.get_or_create_person("Ann", studio_id=studio.pk, by=user))
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    try:
        with first.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM studios WHERE id = %s FOR NO KEY UPDATE", [studio.pk])
            cursor.execute(
                "INSERT INTO people (id, studio_id, real_name, avatar_url, metadata, created_at)"
                " VALUES (gen_random_uuid(), %s, 'Ann', '', '{}', now())",
                [studio.pk],
            )
            thread.start()
            cursor.execute("SELECT pg_backend_pid()")
            while not waiting_for_a_lock(cursor):
                assert thread.is_alive(), "it did not wait"
            cursor.execute("COMMIT")
    finally:
        first.close()
        thread.join()
    assert [person.real_name for person in found] == ["Ann"]
    assert Person.objects.count() == 1


def waiting_for_a_lock(cursor):
    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return cursor.fetchone()[0]


def test_a_person_who_is_gone_is_told(group, ann, api):
    found = group(2)
    Person.objects.filter(pk=ann.pk).delete()
    with pytest.raises(FacePassError) as refusal:
        naming.name_group(found, ann, by=UserFactory())
    assert refusal.value.status == 404
