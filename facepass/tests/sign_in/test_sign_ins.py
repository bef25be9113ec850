"""Where a member is signed in, and signing out there: of one, of all others, by a new password."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from facepass.core.access.sign_in import sign_ins
from facepass.models import SignIn, SignInMethod
from facepass.testing.factories import PASSWORD, MembershipFactory, UserFactory
from facepass.testing.stand_ins.second_factors import give_app
from facepass.tests.sign_in.test_authenticator_app import ACCOUNT, SECOND, ask_token, enter_password, is_signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E Safari/604.1"


@pytest.fixture
def anna():
    return MembershipFactory(user__username="anna").user


def browser(agent=FIREFOX, address="203.0.113.77"):
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    enter_password(client)
    return client


def end_others(client):
    return client.post(reverse("admin:account_sign_ins_end_others"), follow=True)


def test_the_page_names_browser_network_and_time_and_which_one_is_this(anna):
    here, _phone = browser(), browser(IPHONE, "2001:db8:1:2::3")
    page = here.get(ACCOUNT).content.decode()
    assert "Firefox, Windows · this one" in page
    assert "Safari, iOS" in page
    assert "203.0.113.0/24, password" in page
    assert "2001:db8:1::/48" in page
    assert "203.0.113.77" not in page
    assert set(SignIn.objects.values_list("address", flat=True)) == {"203.0.113.0/24", "2001:db8:1::/48"}


def test_one_is_signed_out_and_the_others_stay(anna):
    here, phone, other = browser(), browser(IPHONE), browser()
    row = SignIn.objects.get(browser="Safari, iOS")
    assert here.post(reverse("admin:account_sign_in_end", args=[row.pk])).url == ACCOUNT
    assert [is_signed_in(one) for one in (here, phone, other)] == [True, False, True]


def test_one_s_own_is_signed_out_from_the_list_too(anna):
    here = browser()
    answer = here.post(reverse("admin:account_sign_in_end", args=[SignIn.objects.get().pk]))
    assert answer.url == reverse("admin:login")
    assert not is_signed_in(here)
    assert not SignIn.objects.exists()


def test_all_others_are_signed_out_with_the_tokens_of_the_api(anna):
    here, phone = browser(), browser(IPHONE)
    tokens = ask_token().json()
    assert "Signed out everywhere else" in end_others(here).content.decode()
    assert (is_signed_in(here), is_signed_in(phone)) == (True, False)
    with_token = APIClient(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    assert with_token.get("/api/v1/galleries/").status_code == 401
    assert APIClient().post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]}).status_code == 401
    assert SignIn.objects.count() == 1
    assert "access" in ask_token().json()


def test_nobody_signs_somebody_else_out(anna):
    here = browser()
    stranger = Client()
    stranger.force_login(UserFactory())
    path = reverse("admin:account_sign_in_end", args=[SignIn.objects.get(user=anna).pk])
    assert stranger.post(path).status_code == 404
    assert Client().post(path).status_code == 302
    end_others(stranger)
    assert is_signed_in(here)


def change_own_password(client):
    body = {"old_password": PASSWORD, "new_password1": "a much better horse", "new_password2": "a much better horse"}
    return client.post(reverse("admin:password_change"), body)


def test_a_new_password_ends_all_but_the_browser_in_which_it_was_chosen(anna):
    here, phone = browser(), browser(IPHONE)
    tokens = ask_token().json()
    assert change_own_password(here).status_code == 302
    assert (is_signed_in(here), is_signed_in(phone)) == (True, False)
    assert [row.browser for row in SignIn.objects.all()] == ["Firefox, Windows"]
    assert APIClient().post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]}).status_code == 401


def test_a_new_password_that_somebody_else_sets_ends_all(anna, admin_client):
    here = browser()
    anna.set_password("a much better horse")
    anna.save()
    assert not SignIn.objects.filter(user=anna).exists()
    assert not is_signed_in(here)


def test_a_hash_that_is_only_renewed_ends_nothing(anna, settings):
    here = browser()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)
    assert SignIn.objects.filter(user=anna).count() == 1
    assert here is not None


def test_a_session_of_before_there_was_a_list_gets_its_place_in_it(anna):
    here = browser()
    SignIn.objects.all().delete()
    session = here.session
    del session[sign_ins.MARK]
    session.save()
    assert is_signed_in(here)
    assert SignIn.objects.get().browser == "Firefox, Windows"


def test_it_is_seen_again_after_some_minutes_and_not_written_each_time(anna, monkeypatch, django_assert_num_queries):
    here = browser()
    is_signed_in(here)
    (row,) = SignIn.objects.all()
    is_signed_in(here)
    assert SignIn.objects.get().last_seen_at == row.last_seen_at
    later = timezone.now() + 2 * sign_ins.SEEN_PRECISION
    monkeypatch.setattr(sign_ins.timezone, "now", lambda: later)
    is_signed_in(here)
    assert SignIn.objects.get().last_seen_at == later
    assert SignIn.objects.get().created_at == row.created_at


def test_the_list_says_how_one_came_in(anna):
    app = give_app(anna)
    here = browser()
    here.post(SECOND, {"code": app.code()})
    assert SignIn.objects.get().method == SignInMethod.PASSWORD_AND_CODE
    assert "password and code" in here.get(ACCOUNT).content.decode()


def test_rows_go_with_their_sessions(anna):
    here, _phone = browser(), browser(IPHONE)
    here.post(reverse("admin:logout"))
    assert SignIn.objects.count() == 1
    Session.objects.update(expire_date=timezone.now())
    sign_ins.delete_over()
    assert (SignIn.objects.count(), Session.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.200", "192.0.2.0/24"), ("2001:db8::/64", "2001:db8::/48"), ("unknown", ""), ("", "")],
)
def test_addresses_are_shortened_to_networks(address, network):
    assert sign_ins.shorten_address(address) == network


@pytest.mark.parametrize("agent", ["", "curl/8.0", "\0", "x" * 5000])
def test_a_program_that_names_no_browser_is_listed_too(anna, agent):
    here = browser(agent)
    assert "A program" in here.get(ACCOUNT).content.decode()
