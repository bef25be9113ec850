"""REQUIRE_TWO_FACTOR: whoever must have a second factor sets it up before anything else, at every door."""

from contextlib import suppress

import pytest
from channels.db import database_sync_to_async
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from rest_framework.test import APIClient

from facepass.core.requests.sign_in_gate import OPEN
from facepass.env_values import ROLES
from facepass.models import Role, TotpSecret
from facepass.testing.factories import GalleryFactory, MembershipFactory, UserFactory
from facepass.testing.pages.sockets import Socket, closed, session_of_member
from facepass.testing.stand_ins.second_factors import give_app
from facepass.testing.waiting import PATIENCE_SECONDS
from facepass.tests.sign_in.test_authenticator_app import ACCOUNT, LOGIN, SECOND, add_app, ask_token, enter_password

pytestmark = [pytest.mark.usefixtures("english")]


@pytest.fixture
def anna(db):
    return MembershipFactory(user__username="anna", role=Role.MANAGER).user


@pytest.fixture
def required(settings):
    settings.REQUIRE_TWO_FACTOR = frozenset({"all"})


def list_admin_addresses():
    """Every address of the admin that takes no parameter, by its name."""
    admin = next(one for one in get_resolver().url_patterns if getattr(one, "namespace", "") == "admin")
    for name in (name for name in admin.reverse_dict if isinstance(name, str)):
        with suppress(NoReverseMatch):
            yield name, reverse(f"admin:{name}")


def test_the_setting_knows_the_roles_of_studios():
    assert {role.value for role in Role} == ROLES


def test_every_page_leads_to_the_one_to_set_it_up_until_that_is_done(client, anna, required):
    assert enter_password(client).url == reverse("admin:index")
    others = [(name, path) for name, path in list_admin_addresses() if name not in OPEN]
    assert len(others) > 40
    for name, path in others:
        if not name.startswith("login"):
            answer = client.get(path)
            assert (answer.status_code, answer.get("Location")) == (302, ACCOUNT), name
            assert client.post(path, {}).status_code in (302, 403), name
    page = client.get(ACCOUNT).content.decode()
    assert "You need a second factor before you can go on" in page
    add_app(client)
    assert client.get(reverse("admin:index")).status_code == 200
    assert client.get("/api/v1/galleries/").status_code == 200


def test_the_api_tells_why_it_answers_neither_the_session_nor_the_password(client, anna, required):
    enter_password(client)
    refused = client.get("/api/v1/galleries/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "second_factor_required")
    assert ask_token().json()["error"]["code"] == "second_factor_required"


def test_tokens_of_before_the_rule_work_no_more(anna, settings):
    tokens = ask_token().json()
    settings.REQUIRE_TWO_FACTOR = frozenset({"all"})
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    assert client.get("/api/v1/galleries/").json()["error"]["code"] == "second_factor_required"


def test_sign_ins_of_before_the_rule_are_held_back_as_well(client, anna, settings):
    enter_password(client)
    assert client.get(reverse("admin:index")).status_code == 200
    settings.REQUIRE_TWO_FACTOR = frozenset({"manager"})
    assert client.get(reverse("admin:index")).url == ACCOUNT


@pytest.mark.parametrize(
    ("wanted", "role", "is_held_back"),
    [({"owner", "manager"}, Role.MANAGER, True), ({"owner"}, Role.MANAGER, False), (set(), Role.OWNER, False),
     ({"viewer"}, Role.VIEWER, True), ({"owner"}, None, True)],
)  # fmt: skip
def test_it_is_asked_of_the_roles_that_are_named_and_of_superusers(db, settings, wanted, role, is_held_back):
    settings.REQUIRE_TWO_FACTOR = frozenset(wanted)
    user = MembershipFactory(role=role).user if role else UserFactory(is_superuser=True)
    client = Client()
    client.force_login(user)
    assert (client.get(reverse("admin:index")).status_code == 302) is is_held_back


def test_whoever_has_one_comes_in_with_it_and_cannot_remove_the_last(client, anna, required):
    app = give_app(anna)
    enter_password(client)
    assert client.post(SECOND, {"code": app.code()}).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200
    refused = client.post(reverse("admin:account_app_remove"), follow=True)
    assert "Add another one before you remove this one" in refused.content.decode()
    assert TotpSecret.objects.exists()


def test_guests_pages_take_no_notice(client, anna, required):
    enter_password(client)
    assert client.get("/").status_code == 200
    assert client.get(LOGIN).status_code == 302
    assert client.post(reverse("admin:logout")).status_code in (200, 302)


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_a_websocket_shows_nothing_to_who_is_held_back(settings):
    gallery = await database_sync_to_async(GalleryFactory)()
    session = await session_of_member(gallery.studio)
    settings.REQUIRE_TWO_FACTOR = frozenset({"all"})
    socket = Socket(f"/ws/galleries/{gallery.pk}/progress/", session=session)
    await socket.connect()
    assert (await socket.receive_output(PATIENCE_SECONDS))["type"] == "websocket.close"
    await closed(socket)
