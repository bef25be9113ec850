"""Every page of the admin, for a superuser, a member of the studio, and a stranger."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from facepass.core import events
from facepass.models import ActorKind, ApiKey, AuditEntry, EventType, Role, User
from facepass.testing.factories import (
    ApiKeyFactory,
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    MembershipFactory,
    PersonFactory,
    PhotoFactory,
    SessionFactory,
    StudioFactory,
    UserFactory,
)
from galleries.jobs import runner
from galleries.models.photo import PhotoState
from recognition.config import KEY
from recognition.models import RecognitionConfig
from sessions_app.models import SessionDay, WebhookEndpoint
from sessions_app.webhooks import outbox
from training.models import FaceTrainingSession

pytestmark = pytest.mark.django_db

# Queries of each list for a member of staff, session and user included. They must not grow with the rows.
LISTS = {
    "facepass_studio": 6,
    "facepass_apikey": 6,
    "facepass_auditentry": 6,
    "galleries_gallery": 9,  # with the names of their events
    "galleries_galleryimage": 6,
    "galleries_photoface": 6,
    "galleries_person": 6,
    "galleries_facecluster": 7,
    "sessions_app_photosession": 6,
    "sessions_app_sessionday": 8,
    "sessions_app_webhookendpoint": 6,
    "sessions_app_webhookdelivery": 6,
    "training_facetrainingsession": 29,  # with how ready the data are, and drift
    "recognition_modelversion": 6,
    "recognition_recognitionconfig": 6,
}
FOR_SUPERUSERS = ["facepass_user", "django_q_ormq", "django_q_success", "django_q_failure", "django_q_schedule"]
TENANTS = [name for name in LISTS if not name.startswith("recognition_")]


@dataclass
class World:
    """One studio with a row of everything, by the admin's name of its model."""

    rows: dict[str, Any]

    @property
    def studio(self):
        return self.rows["facepass_studio"]


def new_world() -> World:
    studio = StudioFactory()
    session = SessionFactory(studio=studio)
    gallery = GalleryFactory(studio=studio, session_id=session.pk)
    person = PersonFactory(studio=studio, avatar_url="/somewhere.jpg")
    cluster = ClusterFactory(studio=studio, session_id=session.pk, person=person)
    photo = PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED)
    PhotoFactory(gallery=gallery, state=PhotoState.FAILED, error="not_an_image", stored=False)
    face = FaceFactory(photo=photo, person=person, cluster=cluster)
    FaceFactory(photo=photo, cluster=cluster)
    webhook = WebhookEndpoint.objects.create(studio=studio, url="https://app.example.com/", events=["face.enrolled"])
    config, _ = RecognitionConfig.objects.get_or_create(key=KEY, defaults={"value": {}})
    return World(
        {
            "facepass_studio": studio,
            "facepass_apikey": ApiKeyFactory(studio=studio),
            "facepass_auditentry": AuditEntry.objects.create(
                studio=studio, action="POST /", actor_kind=ActorKind.NOBODY
            ),
            "facepass_user": UserFactory(),
            "galleries_gallery": gallery,
            "galleries_galleryimage": photo,
            "galleries_photoface": face,
            "galleries_person": person,
            "galleries_facecluster": cluster,
            "sessions_app_photosession": session,
            "sessions_app_sessionday": SessionDay.objects.create(session=session, day=date(2026, 5, 1), searches=3),
            "sessions_app_webhookendpoint": webhook,
            "sessions_app_webhookdelivery": outbox.send_test_event(webhook),
            "training_facetrainingsession": FaceTrainingSession.objects.create(studio=studio, error_message="why"),
            "recognition_modelversion": face.model_version,
            "recognition_recognitionconfig": config,
        }
    )


