"""The console's menu, the tables behind it, and what stands before the content of a page."""

import re

import pytest
from django.urls import reverse

from facepass.testing.factories import UserFactory
from facepass.tests.console.test_admin import FOR_SUPERUSERS, LISTS, client_for, member_of, new_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return new_world()


@pytest.fixture
def member(world):
    return member_of(world.studio)


@pytest.fixture
def superuser(db):
    return client_for(UserFactory(is_superuser=True))


def menu(client, page="admin:index"):
    """The entries of the menu, by their titles; whether each is the current one."""
    context = client.get(reverse(page)).context
    return {str(item["title"]): item["active"] for group in context["sidebar_navigation"] for item in group["items"]}


def test_the_menu_has_a_dozen_entries_at_most_also_for_a_superuser(world, superuser, fake_engine):
    assert 5 < len(menu(superuser)) <= 12


def test_every_table_is_behind_advanced(world, member, superuser):
    for client, names in ((member, LISTS), (superuser, [*LISTS, *FOR_SUPERUSERS])):
        pages = client.get(reverse("admin:advanced")).content.decode()
        in_menu = [str(item["link"]) for group in client.get(reverse("admin:advanced")).context["sidebar_navigation"]
                   for item in group["items"]]  # fmt: skip
        for name in set(names) - {"django_q_schedule"}:
            address = reverse(f"admin:{name}_changelist")
            assert f'href="{address}"' in pages or address in in_menu, name
    assert reverse("admin:facepass_user_changelist") not in member.get(reverse("admin:advanced")).content.decode()


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("admin:index", "Overview"),
        ("admin:advanced", "Advanced"),
        ("admin:galleries_photoface_changelist", "Advanced"),
        ("admin:galleries_photoface_verify", "Confirm names"),
        ("admin:galleries_facecluster_occasions", "Name faces"),
        ("admin:sessions_app_photosession_changelist", "Events"),
    ],
)
def test_one_entry_of_the_menu_is_the_current_one(page, title, world, member, fake_engine):
    assert [entry for entry, is_current in menu(member, page).items() if is_current] == [title]


def test_the_language_is_chosen_before_one_signs_in(client, db):
    page = client.get(reverse("admin:login")).content.decode()
    assert re.findall(r'name="language" value="(\w+)"', page) == ["en", "ru"]
    chosen = client.post(reverse("set-language"), {"language": "ru", "next": reverse("admin:login")}, follow=True)
    assert "Войти" in chosen.content.decode()


def test_the_first_stop_of_the_keyboard_leads_to_the_content(world, member):
    page = member.get(reverse("admin:advanced")).content.decode()
    body = page.partition("<body")[2]
    assert re.findall(r"<(?:a|button|input)\b[^>]*>", body)[0] == '<a class="fp-skip" href="#content">'
    assert 'id="content" tabindex="-1"' in body
