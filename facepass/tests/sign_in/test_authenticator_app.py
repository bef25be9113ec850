"""Codes of an app and recovery codes: set up, asked for at every door, spent by use, few tries."""

import re
from base64 import b32decode

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from rest_framework.test import APIClient

from facepass.core.access.sign_in import pending, recovery_codes, sign_ins, totp
from facepass.models import RecoveryCode, TotpSecret
from facepass.testing.factories import PASSWORD, MembershipFactory, UserFactory
from facepass.testing.stand_ins.second_factors import App, give_app

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

LOGIN, SECOND, ACCOUNT, APP = (
    reverse(f"admin:{name}") for name in ("login", "login_second_step", "account", "account_app")
)


@pytest.fixture
def anna():
    return MembershipFactory(user__username="anna").user


def enter_password(client, path=LOGIN, password=PASSWORD):
    return client.post(path, {"username": "anna", "password": password})


def is_signed_in(client):
    return client.get(ACCOUNT).status_code == 200


def ask_token(**more):
    body = {"username": "anna", "password": PASSWORD, **more}
    return APIClient().post("/api/v1/auth/token", body, format="json")


def add_app(client):
    """Set an app up as a member does. Return it, and the page with recovery codes."""
    secret = re.search(r"data-secret>([A-Z2-7 ]+)<", client.get(APP).content.decode())[1]
    app = App(b32decode(secret.replace(" ", "")))
    return app, client.post(APP, {"code": app.code()}, follow=True)


def read_codes(page):
    return re.findall(r"<code>([a-z2-7-]{19})</code>", page.content.decode())


def test_an_app_is_added_by_its_code_and_asked_for_from_then_on(client, anna):
    enter_password(client)
    assert "data:image/svg+xml" in client.get(APP).content.decode()
    wrong = client.post(APP, {"code": "000000"})
    assert "not the code that the app shows" in wrong.content.decode()
    assert not TotpSecret.objects.exists()
    app, added = add_app(client)
    codes = read_codes(added)
    assert len(set(codes)) == recovery_codes.NUMBER
    assert is_signed_in(client), "who adds one stays signed in here"
    assert read_codes(client.get(ACCOUNT)) == [], "shown once"
    client.post(reverse("admin:logout"))
    assert enter_password(client, f"{LOGIN}?next={APP}").url == SECOND
    assert not is_signed_in(client)
    entered = client.post(SECOND, {"code": f" {app.code(later=1)[:3]} {app.code(later=1)[3:]} "})
    assert entered.url == APP
    assert is_signed_in(client)


def test_neither_the_secret_nor_the_codes_are_stored_in_the_clear(client, anna):
    enter_password(client)
    app, page = add_app(client)
    assert app.secret not in stored_secret(anna)
    digests = "".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(code in digests or code.replace("-", "") in digests for code in read_codes(page))


