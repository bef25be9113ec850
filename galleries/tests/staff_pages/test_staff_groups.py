"""Naming groups of faces: the pages and what they ask the server, each verb one decision that can be undone."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from facepass.models import Role
from facepass.testing.factories import (
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    PersonFactory,
    PhotoFactory,
    SessionFactory,
    StudioFactory,
    descriptor,
)
from facepass.testing.pages.staff import member
from galleries.models import FaceCluster, FaceDecision, Person, PhotoFace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

VERBS = ("name", "merge", "split", "reject", "apart")


@pytest.fixture
def gallery(studio):
    return GalleryFactory(studio=studio, title="Wedding")


@pytest.fixture
def staff(studio):
    return member(studio, Role.VERIFIER)


@pytest.fixture
def group(gallery):
    def make(faces=2, *, seed=None, **fields):
        found = ClusterFactory(studio=gallery.studio, gallery=gallery, **fields)
        for _ in range(faces):
            seeded = {"insightface_descriptor": descriptor(seed)} if seed is not None else {}
            FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), cluster=found, person=found.person, **seeded)
        found.refresh_from_db()
        return found

    return make


def address(name, key, *more):
    return reverse(f"admin:galleries_facecluster_{name}", args=[key, *more])


def say(client, verb, key, **what):
    return client.post(address(verb, key), json.dumps(what), content_type="application/json")


def undo(client, **what):
    page = reverse("admin:galleries_facecluster_undo")
    return client.post(page, json.dumps(what), content_type="application/json")


def test_unknown_groups_are_shown_the_largest_first_with_their_faces(staff, gallery, group):
    small, large, named = group(2), group(5), group(3, person=PersonFactory(studio=gallery.studio))
    FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False))
    page = staff.get(address("of", gallery.pk))
    assert [card["group"] for card in page.context["cards"]] == [large, small]
    assert [len(card["faces"]) for card in page.context["cards"]] == [5, 2]
    assert (page.context["total"], page.context["single_total"]) == (2, 1)
    named_page = staff.get(address("of", gallery.pk), {"show": "named"})
    assert [card["group"] for card in named_page.context["cards"]] == [named]


def test_a_large_group_opens_when_asked(staff, gallery, group):
    large = group(32)
    assert staff.get(address("list", gallery.pk)).context["cards"][0]["more"] == 8
    assert staff.get(address("list", gallery.pk), {"open": large.pk}).context["cards"][0]["more"] == 0


def test_the_list_goes_on_over_pages(staff, gallery, group):
    for _ in range(30):
        group(1)
    first = staff.get(address("list", gallery.pk))
    second = staff.get(address("list", gallery.pk), {"page": first.context["next_page"]})
    assert (len(first.context["cards"]), len(second.context["cards"])) == (16, 14)
    assert second.context["next_page"] is None


@pytest.mark.parametrize("page", ["of", "pairs"])
def test_a_page_asks_no_query_per_group(page, staff, gallery, group, django_assert_max_num_queries):
    for _ in range(10):
        group(3, seed=1)
    for one in FaceCluster.objects.all()[:5]:
        say(staff, "reject", gallery.pk, group=str(one.pk))
    with django_assert_max_num_queries({"of": 20, "pairs": 26}[page]):  # pairs are counted for the overview
        assert staff.get(address(page, gallery.pk)).status_code == 200


def test_the_list_of_occasions_tells_what_is_left(staff, gallery, group, django_assert_max_num_queries):
    group(3)
    named = group(2, person=PersonFactory(studio=gallery.studio))
    event = SessionFactory(studio=gallery.studio, name="Ball")
    other = GalleryFactory(studio=gallery.studio, session_id=event.pk, title="In the garden")
    ClusterFactory(studio=gallery.studio, session_id=other.session_id, size=4)
    GalleryFactory(title="of another studio")
    with django_assert_max_num_queries(9):
        tasks = staff.get(reverse("admin:galleries_facecluster_occasions")).context["open_work"]
    assert [(t.title, t.unnamed, t.unnamed_faces, t.named, t.proposed) for t in tasks] == [
        ("Ball", 1, 4, 0, 0),
        ("Wedding", 1, 3, 1, named.size),
    ]


def test_a_name_makes_the_person_and_verifies_every_face(staff, gallery, group):
    one = group(3)
    answer = say(staff, "name", gallery.pk, group=str(one.pk), name="  Ann   Lee ").json()
    ann = Person.objects.get(real_name="Ann Lee", studio=gallery.studio)
    assert PhotoFace.objects.filter(person=ann, verified=True).count() == 3
    assert answer["person"] == str(ann.pk)
    assert LogEntry.objects.get().object_id == str(ann.pk)
    undo(staff, decisions=answer["decisions"])
    assert not PhotoFace.objects.filter(person=ann).exists()


def test_a_name_that_is_known_means_that_person_in_any_case(staff, gallery, group):
    ann = PersonFactory(studio=gallery.studio, real_name="Ann Lee")
    PersonFactory(real_name="Ann Lee")  # of another studio
    one = group(2)
    say(staff, "name", gallery.pk, group=str(one.pk), name="ann lee")
    one.refresh_from_db()
    assert one.person == ann


def test_a_name_that_two_people_have_has_to_be_chosen(staff, gallery, group):
    for _ in range(2):
        PersonFactory(studio=gallery.studio, real_name="Ann Lee")
    answer = say(staff, "name", gallery.pk, group=str(group(1).pk), name="Ann Lee")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "several_of_that_name")
    assert say(staff, "name", gallery.pk, group=str(group(1).pk), name="Ann Lee", new=True).status_code == 200
    assert Person.objects.count() == 3


def test_a_second_group_of_a_person_joins_the_first(staff, gallery, group):
    ann = PersonFactory(studio=gallery.studio)
    first, second = group(3, person=ann), group(2)
    say(staff, "name", gallery.pk, group=str(second.pk), person=str(ann.pk))
    first.refresh_from_db()
    assert (first.size, FaceDecision.objects.get().kind) == (5, "merge")


def test_selected_faces_leave_their_group_with_a_name_of_their_own(staff, gallery, group):
    one = group(4)
    chosen = [str(pk) for pk in one.faces.values_list("pk", flat=True)[:2]]
    answer = say(staff, "name", gallery.pk, faces=chosen, name="Ann").json()
    one.refresh_from_db()
    assert (one.size, one.person) == (2, None)
    assert PhotoFace.objects.filter(person__real_name="Ann").exclude(cluster=one).count() == 2
    undo(staff, decisions=answer["decisions"])
    one.refresh_from_db()
    assert (one.size, PhotoFace.objects.filter(person=None).count()) == (4, 4)


def test_faces_of_no_group_get_a_name(staff, gallery):
    face = FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False))
    say(staff, "name", gallery.pk, faces=[str(face.pk)], name="Ann")
    face.refresh_from_db()
    assert (face.person.real_name, face.verified) == ("Ann", True)


def test_split_merge_hide_and_apart(staff, gallery, group):
    one, other = group(3), group(2)
    faces = [str(one.faces.first().pk)]
    assert say(staff, "split", gallery.pk, faces=faces).status_code == 200
    assert say(staff, "apart", gallery.pk, one=str(one.pk), other=str(other.pk)).status_code == 200
    assert say(staff, "merge", gallery.pk, groups=[str(one.pk), str(other.pk)]).status_code == 200
    assert say(staff, "reject", gallery.pk, group=str(one.pk)).status_code == 200
    assert list(FaceDecision.objects.order_by("made_at").values_list("kind", flat=True)) == [
        "split", "apart", "merge", "reject",
    ]  # fmt: skip
    for _ in range(4):
        assert undo(staff).status_code == 200
    assert not FaceDecision.objects.standing().exists()
    assert sorted(FaceCluster.objects.shown().values_list("size", flat=True)) == [2, 3]


def test_a_hidden_group_has_its_way_back(staff, gallery, group):
    one = group(3)
    (made,) = say(staff, "reject", gallery.pk, group=str(one.pk)).json()["decisions"]
    (card,) = staff.get(address("of", gallery.pk), {"show": "hidden"}).context["cards"]
    assert (card["group"], card["total"], str(card["hidden_by"])) == (one, 3, made)
    undo(staff, decisions=[made])
    assert staff.get(address("of", gallery.pk), {"show": "hidden"}).context["cards"] == []


def test_the_history_tells_whom_a_decision_is_about(staff, gallery, group):
    say(staff, "name", gallery.pk, group=str(group(2).pk), name="Ann")
    say(staff, "name", gallery.pk, group=str(group(2).pk), name="Ann")
    say(staff, "reject", gallery.pk, group=str(group(2).pk))
    history = staff.get(address("list", gallery.pk)).context["history"]
    assert [(entry.kind, str(entry.person or "")) for entry in history] == [
        ("reject", ""), ("merge", "Ann"), ("name", "Ann"),
    ]  # fmt: skip


def test_undo_without_ids_stays_in_the_photo_session(staff, gallery, group):
    here = say(staff, "reject", gallery.pk, group=str(group(2).pk)).json()["decisions"]
    elsewhere = ClusterFactory(studio=gallery.studio, gallery=GalleryFactory(studio=gallery.studio))
    say(staff, "reject", elsewhere.gallery_id, group=str(elsewhere.pk))
    assert undo(staff, of=str(gallery.pk)).json()["decisions"] == here
    assert undo(staff, of=str(gallery.pk)).json()["decisions"] == []


def test_several_decisions_are_undone_together_or_not_at_all(staff, gallery, group):
    one, other = group(2), group(2)
    first = say(staff, "name", gallery.pk, group=str(one.pk), name="Ann").json()["decisions"]
    second = say(staff, "name", gallery.pk, group=str(other.pk), name="Bob").json()["decisions"]
    say(staff, "reject", gallery.pk, group=str(one.pk))
    assert undo(staff, decisions=first + second).status_code == 409
    assert FaceDecision.objects.standing().count() == 3


def test_undo_without_anything_to_undo_says_so(staff):
    assert undo(staff).json()["decisions"] == []


def test_undo_of_what_a_colleague_changed_since_is_refused(staff, gallery, group):
    one = group(2)
    mine = say(staff, "name", gallery.pk, group=str(one.pk), name="Ann").json()["decisions"]
    say(member(gallery.studio, Role.VERIFIER), "reject", gallery.pk, group=str(one.pk))
    answer = undo(staff, decisions=mine)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "changed_since")


def test_the_history_tells_who_did_what_and_who_undid_it(staff, gallery, group):
    made = say(staff, "reject", gallery.pk, group=str(group(2).pk)).json()["decisions"]
    colleague = member(gallery.studio, Role.VERIFIER)
    undo(colleague, decisions=made)
    (entry,) = staff.get(address("list", gallery.pk)).context["history"]
    assert (entry.maker, entry.undoer, entry.face_count) == (entry.made_by.username, entry.undone_by.username, 2)
    assert entry.made_by != entry.undone_by


def test_people_are_offered_by_the_beginning_of_their_name(staff, gallery):
    for name in ("Joanna", "Ann", "Annabel", "Bob"):
        PersonFactory(studio=gallery.studio, real_name=name)
    PersonFactory(real_name="Anna of another studio")
    offered = staff.get(address("people", gallery.pk), {"q": "ann"}).json()["people"]
    assert [person["name"] for person in offered] == ["Ann", "Annabel", "Joanna"]


def test_a_group_is_like_somebody_who_is_known(staff, gallery, group):
    ann = PersonFactory(studio=gallery.studio, real_name="Ann")
    FaceFactory(person=ann, verified=True, insightface_descriptor=descriptor(7))
    like, unlike = group(2, seed=7), group(2, seed=8)
    (found,) = staff.get(address("like", gallery.pk, like.pk)).json()["people"]
    assert (found["name"], found["similarity"] > 0.9) == ("Ann", True)
    assert staff.get(address("like", gallery.pk, unlike.pk)).json()["people"] == []


def test_nobody_is_offered_who_is_in_the_same_photo(staff, gallery, group):
    ann = PersonFactory(studio=gallery.studio)
    one = group(1, seed=7)
    FaceFactory(photo=one.faces.get().photo, person=ann, verified=True, insightface_descriptor=descriptor(7))
    assert staff.get(address("like", gallery.pk, one.pk)).json()["people"] == []


def test_pairs_that_are_alike_are_asked_about_and_skipped_ones_wait(staff, gallery, group):
    one, other = group(2, seed=7), group(3, seed=7)
    group(2, seed=9)
    (pair,) = staff.get(address("pairs", gallery.pk)).context["pairs"]
    assert {side["group"] for side in pair["sides"]} == {one, other}
    assert [len(side["crops"]) for side in pair["sides"]] in ([2, 3], [3, 2])
    assert staff.get(address("pairs_list", gallery.pk), {"skip": pair["id"]}).context["pairs"] == []


def test_the_overview_leads_to_the_pairs_of_a_session(staff, studio):
    session = SessionFactory(studio=studio)
    gallery = GalleryFactory(studio=studio, session_id=session.pk)
    for _group in range(2):
        found = ClusterFactory(studio=studio, session_id=session.pk)
        photo = PhotoFactory(gallery=gallery, stored=False)
        FaceFactory(photo=photo, cluster=found, insightface_descriptor=descriptor(7))
    assert [row["pairs"] for row in staff.get(reverse("admin:index")).context["sessions"]] == [0]
    staff.get(address("pairs", session.pk))
    page = staff.get(reverse("admin:index"))
    assert [row["pairs"] for row in page.context["sessions"]] == [1]
    assert address("pairs", session.pk) in page.content.decode()


@pytest.mark.parametrize("verb", VERBS)
def test_a_stranger_finds_nothing_and_a_viewer_changes_nothing(verb, gallery, group):
    one = group(2)
    stranger, viewer = member(StudioFactory(), Role.VERIFIER), member(gallery.studio, Role.VIEWER)
    for name in ("of", "list", "pairs", "people", "state"):
        assert stranger.get(address(name, gallery.pk)).status_code == 404
        assert viewer.get(address(name, gallery.pk)).status_code == 200
    assert stranger.get(address("like", gallery.pk, one.pk)).status_code == 404
    assert say(stranger, verb, gallery.pk, group=str(one.pk)).status_code == 404
    assert say(viewer, verb, gallery.pk, group=str(one.pk)).status_code == 403
    assert Client().get(address("of", gallery.pk)).status_code == 302
    assert not FaceDecision.objects.exists()


def test_a_strangers_decision_is_not_there_and_a_viewer_undoes_none(staff, gallery, group):
    made = say(staff, "reject", gallery.pk, group=str(group(2).pk)).json()["decisions"]
    assert undo(member(StudioFactory(), Role.VERIFIER), decisions=made).status_code == 404
    assert undo(member(gallery.studio, Role.VIEWER), decisions=made).status_code == 403
    assert FaceDecision.objects.standing().exists()


def test_groups_and_people_of_elsewhere_are_not_there(staff, gallery, group):
    elsewhere = GalleryFactory(studio=gallery.studio)
    strange = ClusterFactory(studio=gallery.studio, gallery=elsewhere)
    somebody = PersonFactory()
    assert say(staff, "reject", gallery.pk, group=str(strange.pk)).status_code == 404
    assert say(staff, "name", gallery.pk, group=str(group(1).pk), person=str(somebody.pk)).status_code == 404
    assert say(staff, "split", gallery.pk, faces=[str(FaceFactory().pk)]).status_code == 404


def test_what_is_ticked_is_named_together_groups_and_faces_of_others_and_undone_together(staff, gallery, group):
    one, other, mixed = group(2), group(3), group(4)
    part = list(mixed.faces.all()[:2])
    ticked = {"groups": [str(one.pk), str(other.pk)], "faces": [str(face.pk) for face in part]}
    said = say(staff, "name", gallery.pk, name="Ann", **ticked).json()
    assert PhotoFace.objects.filter(person__real_name="Ann", verified=True).count() == 7
    assert list(FaceCluster.objects.shown().filter(person__real_name="Ann").values_list("size", flat=True)) == [7]
    undo(staff, decisions=said["decisions"])
    assert not PhotoFace.objects.exclude(person=None).exists()
    assert sorted(FaceCluster.objects.shown().values_list("size", flat=True)) == [2, 3, 4]


def test_what_is_ticked_is_hidden_together_groups_and_faces_of_others(staff, gallery, group):
    one, two, three = group(2), group(3), group(4)
    faces = [str(two.faces.all()[0].pk), str(three.faces.all()[0].pk), str(one.faces.all()[0].pk)]
    assert say(staff, "reject", gallery.pk, groups=[str(one.pk)], faces=faces).status_code == 200
    assert PhotoFace.objects.filter(face_category="ignored").count() == 4
    assert list(FaceCluster.objects.filter(rejected=True)) == [one]


def test_ticked_groups_of_another_event_are_not_found(staff, gallery, group, studio):
    elsewhere = ClusterFactory(studio=studio, gallery=GalleryFactory(studio=studio))
    for verb in ("name", "reject"):
        answer = say(staff, verb, gallery.pk, groups=[str(group(2).pk), str(elsewhere.pk)], name="Ann")
        assert answer.status_code == 404
    assert not FaceDecision.objects.exists()


@pytest.mark.parametrize(
    ("verb", "what"),
    [
        ("name", {"group": "x", "name": "Ann"}),
        ("name", {"name": ""}),
        ("name", {"name": ["Ann"]}),
        ("merge", {"groups": "x"}),
        ("split", {}),
        ("reject", {}),
        ("apart", {}),
    ],
)
def test_what_makes_no_sense_is_refused(verb, what, staff, gallery):
    assert say(staff, verb, gallery.pk, **what).status_code == 400
    assert not FaceDecision.objects.exists()


def test_the_sidebar_marks_the_task_alone(staff, gallery):
    for page, title in (("of", "Name faces"), ("pairs", "Name faces")):
        groups = staff.get(address(page, gallery.pk)).context["sidebar_navigation"]
        assert [item["title"] for part in groups for item in part["items"] if item["active"]] == [title]


def test_pages_speak_russian(staff, gallery, group):
    group(2)
    page = staff.get(address("of", gallery.pk), HTTP_ACCEPT_LANGUAGE="ru").content.decode()
    assert "Кто это?" in page