def client_for(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def member_of(studio, role=Role.OWNER) -> Client:
    return client_for(MembershipFactory(studio=studio, role=role).user)


@pytest.fixture
def world() -> World:
    return new_world()


@pytest.fixture
def member(world) -> Client:
    return member_of(world.studio)


@pytest.fixture
def superuser(db) -> Client:
    return client_for(UserFactory(is_superuser=True))


@pytest.fixture
def outsider(db) -> Client:
    """A member of another studio, which has nothing yet."""
    return member_of(StudioFactory())


def change_page(name: str, row: Any) -> str:
    return reverse(f"admin:{name}_change", args=[row.pk])


def list_page(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_and_a_row_open_for_a_member(name, world, member):
    assert member.get(list_page(name)).context["cl"].result_count >= 1
    assert member.get(change_page(name, world.rows[name])).status_code == 200


@pytest.mark.parametrize("name", [*LISTS, *FOR_SUPERUSERS])
def test_every_list_opens_for_a_superuser(name, world, superuser):
    assert superuser.get(list_page(name)).status_code == 200
    if name in world.rows:
        assert superuser.get(change_page(name, world.rows[name])).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_many_queries_for_many_rows_as_for_few(name, world, member, django_assert_num_queries):
    for _ in range(3):
        for row in new_world().rows.values():
            if hasattr(row, "studio_id"):
                type(row).objects.filter(pk=row.pk).update(studio=world.studio)
    for _ in range(3):
        photo = PhotoFactory(gallery=GalleryFactory(studio=world.studio), state=PhotoState.PROCESSED)
        FaceFactory(photo=photo, person=PersonFactory(studio=world.studio))
    with django_assert_num_queries(LISTS[name]):
        assert member.get(list_page(name)).status_code == 200


@pytest.mark.parametrize("name", TENANTS)
def test_a_stranger_sees_an_empty_list_and_no_row(name, world, outsider):
    listed = outsider.get(list_page(name)).context["cl"].result_list
    assert world.rows[name] not in list(listed)
    answer = outsider.get(change_page(name, world.rows[name]))
    assert answer.status_code == 302  # Django's way of saying 404 to staff: back to the index, with a message
    assert outsider.post(change_page(name, world.rows[name]), {"title": "mine"}).status_code in (302, 403)
    delete = reverse(f"admin:{name}_delete", args=[world.rows[name].pk])
    outsider.post(delete, {"post": "yes"})
    assert type(world.rows[name]).objects.filter(pk=world.rows[name].pk).exists()


@pytest.mark.parametrize("name", FOR_SUPERUSERS)
def test_what_belongs_to_the_installation_is_for_superusers(name, member):
    assert member.get(list_page(name)).status_code == 403


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/login/").status_code == 200


def test_staff_without_a_studio_see_nothing(world):
    nobody = client_for(UserFactory())
    assert nobody.get("/admin/").status_code == 200
    assert nobody.get(list_page("galleries_gallery")).status_code == 403


@pytest.mark.parametrize("name", ["galleries_gallery", "galleries_person", "sessions_app_photosession"])
def test_a_viewer_may_look_but_not_change(name, world):
    viewer = member_of(world.studio, Role.VIEWER)
    assert viewer.get(change_page(name, world.rows[name])).status_code == 200
    assert viewer.post(change_page(name, world.rows[name]), {"title": "x"}).status_code == 403
    assert viewer.get(reverse(f"admin:{name}_add")).status_code == 403
    assert viewer.get(reverse(f"admin:{name}_delete", args=[world.rows[name].pk])).status_code == 403


def test_a_role_counts_in_its_own_studio_only(world):
    """The owner of one studio is only a viewer in another: rights do not carry over."""
    user = MembershipFactory(studio=world.studio, role=Role.VIEWER).user
    MembershipFactory(studio=StudioFactory(), user=user, role=Role.OWNER)
    client = client_for(user)
    session = world.rows["sessions_app_photosession"]
    assert client.post(change_page("sessions_app_photosession", session), {"name": "x"}).status_code == 403
    rows = {
        "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": session.pk, "_save": "Save",
    }  # fmt: skip
    assert client.post(list_page("sessions_app_photosession"), rows).status_code == 403
    session.refresh_from_db()
    assert session.facepass_enabled
    new = {"title": "Mine?", "studio": world.studio.pk}
    assert client.post(reverse("admin:galleries_gallery_add"), new).status_code == 403


def test_another_studio_can_not_be_chosen(world, outsider):
    answer = outsider.post(reverse("admin:galleries_gallery_add"), {"title": "Mine", "studio": world.studio.pk})
    assert answer.status_code == 200
    assert "studio" in answer.context["adminform"].form.errors
    found = outsider.get(
        reverse("admin:autocomplete"),
        {"app_label": "galleries", "model_name": "gallery", "field_name": "studio", "term": world.studio.name},
    )
    assert found.json()["results"] == []


def test_facepass_is_switched_in_the_list(world, member):
    session = world.rows["sessions_app_photosession"]
    rows = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": session.pk, "_save": "Save"}
    assert member.post(list_page("sessions_app_photosession"), rows).status_code == 302
    session.refresh_from_db()
    assert not session.facepass_enabled


def test_the_guest_link_is_the_short_one(world, member):
    session = world.rows["sessions_app_photosession"]
    assert f"/s/{session.code}/" in member.get(list_page("sessions_app_photosession")).content.decode()


def test_an_api_key_is_shown_once(world, member):
    form = {"studio": world.studio.pk, "name": "partner", "scopes": ["read", "search"]}
    answer = member.post(reverse("admin:facepass_apikey_add"), form, follow=True)
    (token,) = set(re.findall(r"fp_[0-9a-f]{8}_[\w-]{43}", answer.content.decode()))
    key = ApiKey.objects.authenticate(token)
    assert key is not None
    assert (key.studio, key.scopes) == (world.studio, ["read", "search"])
    for page in (list_page("facepass_apikey"), change_page("facepass_apikey", key)):
        assert token not in member.get(page).content.decode()


def test_a_photographer_issues_no_keys(world):
    photographer = member_of(world.studio, Role.PHOTOGRAPHER)
    assert photographer.get(reverse("admin:facepass_apikey_add")).status_code == 403


def test_revoking_a_key_asks_first(world, member):
    key = world.rows["facepass_apikey"]
    form = {"action": "revoke", "_selected_action": [str(key.pk)]}
    asked = member.post(list_page("facepass_apikey"), form)
    assert asked.status_code == 200
    key.refresh_from_db()
    assert key.revoked_at is None
    member.post(list_page("facepass_apikey"), {**form, "confirmed": "yes"})
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_rotating_keys_shows_the_new_ones_once(world, member, outsider):
    key, _token = ApiKey.issue(world.studio, name="app")
    form = {"action": "rotate", "_selected_action": [str(key.pk)]}
    outsider.post(list_page("facepass_apikey"), form)
    key.refresh_from_db()
    assert key.replaced_by is None
    page = member.post(list_page("facepass_apikey"), form, follow=True).content.decode()
    (token,) = set(re.findall(r"fp_[0-9a-f]{8}_[\w-]{43}", page))
    key.refresh_from_db()
    assert key.replaced_by == ApiKey.objects.authenticate(token)
    assert "already rotated" in member.post(list_page("facepass_apikey"), form, follow=True).content.decode()


def test_an_outsiders_revocation_does_nothing(world, outsider):
    key = world.rows["facepass_apikey"]
    form = {"action": "revoke", "_selected_action": [str(key.pk)], "confirmed": "yes"}
    outsider.post(list_page("facepass_apikey"), form)
    key.refresh_from_db()
    assert key.revoked_at is None


def test_only_superusers_add_members(world, member, superuser):
    page = change_page("facepass_studio", world.studio)
    assert "memberships-TOTAL_FORMS" not in member.get(page).content.decode()
    assert "memberships-TOTAL_FORMS" in superuser.get(page).content.decode()


def test_a_new_user_may_sign_in(superuser):
    form = {
        "username": "new", "usable_password": "true", "password1": "correct horse!", "password2": "correct horse!",
        "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert superuser.post(reverse("admin:facepass_user_add"), form).status_code == 302
    assert User.objects.get(username="new").is_staff


def test_the_first_page_counts_and_names_the_model(world, member, fake_engine):
    page = member.get("/admin/").content.decode()
    assert "squares" in page
    cards = {card.title: card.number for card in member.get("/admin/").context["cards"]}
    assert cards == {
        "Names to confirm": 1, "Groups without a name": 0, "Photos that failed": 1, "Waiting for analysis": 0,
        "Photos": 2, "People": 1, "Events open to guests": 1,
    }  # fmt: skip


def test_the_first_page_of_a_stranger_counts_nothing(world, outsider, fake_engine):
    context = outsider.get("/admin/").context
    assert {card.number for card in context["cards"]} == {0}
    assert context["sessions"] == context["running"] == []
    assert all(bar.height == 0 for plot in context["plots"] for bar in plot.bars)


def test_what_runs_shows_and_is_asked_again(world, member, outsider):
    gallery = world.rows["galleries_gallery"]
    PhotoFactory(gallery=gallery, stored=False, seed=77)
    runner.start_job("rebuild_index", studio=world.studio)
    page = member.get(reverse("admin:now")).content.decode()
    assert "2 of 3" in page
    assert "Rebuilding the index" in page
    assert reverse("admin:galleries_gallery_photos", args=[gallery.pk]) in page
    assert gallery.title not in outsider.get(reverse("admin:now")).content.decode()
    assert Client().get(reverse("admin:now")).status_code == 302


def test_the_first_page_plots_searches_and_how_many_found_something(world, member, fake_engine):
    for photos in (3, 0, 1, 2):
        events.emit(EventType.GUEST_SEARCH_COMPLETED, studio_id=world.studio.pk, data={"photos": photos})
    searches = member.get("/admin/").context["plots"][1]
    assert searches.total == "Searches in 30 days: 4; with photos found: 75 %"
    assert (searches.bars[-1].height, searches.bars[-1].inner) == (100, 75)


def test_the_first_page_asks_no_more_queries_with_more_rows(world, member, fake_engine, django_assert_max_num_queries):
    for seed in range(5):
        PhotoFactory(gallery=world.rows["galleries_gallery"], stored=False, seed=seed)
        SessionFactory(studio=world.studio)
    with django_assert_max_num_queries(24):
        member.get("/admin/")


def test_only_who_runs_the_machine_sees_its_disk(world, member, superuser, fake_engine):
    assert "Free on the disk" not in member.get("/admin/").content.decode()
    assert "Free on the disk" in superuser.get("/admin/").content.decode()


def test_the_looser_policy_ends_with_the_admin(superuser):
    assert "'unsafe-eval'" in superuser.get("/admin/")["Content-Security-Policy"]
    assert "unsafe" not in superuser.get("/")["Content-Security-Policy"]


def test_deleting_a_gallery_asks_with_counts(world, member):
    gallery = world.rows["galleries_gallery"]
    page = reverse("admin:galleries_gallery_delete", args=[gallery.pk])
    asked = member.get(page)
    counts = {count.title: count.number for count in asked.context["deleted_objects"].goes}
    assert counts == {"Galleries": "1", "Photos": "2", "Faces": "2"}
    assert member.post(page, {"post": "yes"}).status_code == 302
    assert not type(gallery).objects.filter(pk=gallery.pk).exists()
