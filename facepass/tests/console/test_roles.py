"""Every list, form and deletion of the admin, asked by every role: who sees it, and whether the menu offers it."""

import pytest
from django.contrib import admin
from django.urls import reverse

from facepass.models import EDITORS, MANAGERS, VERIFIERS, Role
from facepass.testing.factories import UserFactory
from facepass.tests.console.test_admin import LISTS, change_page, client_for, list_page, member_of, new_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "fake_engine")]
EVERYBODY, NOBODY = frozenset(Role), frozenset()
# Who opens the list and a row of it, and who may delete the row.
WHO = {
    "facepass_studio": (MANAGERS, NOBODY),
    "facepass_apikey": (MANAGERS, MANAGERS),
    "facepass_auditentry": (frozenset({Role.OWNER}), NOBODY),
    "galleries_gallery": (EVERYBODY, EDITORS),
    "galleries_galleryimage": (EVERYBODY, EDITORS),
    "galleries_photoface": (EVERYBODY, VERIFIERS),
    "galleries_person": (EVERYBODY, MANAGERS),
    "galleries_facecluster": (EVERYBODY, NOBODY),
    "sessions_app_photosession": (EVERYBODY, MANAGERS),
    "sessions_app_sessionday": (EVERYBODY, NOBODY),
    "sessions_app_webhookendpoint": (MANAGERS, MANAGERS),
    "sessions_app_webhookdelivery": (MANAGERS, MANAGERS),
    "training_facetrainingsession": (EVERYBODY, NOBODY),
}
OTHERS = {"recognition_modelversion", "recognition_recognitionconfig"}  # of the installation


@pytest.fixture
def world():
    return new_world()


def test_every_list_of_tenants_is_walked():
    assert LISTS.keys() - OTHERS == WHO.keys()


@pytest.mark.parametrize("role", Role)
def test_lists_rows_and_deletions_open_for_the_roles_that_may(world, role):
    client = member_of(world.studio, role)
    for name, (seers, deleters) in WHO.items():
        row = world.rows[name]
        opens = 200 if role in seers else 403
        assert client.get(list_page(name)).status_code == opens, name
        assert client.get(change_page(name, row)).status_code == opens, name
        answer = client.get(reverse(f"admin:{name}_delete", args=[row.pk]))
        assert answer.status_code == (200 if role in deleters else 403), name
        if role not in deleters:
            client.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"})
            form = {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"}
            client.post(list_page(name), form)
            assert type(row).objects.filter(pk=row.pk).exists(), name


@pytest.mark.parametrize("role", Role)
def test_each_entry_of_the_menu_and_each_table_of_the_advanced_page_opens(world, role):
    client = member_of(world.studio, role)
    menu = client.get(reverse("admin:index")).context["sidebar_navigation"]
    links = [str(item["link"]) for group in menu for item in group["items"]]
    tables = [table.path for _title, some in client.get(reverse("admin:advanced")).context["groups"] for table in some]
    opened = {path: client.get(path) for path in (*links, *tables)}
    assert {path: page.status_code for path, page in opened.items() if page.status_code != 200} == {}
    # Without it the menus and dialogs of unfold stand open on top of the page.
    assert [path for path, page in opened.items() if "'unsafe-eval'" not in page["Content-Security-Policy"]] == []
    assert ("/admin/facepass/trashentry/" in links) == (role in EDITORS)
    assert ("/admin/facepass/apikey/" in tables) == (role in MANAGERS)


@pytest.mark.parametrize("role", Role)
def test_every_list_of_the_admin_answers_every_role_without_an_error(world, role):
    client = member_of(world.studio, role)
    for model in admin.site._registry:
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert client.get(path).status_code in (200, 302, 403), path


def test_a_verifier_is_still_offered_the_studios_in_a_form_and_nothing_else_of_them(world):
    client = member_of(world.studio, Role.VERIFIER)
    asked = {"app_label": "galleries", "model_name": "person", "field_name": "studio"}
    offered = client.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert [choice["id"] for choice in offered] == [str(world.studio.pk)]


def test_a_refusal_stays_within_the_console(world):
    page = member_of(world.studio, Role.VERIFIER).get(list_page("facepass_apikey"))
    assert page.status_code == 403
    body = page.content.decode()
    assert "Your role does not allow this." in body
    assert reverse("admin:galleries_gallery_changelist") in body, "the menu"


def test_who_has_no_studio_is_refused_within_the_console_too(db):
    page = client_for(UserFactory()).get(list_page("galleries_gallery"))
    assert (page.status_code, "Your role does not allow this." in page.content.decode()) == (403, True)
