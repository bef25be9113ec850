"""Tokens of one sign-in end together: by a refresh token that is used again, and by signing out."""

import pytest
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

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
