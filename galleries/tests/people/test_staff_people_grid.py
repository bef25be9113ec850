"""The grid of people: which face is the picture, who is found, what is counted, and what a merge keeps."""

import json

import pytest
from django.urls import reverse

from facepass.models import Role
from facepass.testing.factories import FaceFactory, GalleryFactory, PersonFactory, PhotoFactory, StudioFactory
from facepass.testing.pages.staff import member
from galleries.faces import decisions
from galleries.models import FaceDecision, Person
from galleries.people import avatars
from galleries.photos import media_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


@pytest.fixture
def staff(studio):
    return member(studio, Role.VERIFIER)


@pytest.fixture
def gallery(studio):
    return GalleryFactory(studio=studio)


@pytest.fixture
def ann(studio):
    return PersonFactory(studio=studio, real_name="Ann Archer", email=None)


@pytest.fixture
def face(gallery):
    def make(person, *, score=0.8, photo=None, **fields):
        photo = photo or PhotoFactory(gallery=gallery, stored=False)
        return FaceFactory(photo=photo, person=person, quality={"score": score, "reasons": []}, **fields)

    return make


def grid(client, **query):
    return client.get(reverse("admin:galleries_person_grid"), query)


def found(client, **query):
    return [card.person for card in grid(client, **query).context["cards"]]


def picture_of(person):
    return avatars.load_avatars([Person.objects.get(pk=person.pk)]).get(person.pk)


def test_the_best_confirmed_face_is_the_picture_until_somebody_chooses_another(staff, ann, face):
    face(ann, score=0.95)
    face(ann, score=0.99, face_category="ignored")
    best, other = face(ann, score=0.9, verified=True), face(ann, score=0.2, verified=True)
    assert picture_of(ann) == best
    assert media_files.face_path(best) in grid(staff).content.decode()
    avatars.set_avatar(ann, other)
    assert picture_of(ann) == other
    other.delete()
    assert picture_of(ann) == best, "who chose a face that is gone has the best one again"


def test_without_a_confirmed_face_it_is_the_best_one_and_without_any_a_letter(staff, ann, face):
    assert picture_of(ann) is None
    assert "fp-no-face" in grid(staff).content.decode()
    only = face(ann)
    assert picture_of(ann) == only


def test_a_picture_of_another_host_is_not_loaded(staff, ann, face):
    mine = face(ann)
    Person.objects.update(avatar_url="https://elsewhere.example/me.jpg")
    assert picture_of(ann) == mine
    assert "elsewhere.example" not in grid(staff).content.decode()


def test_the_page_of_the_person_marks_which_face_is_the_picture(staff, ann, face):
    chosen = face(ann, score=0.3, verified=True)
    face(ann, score=0.9, verified=True)
    page = reverse("admin:galleries_person_change", args=[ann.pk])
    assert "chosen by itself" in staff.get(page).content.decode()
    choose = reverse("admin:galleries_person_avatar", args=[ann.pk])
    staff.post(choose, json.dumps({"face": str(chosen.pk)}), content_type="application/json")
    answer = staff.get(page)
    assert (answer.context["avatar"], answer.context["is_avatar_chosen"]) == (chosen, True)
    assert answer.content.decode().count("fp-is-avatar") == 1


def test_people_are_found_by_name_e_mail_external_id_and_notes(staff, ann, studio):
    bob = PersonFactory(studio=studio, real_name="Bob", email="bo@example.org", external_id="x-1", notes="The groom")
    assert found(staff, q="archer") == [ann]
    for typed in ("bo@", "x-1", "GROOM"):
        assert found(staff, q=typed) == [bob]
    assert found(staff, q="nobody") == []


def test_vips_come_first_and_can_be_shown_alone(staff, ann, studio):
    zoe = PersonFactory(studio=studio, real_name="Zoe", is_vip=True)
    assert found(staff) == [zoe, ann]
    assert found(staff, show="vip") == [zoe]


def test_photos_and_names_to_confirm_are_counted(staff, ann, face, gallery):
    photo = PhotoFactory(gallery=gallery, stored=False)
    face(ann, photo=photo), face(ann, photo=photo, verified=True), face(ann, face_category="ignored")
    (card,) = grid(staff).context["cards"]
    assert (card.photos, card.proposed) == (1, 1)


def test_the_grid_asks_no_query_per_person(staff, studio, face, django_assert_max_num_queries):
    for place in range(12):
        face(PersonFactory(studio=studio), verified=place % 2 == 0)
    with django_assert_max_num_queries(11):
        grid(staff)


def test_pages_hold_sixty(staff, studio):
    PersonFactory.create_batch(61, studio=studio)
    assert len(found(staff)) == 60
    assert len(found(staff, page="2")) == 1
    assert len(found(staff, page="x")) == 60


def test_a_stranger_finds_nobody_and_a_viewer_looks(ann, studio):
    assert found(member(StudioFactory(), Role.VERIFIER)) == []
    assert found(member(studio, Role.VIEWER)) == [ann]
    assert "New person" not in grid(member(studio, Role.VIEWER)).content.decode()


def test_a_merge_keeps_notes_and_marks_and_undoing_it_gives_them_back(ann, studio, user):
    bob = PersonFactory(studio=studio, real_name="Bob", notes="The groom", is_vip=True, is_hidden=True)
    Person.objects.filter(pk=ann.pk).update(notes="Sings")
    ann.refresh_from_db()
    decision = decisions.unite(ann, bob, by=user)
    ann.refresh_from_db()
    assert (ann.notes, ann.is_vip, ann.is_hidden) == ("Sings\nThe groom", True, False)
    decisions.undo(decision, by=user)
    ann.refresh_from_db()
    bob.refresh_from_db()
    assert (ann.notes, ann.is_vip) == ("Sings", False)
    assert (bob.notes, bob.is_vip, bob.is_hidden) == ("The groom", True, True)


def test_a_merge_from_before_people_had_notes_is_undone_too(ann, studio, user):
    bob = PersonFactory(studio=studio, real_name="Bob")
    decision = decisions.unite(ann, bob, by=user)
    for states in (decision.before, decision.after):
        states["people"] = {pk: [*row[:5], row[-1]] for pk, row in states["people"].items()}
    FaceDecision.objects.filter(pk=decision.pk).update(before=decision.before, after=decision.after)
    decisions.undo(FaceDecision.objects.get(pk=decision.pk), by=user)
    bob.refresh_from_db()
    assert (bob.real_name, bob.notes, bob.is_vip) == ("Bob", "", False)