def stored_secret(user):
    """What the database has of the user's secret."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM totp_secrets WHERE user_id = %s", [user.pk])
        return bytes(cursor.fetchone()[0])


def test_a_sealed_secret_is_of_no_use_in_another_account(anna):
    app, other = give_app(anna), UserFactory()
    give_app(other)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE totp_secrets SET secret = %s WHERE user_id = %s", [stored_secret(anna), other.pk])
    assert not totp.use_code(other, app.code())
    assert totp.use_code(anna, app.code())


def test_with_another_key_recovery_codes_still_let_in(anna, settings):
    app, codes = give_app(anna), recovery_codes.replace_codes(anna)
    settings.TEMPLATE_KEY = bytes(32)
    assert ask_token(otp=app.code()).json()["error"]["code"] == "second_factor_wrong"
    assert ask_token(otp=codes[0]).status_code == 200


def test_a_code_works_once_also_when_it_is_seen_and_sent_again(client, anna):
    app = give_app(anna)
    code = app.code()
    enter_password(client)
    assert client.post(SECOND, {"code": code}).url == reverse("admin:index")
    assert ask_token(otp=code).json()["error"]["code"] == "second_factor_wrong"
    assert ask_token(otp=app.code(later=-1)).status_code == 403, "nor one of before it"
    assert ask_token(otp=app.code(later=1)).status_code == 200


@pytest.mark.parametrize("later", [-3, -2, 2, 3])
def test_a_code_of_another_time_is_wrong(anna, later):
    assert not totp.use_code(anna, give_app(anna).code(later=later))


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "0" * 5000, "\0" * 6])
def test_what_is_no_code_is_refused(client, anna, code):
    give_app(anna)
    enter_password(client)
    assert client.post(SECOND, {"code": code}).status_code == 200
    assert not is_signed_in(client)


def test_a_recovery_code_lets_in_once_however_it_is_written(client, anna):
    give_app(anna)
    first, second, *_rest = recovery_codes.replace_codes(anna)
    for code, expected in ((first.upper().replace("-", " "), 302), (first, 200), (second.replace("-", ""), 302)):
        client.logout()
        enter_password(client)
        assert client.post(SECOND, {"code": code}).status_code == expected
    assert anna.recovery_codes.count() == recovery_codes.NUMBER - 2


def test_new_recovery_codes_replace_those_of_before(client, anna):
    app = give_app(anna)
    (old, *_rest) = recovery_codes.replace_codes(anna)
    enter_password(client)
    client.post(SECOND, {"code": app.code()})
    new = read_codes(client.post(reverse("admin:account_codes")))
    assert ask_token(otp=old).status_code == 403
    assert ask_token(otp=new[0]).status_code == 200


def test_the_api_gives_no_token_for_the_password_alone(anna):
    app = give_app(anna)
    refused = ask_token()
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "second_factor_required")
    assert ask_token(otp="000000").json()["error"]["code"] == "second_factor_wrong"
    assert ask_token(password="wrong", otp=app.code()).status_code == 401, "and tells nobody else of the factor"
    tokens = ask_token(otp=app.code()).json()
    assert APIClient(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}").get("/api/v1/galleries/").status_code == 200


def test_wrong_codes_are_few_at_every_door_together(client, anna, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "login": (1000, 1000), "second_factor": (0.01, 3)}
    app = give_app(anna)
    enter_password(client)
    for _try in range(2):
        client.post(SECOND, {"code": "000000"})
    assert ask_token(otp="000000").status_code == 403
    limited = ask_token(otp=app.code())
    assert (limited.status_code, limited.json()["error"]["code"]) == (429, "rate_limited")
    assert "Too many" in client.post(SECOND, {"code": app.code()}).content.decode()
    cache.clear()
    assert ask_token(otp=app.code()).status_code == 429, "kept in the database"


def test_right_codes_do_not_use_the_tries_up(anna, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "login": (1000, 1000), "second_factor": (0.01, 2)}
    give_app(anna)
    assert [ask_token(otp=code).status_code for code in recovery_codes.replace_codes(anna)[:5]] == [200] * 5


def test_the_second_step_ends_with_time_and_with_the_password(client, anna, monkeypatch):
    app = give_app(anna)
    enter_password(client)
    anna.set_password("another one")
    anna.save()
    assert client.post(SECOND, {"code": app.code()}).url == LOGIN
    enter_password(client, password="another one")
    now = pending.time.time()
    monkeypatch.setattr(pending.time, "time", lambda: now + pending.SECONDS + 1)
    assert client.get(SECOND).url == LOGIN


def test_nobody_comes_to_the_second_step_without_the_first(client, anna):
    app = give_app(anna)
    assert client.get(SECOND).url == LOGIN
    assert client.post(SECOND, {"code": app.code()}).url == LOGIN
    assert not is_signed_in(client)


def test_adding_one_ends_what_was_signed_in_without_it(client, anna):
    elsewhere = type(client)()
    enter_password(elsewhere)
    tokens = ask_token().json()
    enter_password(client)
    add_app(client)
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    with_token = APIClient(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    assert with_token.get("/api/v1/galleries/").status_code == 401
    assert APIClient().post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]}).status_code == 401


def test_it_is_changed_only_by_who_has_just_signed_in(client, anna, monkeypatch):
    app = give_app(anna)
    enter_password(client)
    client.post(SECOND, {"code": app.code()})
    now = sign_ins.timezone.now() + sign_ins.RECENT
    monkeypatch.setattr(sign_ins.timezone, "now", lambda: now)
    for name in ("account_app", "account_app_remove", "account_codes", "account_passkeys", "account_passkeys_request"):
        answer = client.post(reverse(f"admin:{name}"), {"code": app.code(later=1)})
        assert answer.url == ACCOUNT, name
    assert TotpSecret.objects.exists()
    assert "sign in again" in client.get(ACCOUNT).content.decode()
    assert client.post(reverse("admin:account_again")).url == f"{LOGIN}?next=%2Fadmin%2Faccount%2F"
    assert not is_signed_in(client)


def test_it_is_removed_with_its_recovery_codes(client, anna):
    app = give_app(anna)
    recovery_codes.replace_codes(anna)
    enter_password(client)
    client.post(SECOND, {"code": app.code()})
    client.post(reverse("admin:account_app_remove"))
    assert not TotpSecret.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert ask_token().status_code == 200
