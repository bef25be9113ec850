"""The event of a gallery: chosen from a list, shown by its name, and never another studio's."""

import uuid

import pytest
from django.urls import reverse

from facepass.models import Role
from facepass.testing.factories import GalleryFactory, SessionFactory, StudioFactory, UserFactory
from facepass.testing.pages.staff import member

pytestmark = pytest.mark.django_db

ADD = "/admin/galleries/gallery/add/"


@pytest.fixture
def event(studio):
    return SessionFactory(studio=studio, name="Summer wedding")


@pytest.fixture
def foreign():
    return SessionFactory(name="Somebody else's")


def change_page(gallery):
    return reverse("admin:galleries_gallery_change", args=[gallery.pk])


def save(client, gallery, **fields):
    return client.post(change_page(gallery), {"title": gallery.title, **fields})


def test_the_form_offers_the_studios_events_by_name(staff, event, foreign):
    page = staff.get(ADD).content.decode()
    assert f'<option value="{event.pk}">Summer wedding · ' in page
    assert foreign.name not in page
    assert str(foreign.pk) not in page


def test_a_gallery_is_put_into_an_event_and_taken_out_of_it(staff, gallery, event):
    save(staff, gallery, session_id=event.pk)
    gallery.refresh_from_db()
    assert gallery.session_id == event.pk
    save(staff, gallery, session_id="")
    gallery.refresh_from_db()
    assert gallery.session_id is None


@pytest.mark.parametrize("chosen", ["foreign", "unknown", "no id"])
def test_what_is_no_event_of_the_studio_is_refused(chosen, staff, gallery, foreign):
    value = {"foreign": foreign.pk, "unknown": uuid.uuid4(), "no id": "x"}[chosen]
    answer = save(staff, gallery, session_id=value)
    assert answer.context["adminform"].form.errors["session_id"]
    gallery.refresh_from_db()
    assert gallery.session_id is None


def test_a_superuser_can_not_cross_studios(client, gallery, event, foreign):
    client.force_login(UserFactory(is_superuser=True))
    page = client.get(change_page(gallery)).content.decode()
    assert f'<optgroup label="{foreign.studio.name}">' in page
    errors = save(client, gallery, session_id=foreign.pk).context["adminform"].form.errors
    assert errors == {"session_id": ["This event is another studio's."]}
    assert save(client, gallery, session_id=event.pk).status_code == 302


def test_an_id_that_the_gallery_has_already_is_kept(staff, studio):
    """Of a session in Pixora that was not mirrored yet, or was deleted there."""
    gallery = GalleryFactory(studio=studio, session_id=uuid.uuid4())
    save(staff, gallery, title="New title", session_id=gallery.session_id)
    former = gallery.session_id
    gallery.refresh_from_db()
    assert (gallery.title, gallery.session_id) == ("New title", former)


def test_from_an_event_the_form_has_it_chosen_with_its_studio(client, event):
    client.force_login(UserFactory(is_superuser=True))
    form = client.get(f"{ADD}?session_id={event.pk}").context["adminform"].form
    assert (form["session_id"].value(), form["studio"].value()) == (str(event.pk), str(event.studio_id))
    assert client.get(f"{ADD}?session_id=none").status_code == 200


def test_an_event_of_strangers_in_the_address_is_not_offered(staff, foreign):
    assert foreign.name not in staff.get(f"{ADD}?session_id={foreign.pk}").content.decode()


def test_the_list_names_the_events(staff, studio, event):
    for number in range(3):
        GalleryFactory(studio=studio, title=f"Part {number}", session_id=event.pk)
    page = staff.get(reverse("admin:galleries_gallery_changelist")).content.decode()
    assert page.count(">Summer wedding</a>") == 3


def test_who_may_only_look_reads_the_events_name(studio, event):
    gallery = GalleryFactory(studio=studio, session_id=event.pk)
    page = member(studio, Role.VIEWER).get(change_page(gallery)).content.decode()
    assert "Summer wedding" in page
    assert "<select" not in page.partition('id="gallery_form"')[2]


def test_a_foreign_event_in_the_row_shows_no_name(staff, studio, foreign):
    GalleryFactory(studio=studio, session_id=foreign.pk)
    assert foreign.name not in staff.get(reverse("admin:galleries_gallery_changelist")).content.decode()


def test_the_guest_link_of_a_new_session_is_the_one_that_will_exist(staff, studio):
    page = staff.get("/admin/sessions_app/photosession/add/")
    code = page.context["adminform"].form["code"].value()
    assert f"/s/{code}/" in page.content.decode()


def test_another_studio_of_ones_own_is_another_studio(studio, user, gallery):
    """A member of two studios is offered the events of both; a gallery stays in its own."""
    other = StudioFactory()
    user.memberships.create(studio=other, role=Role.OWNER)
    theirs = SessionFactory(studio=other)
    client = member(studio)
    client.force_login(user)
    assert save(client, gallery, session_id=theirs.pk).context["adminform"].form.errors["session_id"]
