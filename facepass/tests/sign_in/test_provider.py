"""Signing in by OpenID Connect, at a real provider that listens on this machine."""

import re
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client
from django.urls import reverse
from oidc_provider_mock import run_server_in_thread
from rest_framework.test import APIClient

from facepass.core.access.openid import provider as exchange
from facepass.models import Membership, ProviderIdentity, Role, SignIn, SignInMethod, User
from facepass.testing.factories import PASSWORD, MembershipFactory, StudioFactory, UserFactory
from facepass.testing.stand_ins.second_factors import give_app
from facepass.tests.sign_in.test_authenticator_app import LOGIN, SECOND, is_signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

START, ANSWER = reverse("admin:login_provider"), reverse("admin:login_provider_answer")


@contextmanager
def running_provider():
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def issuer():
    with running_provider() as address:
        yield address


@pytest.fixture
def configured(issuer, settings):
    def configure(**more):
        values = {"oidc_issuer": issuer, "oidc_client_id": "facepass", "oidc_client_secret": "secret", **more}
        settings.ENV = settings.ENV.model_copy(update=values)

    settings.PUBLIC_URL = "http://testserver"
    configure()
    return configure


def tell_provider(issuer, subject, **claims):
    """Have the provider know somebody."""
    answer = httpx.put(f"{issuer}/users/{subject}", json=claims)
    assert answer.status_code == 204, answer.text


def authorise(address, subject):
    """Sign in at the provider. Return where it sends the browser."""
    answer = httpx.post(address, data={"sub": subject})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def sign_in(client, subject, **start):
    to_provider = client.get(START, start)
    back = urlsplit(authorise(to_provider["Location"], subject))
    return client.get(f"{back.path}?{back.query}")


def roles_of(user):
    return {row.studio.slug: row.role for row in Membership.objects.filter(user=user).select_related("studio")}


def test_the_login_page_leads_to_the_provider_with_pkce_state_and_nonce(client, configured, issuer):
    configured(oidc_name="Example Ltd")
    page = client.get(f"{LOGIN}?next={reverse('admin:account')}").content.decode()
    assert "Example Ltd" in page
    (path,) = re.findall(rf'href="({START}[^"]*)"', page)
    address = urlsplit(client.get(path.replace("&amp;", "&"))["Location"])
    asked = parse_qs(address.query)
    assert f"http://{address.netloc}" == issuer
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"http://testserver{ANSWER}"]
    assert all(len(asked[name][0]) >= 20 for name in ("code_challenge", "state", "nonce"))
    assert "openid" in asked["scope"][0].split()


def test_a_member_is_known_by_a_verified_address_and_later_by_who_they_are(client, configured, issuer):
    anna = MembershipFactory(user__email="Anna@example.com").user
    tell_provider(issuer, "anna-1", email="anna@example.com", email_verified=True)
    assert sign_in(client, "anna-1", next=reverse("admin:account")).url == reverse("admin:account")
    assert is_signed_in(client)
    assert SignIn.objects.get().method == SignInMethod.PROVIDER
    identity = ProviderIdentity.objects.get()
    assert (identity.user, identity.issuer, identity.subject) == (anna, issuer, "anna-1")
    User.objects.filter(pk=anna.pk).update(email="married@example.com")
    again = Client()
    sign_in(again, "anna-1")
    assert is_signed_in(again)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"email": "anna@example.com"},
        {"email": "anna@example.com", "email_verified": False},
        {"email": "anna@example.com", "email_verified": "true"},
        {"email": "other@example.com", "email_verified": True},
    ],
)
def test_nobody_gets_an_account_by_an_address_that_was_not_verified(client, configured, issuer, claims):
    MembershipFactory(user__email="anna@example.com")
    tell_provider(issuer, "stranger", **claims)
    assert sign_in(client, "stranger").url == LOGIN
    assert "You have no account here" in client.get(LOGIN).content.decode()
    assert not is_signed_in(client)
    assert (User.objects.count(), ProviderIdentity.objects.count()) == (1, 0)


def test_two_accounts_of_one_address_are_not_guessed_between(client, configured, issuer):
    for _user in range(2):
        UserFactory(email="both@example.com")
    tell_provider(issuer, "both", email="both@example.com", email_verified=True)
    sign_in(client, "both")
    assert not is_signed_in(client)


def test_a_deactivated_account_stays_out(client, configured, issuer):
    user = UserFactory(is_active=False)
    ProviderIdentity.objects.create(user=user, issuer=issuer, subject="gone")
    tell_provider(issuer, "gone")
    sign_in(client, "gone")
    assert not is_signed_in(client)


