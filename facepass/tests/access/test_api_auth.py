"""/api/v1/auth/…, and who a request is made by."""

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from facepass.models import ApiKey, Role
from facepass.testing.factories import PASSWORD, GalleryFactory, MembershipFactory, StudioFactory, UserFactory
from galleries.models import Gallery

pytestmark = pytest.mark.django_db

GALLERIES = "/api/v1/galleries/"


def sign_in(user, password=PASSWORD):
    return APIClient().post("/api/v1/auth/token", {"username": user.username, "password": password})


def bearer(token, **headers):
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {token}", **headers)


def member(role=Role.OWNER, **fields):
    membership = MembershipFactory(role=role, **fields)
    return membership.user, bearer(sign_in(membership.user).json()["access"])


def test_a_member_signs_in_and_acts_in_their_studio():
    user, client = member(Role.PHOTOGRAPHER)
    assert client.post(GALLERIES, {"title": "Mine"}).status_code == 201
    assert Gallery.objects.get().studio == user.studios.get()


def test_a_viewer_reads_only():
    _user, client = member(Role.VIEWER)
    assert client.get(GALLERIES).status_code == 200
    assert client.post(GALLERIES, {"title": "No"}).status_code == 403


@pytest.mark.parametrize("password", ["wrong", "", "\0"])
def test_a_wrong_password_is_401_or_400_in_the_envelope(password):
    answer = sign_in(UserFactory(), password)
    assert answer.status_code in (400, 401)
    assert answer.json()["error"]["code"] in ("invalid_request", "not_authenticated")


def test_a_refresh_token_works_once():
    first = sign_in(MembershipFactory().user).json()
    second = APIClient().post("/api/v1/auth/refresh", {"refresh": first["refresh"]})
    assert second.status_code == 200
    assert bearer(second.json()["access"]).get(GALLERIES).status_code == 200
    again = APIClient().post("/api/v1/auth/refresh/", {"refresh": first["refresh"]})
    assert (again.status_code, again.json()["error"]["code"]) == (401, "not_authenticated")


def test_a_refresh_token_is_no_access_token():
    assert bearer(sign_in(MembershipFactory().user).json()["refresh"]).get(GALLERIES).status_code == 401


def test_the_refresh_token_of_a_deleted_user_is_401():
    user = MembershipFactory().user
    refresh = sign_in(user).json()["refresh"]
    user.delete()
    assert APIClient().post("/api/v1/auth/refresh", {"refresh": refresh}).status_code == 401


def test_tokens_end_with_the_password_and_with_the_account():
    user, client = member()
    user.set_password("another one")
    user.save()
    assert client.get(GALLERIES).status_code == 401
    user, client = member()
    user.is_active = False
    user.save()
    assert client.get(GALLERIES).status_code == 401


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer x", "Bearer a.b.c", "Bearer fp_", "Api-Key x", "Bearer \xe9\xff", "Bearer fp_\0_\0"],
)
def test_credentials_that_are_none_are_401(header):
    answer = APIClient(HTTP_AUTHORIZATION=header).get(GALLERIES)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_authenticated")


def test_a_member_of_two_studios_names_the_one_to_act_in():
    user, client = member(Role.OWNER)
    viewed = MembershipFactory(user=user, role=Role.VIEWER).studio
    own = user.studios.exclude(pk=viewed.pk).get()
    GalleryFactory(studio=own)
    assert client.get(GALLERIES).json()["count"] == 1
    # The least of the roles, until one studio is named.
    assert client.post(GALLERIES, {"title": "?"}).status_code == 403
    for named in (str(own.pk), own.slug):
        assert client.post(GALLERIES, {"title": "!"}, headers={"X-Studio": named}).status_code == 201
    assert client.get(GALLERIES, headers={"X-Studio": viewed.slug}).json()["count"] == 0
    assert client.post(GALLERIES, {"title": "?"}, headers={"X-Studio": viewed.slug}).status_code == 403


@pytest.mark.parametrize("named", ["nowhere", "00000000-0000-4000-8000-000000000000", "\xff", "\0"])
def test_a_studio_that_is_not_there_and_one_of_others_are_404_alike(named):
    _user, client = member()
    other = StudioFactory()
    for name in (named, other.slug, str(other.pk)):
        answer = client.get(GALLERIES, headers={"X-Studio": name})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "studio_not_found")


def test_the_session_of_the_admin_may_name_a_studio_too(client):
    user = MembershipFactory(role=Role.OWNER).user
    viewed = MembershipFactory(user=user, role=Role.VIEWER).studio
    client.login(username=user.username, password=PASSWORD)
    GalleryFactory(studio=viewed)
    assert client.get(GALLERIES, headers={"X-Studio": viewed.slug}).json()["count"] == 1
    assert client.get(GALLERIES, headers={"X-Studio": "nowhere"}).status_code == 404


def test_signing_in_is_limited_by_address(settings):
    settings.RATE_LIMITS = {"login": (10, 3)}
    user = UserFactory()
    assert [sign_in(user, "wrong").status_code for _ in range(4)] == [401, 401, 401, 429]
    refused = sign_in(user)
    assert refused.json()["error"]["code"] == "rate_limited"
    assert 1 <= int(refused["Retry-After"]) <= 6


def test_signing_in_to_the_admin_takes_from_the_same_bucket(settings, client):
    settings.RATE_LIMITS = {"login": (10, 1)}
    user = UserFactory()
    assert sign_in(user, "wrong").status_code == 401
    answer = client.post("/admin/login/", {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 429
    assert answer["Retry-After"]
    assert client.get("/admin/login/").status_code == 200


def test_a_key_that_was_used_says_when(studio):
    key, token = ApiKey.issue(studio, name="app")
    assert bearer(token).get(GALLERIES).status_code == 200
    key.refresh_from_db()
    assert key.last_used_at is not None


def test_tokens_are_signed_by_the_installations_secret():
    assert settings.SIMPLE_JWT["CHECK_REVOKE_TOKEN"]
    assert len(settings.SECRET_KEY) >= 32
