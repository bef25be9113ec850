"""/api/v1/admin/keys/…"""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from facepass.core.errors import FacePassError
from facepass.models import ApiKey, Role, Scope
from facepass.testing.factories import ApiKeyFactory, MembershipFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/admin/keys/"


def works(token):
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {token}").get("/api/v1/galleries/").status_code == 200


def test_a_key_is_issued_and_its_token_shown_once(api, studio):
    answer = api.post(URL, {"name": "partner", "scopes": ["read"]})
    assert answer.status_code == 201
    body = answer.json()
    key = ApiKey.objects.get(pk=body["id"])
    assert (key.studio, key.name, key.scopes) == (studio, "partner", ["read"])
    assert works(body["token"])
    assert "token" not in api.get(f"{URL}{key.pk}").json()
    assert body["token"] not in api.get(URL).content.decode()


def test_a_partners_key_may_not_administer_unless_that_is_said(api):
    body = api.post(URL, {"name": "partner"}).json()
    assert sorted(body["scopes"]) == ["read", "search", "write"]
    partner = APIClient(HTTP_AUTHORIZATION=f"Bearer {body['token']}")
    assert partner.get(URL).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"name": "x", "scopes": ["all"]},
        {"name": "x", "scopes": []},
        {"name": "x", "expires_at": "2001-01-01T00:00:00Z"},
        {"name": "x" * 101},
        {"name": "a\0b"},
    ],
)
def test_a_key_that_makes_no_sense_is_400(api, wrong):
    answer = api.post(URL, wrong)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")


def test_nobody_gives_a_key_more_than_they_have(client_of, studio):
    limited = client_of(studio, scopes=[Scope.ADMIN, Scope.READ])
    answer = limited.post(URL, {"name": "more", "scopes": ["read", "write"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "scope_not_held")
    assert answer.json()["error"]["details"] == {"scopes": ["write"]}
    more = ApiKeyFactory(studio=studio, scopes=["write"])
    assert limited.post(f"{URL}{more.pk}/rotate").status_code == 403


def test_a_rotated_key_works_on_until_the_overlap_is_over(api, studio):
    old, token = ApiKey.issue(studio, name="app", scopes=["read"], expires_at=timezone.now() + timedelta(days=90))
    answer = api.post(f"{URL}{old.pk}/rotate", {"overlap_hours": 2})
    assert answer.status_code == 201
    assert works(token)
    assert works(answer.json()["token"])
    old.refresh_from_db()
    new = ApiKey.objects.get(pk=answer.json()["id"])
    assert old.replaced_by == new
    assert timedelta(hours=1) < old.expires_at - timezone.now() <= timedelta(hours=2)
    assert (new.name, new.scopes) == ("app", ["read"])
    assert abs(new.expires_at - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)


def test_without_an_overlap_the_old_key_ends_at_once(api, studio):
    old, token = ApiKey.issue(studio, name="app")
    assert api.post(f"{URL}{old.pk}/rotate", {"overlap_hours": 0}).status_code == 201
    assert not works(token)


def test_an_overlap_never_makes_a_key_live_longer(studio):
    ends = timezone.now() + timedelta(hours=1)
    old, _token = ApiKey.issue(studio, name="app", expires_at=ends)
    old.rotate(overlap=timedelta(days=2))
    assert old.expires_at == ends


def test_a_key_is_rotated_once(api, studio):
    old, _token = ApiKey.issue(studio, name="app")
    assert api.post(f"{URL}{old.pk}/rotate").status_code == 201
    answer = api.post(f"{URL}{old.pk}/rotate")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "key_not_usable")
    revoked = ApiKeyFactory(studio=studio, revoked_at=timezone.now())
    with pytest.raises(FacePassError, match="revoked"):
        revoked.rotate()


@pytest.mark.parametrize("hours", [-1, 100_000, "soon"])
def test_an_overlap_has_bounds(api, studio, hours):
    key = ApiKeyFactory(studio=studio)
    assert api.post(f"{URL}{key.pk}/rotate", {"overlap_hours": hours}).status_code == 400


def test_a_revoked_key_stays_so(api, studio):
    key, token = ApiKey.issue(studio, name="app")
    first = api.post(f"{URL}{key.pk}/revoke").json()["revoked_at"]
    assert first
    assert not works(token)
    assert api.post(f"{URL}{key.pk}/revoke").json()["revoked_at"] == first


def test_a_strangers_key_is_404(stranger, studio):
    key = ApiKeyFactory(studio=studio)
    assert stranger.get(f"{URL}{key.pk}").status_code == 404
    assert stranger.post(f"{URL}{key.pk}/rotate").status_code == 404
    assert stranger.post(f"{URL}{key.pk}/revoke").status_code == 404
    key.refresh_from_db()
    assert (key.revoked_at, key.replaced_by) == (None, None)


@pytest.mark.parametrize(("role", "status"), [(Role.OWNER, 200), (Role.MANAGER, 200), (Role.PHOTOGRAPHER, 403)])
def test_owners_and_managers_administer_keys(role, status):
    member = MembershipFactory(role=role)
    client = APIClient()
    client.force_login(member.user)
    assert client.get(URL).status_code == status


def test_the_list_takes_as_many_queries_for_many_as_for_one(api, studio, django_assert_num_queries):
    ApiKeyFactory.create_batch(5, studio=studio)
    api.get(URL)
    with django_assert_num_queries(3):  # the caller's key, the count, the page
        assert api.get(URL).json()["count"] == 6