def test_roles_come_from_claims_at_each_sign_in(client, configured, issuer):
    north, south = StudioFactory(slug="north"), StudioFactory(slug="south")
    configured(oidc_roles_claim="facepass.roles", oidc_studio_claim="studio")
    claims = {"preferred_username": "carla", "email": "carla@example.com", "given_name": "Carla"}
    roles = ["viewer", "manager", "south:photographer", "editor", "nowhere:owner", 7]
    tell_provider(issuer, "carla", **claims, facepass={"roles": roles}, studio="north")
    sign_in(client, "carla")
    carla = User.objects.get(username="carla")
    assert roles_of(carla) == {north.slug: Role.MANAGER, south.slug: Role.PHOTOGRAPHER}
    assert (carla.is_superuser, carla.is_staff, carla.has_usable_password()) == (False, True, False)
    tell_provider(issuer, "carla", **claims, facepass={"roles": ["south:viewer"]})
    sign_in(Client(), "carla")
    assert roles_of(carla) == {south.slug: Role.VIEWER}
    tell_provider(issuer, "carla", **claims, facepass={"roles": "superuser"})
    sign_in(Client(), "carla")
    assert User.objects.get(pk=carla.pk).is_superuser
    tell_provider(issuer, "carla", **claims)
    late = Client()
    sign_in(late, "carla")
    assert not is_signed_in(late)
    assert (roles_of(carla), User.objects.get(pk=carla.pk).is_superuser) == ({}, False)


def test_a_role_without_a_studio_is_for_the_only_one(client, configured, issuer):
    configured(oidc_roles_claim="groups")
    studio = StudioFactory()
    tell_provider(issuer, "dora", groups=["owner"])
    sign_in(client, "dora")
    assert roles_of(User.objects.get(username="dora")) == {studio.slug: Role.OWNER}
    StudioFactory()
    tell_provider(issuer, "emil", groups=["owner"])
    sign_in(Client(), "emil")
    assert roles_of(User.objects.get(username="emil")) == {}


def test_a_name_that_is_taken_is_given_to_nobody_else(client, configured, issuer):
    configured(oidc_roles_claim="groups")
    StudioFactory()
    UserFactory(username="admin", is_superuser=True)
    tell_provider(issuer, "fred", preferred_username="admin", groups=["viewer"])
    sign_in(client, "fred")
    assert ProviderIdentity.objects.get().user.username == "admin-2"


def test_an_answer_to_a_question_of_another_browser_is_refused(client, configured, issuer):
    tell_provider(issuer, "anna-2")
    victim = Client()
    back = urlsplit(authorise(client.get(START)["Location"], "anna-2"))
    assert victim.get(f"{back.path}?{back.query}").url == LOGIN
    assert "Signing in did not work" in victim.get(LOGIN).content.decode()


def test_an_answer_is_taken_once(client, configured, issuer):
    ProviderIdentity.objects.create(user=UserFactory(), issuer=issuer, subject="once")
    tell_provider(issuer, "once")
    back = urlsplit(authorise(client.get(START)["Location"], "once"))
    assert client.get(f"{back.path}?{back.query}").url == reverse("admin:index")
    client.logout()
    assert client.get(f"{back.path}?{back.query}").url == LOGIN


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=y", "?error=access_denied&state=y"])
def test_what_no_provider_sent_is_refused(client, configured, query):
    assert client.get(ANSWER + query).url == LOGIN
    assert not is_signed_in(client)


def test_a_token_of_another_issuer_or_for_another_question_is_refused(client, configured, issuer, monkeypatch):
    tell_provider(issuer, "anna-3")
    options = exchange._claims_options()
    monkeypatch.setattr(exchange, "_claims_options", lambda: {**options, "iss": {"value": "https://other.example"}})
    assert sign_in(client, "anna-3").url == LOGIN
    monkeypatch.undo()


def test_a_changed_nonce_is_refused(client, configured, issuer):
    tell_provider(issuer, "anna-4")
    back = urlsplit(authorise(client.get(START)["Location"], "anna-4"))
    session = client.session
    (key,) = [key for key in sorted(session.keys()) if key.startswith("_state_provider_")]
    session[key] = {**session[key], "data": {**session[key]["data"], "nonce": "another"}}
    session.save()
    assert client.get(f"{back.path}?{back.query}").url == LOGIN


def test_a_provider_that_is_away_is_said_so(client, configured):
    configured(oidc_issuer="http://localhost:9")
    assert client.get(START).url == LOGIN
    assert "does not answer" in client.get(LOGIN).content.decode()


def test_a_member_s_own_second_factor_is_asked_for_where_the_provider_asked_for_none(client, configured, issuer):
    user = UserFactory()
    ProviderIdentity.objects.create(user=user, issuer=issuer, subject="careful")
    app = give_app(user)
    tell_provider(issuer, "careful")
    assert sign_in(client, "careful").url == SECOND
    client.post(SECOND, {"code": app.code()})
    assert is_signed_in(client)
    assert SignIn.objects.get().method == SignInMethod.PROVIDER


def test_without_passwords_the_provider_is_the_only_way_in(client, configured, settings):
    settings.PASSWORD_LOGIN, settings.EMAIL_HOST = False, "mail.example.com"
    MembershipFactory(user__username="anna")
    page = client.get(LOGIN).content.decode()
    assert 'type="password"' not in page
    assert "passkeys.js" not in page
    assert START in page
    body = {"username": "anna", "password": PASSWORD}
    assert client.post(LOGIN, body).status_code == 404
    assert client.get(reverse("admin:password_reset")).status_code == 404
    refused = APIClient().post("/api/v1/auth/token", body, format="json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "password_login_off")


def test_without_a_provider_its_addresses_are_none(client, settings):
    assert settings.ENV.oidc_issuer == ""
    assert [client.get(path).status_code for path in (START, ANSWER)] == [404, 404]
    assert START not in client.get(LOGIN).content.decode()
