"""Tokens of one sign-in end together: by a refresh token that is used again, and by signing out."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken

from facepass.core.access import token_families
from facepass.core.work import chores
from facepass.testing.factories import PASSWORD, MembershipFactory

pytestmark = pytest.mark.django_db
GALLERIES = "/api/v1/galleries/"


def sign_in(user):
    return APIClient().post("/api/v1/auth/token", {"username": user.username, "password": PASSWORD}).json()


def refresh(tokens):
    return APIClient().post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]})


def status_with(tokens):
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}").get(GALLERIES).status_code


@pytest.fixture
def user():
    return MembershipFactory().user


def test_a_refresh_token_that_is_used_again_ends_all_tokens_of_its_sign_in(user):
    stolen = sign_in(user)
    owners = refresh(stolen).json()
    thiefs = refresh(owners).json()  # whoever comes second, one of the two has what the other was given
    elsewhere = sign_in(user)
    assert refresh(stolen).status_code == 401
    assert [status_with(one) for one in (stolen, owners, thiefs)] == [401] * 3
    assert refresh(thiefs).status_code == 401
    assert (status_with(elsewhere), refresh(elsewhere).status_code) == (200, 200)


@pytest.mark.parametrize("which", ["first", "latest"])
def test_signing_out_ends_them_by_whichever_refresh_token(user, which):
    first = sign_in(user)
    latest = refresh(first).json()
    given = {"first": first, "latest": latest}[which]
    answer = APIClient().post("/api/v1/auth/logout", {"refresh": given["refresh"]})
    assert (answer.status_code, answer.content) == (204, b"")
    assert (status_with(first), status_with(latest), refresh(latest).status_code) == (401, 401, 401)
    assert APIClient().post("/api/v1/auth/logout/", {"refresh": given["refresh"]}).status_code == 204, "twice is once"
    assert status_with(sign_in(user)) == 200


@pytest.mark.parametrize("body", [{"refresh": "wrong"}, {"refresh": ""}, {}, {"refresh": None}, {"refresh": "a.b.c"}])
@pytest.mark.parametrize("path", ["/api/v1/auth/logout", "/api/v1/auth/refresh"])
def test_what_is_no_refresh_token_is_refused(path, body):
    assert APIClient().post(path, body, format="json").status_code in (400, 401)


def test_an_access_token_signs_nobody_out(user):
    tokens = sign_in(user)
    assert APIClient().post("/api/v1/auth/logout", {"refresh": tokens["access"]}).status_code == 401
    assert status_with(tokens) == 200


def test_a_sign_in_leaves_no_more_rows_than_its_tokens(user):
    tokens = sign_in(user)
    for _time in range(3):
        tokens = refresh(tokens).json()
    assert OutstandingToken.objects.filter(jti__startswith="family:").count() == 0


def signed_by_a_clock_that_is_off(user, by):
    """Tokens as another host signs them now, whose clock is off; the first is about to end or was just begun."""
    refresh = token_families.begin_family(RefreshToken.for_user(user), user)
    access = refresh.access_token
    now = timezone.now()
    for token, lifetime in ((refresh, refresh.lifetime), (access, access.lifetime)):
        begun = now + by if by > timedelta() else now + by - lifetime
        token.set_iat(at_time=begun)
        token.set_exp(from_time=begun, lifetime=lifetime)
    return {"refresh": str(refresh), "access": str(access)}


@pytest.mark.parametrize(("seconds", "status"), [(20, 200), (-20, 200), (40, 401), (-40, 401)])
def test_hosts_clocks_may_be_half_a_minute_apart(user, seconds, status):
    tokens = signed_by_a_clock_that_is_off(user, timedelta(seconds=seconds))
    assert (status_with(tokens), refresh(tokens).status_code) == (status, status)


def test_a_spent_token_is_known_for_as_long_as_it_is_taken(user):
    tokens = signed_by_a_clock_that_is_off(user, timedelta(seconds=-20))
    assert refresh(tokens).status_code == 200
    for clean in chores.CLEANUPS:
        clean()
    assert refresh(tokens).status_code == 401
