"""OAuth 2.0, where it is switched on: a server of its own, because it changes which apps are installed."""

import base64
import itertools
import json
import urllib.error
import urllib.parse
import urllib.request

import pytest

from facepass.testing.live import manage, start

ON = {"OAUTH2_ENABLED": "1", "TRUSTED_PROXIES": "1"}
# Two studios, each with a gallery and an application for a key; and one whose key was revoked.
WORLD = """
import json
from django.utils import timezone
from facepass.models import ApiKey, Studio
from facepass.oauth.models import Application
from galleries.models import Gallery
found = {}
for name, scopes in {"ours": ["read", "write"], "theirs": ["read"], "ended": ["read"]}.items():
    studio = Studio.objects.create(name=name, slug=name)
    key, token = ApiKey.issue(studio, name=name, scopes=scopes)
    client, secret = Application.issue(key)
    gallery = Gallery.objects.create(studio=studio, title=name)
    found[name] = [client.client_id, secret, str(gallery.pk), str(key.pk), token]
    if name == "ended":
        ApiKey.objects.filter(pk=key.pk).update(revoked_at=timezone.now())
print(json.dumps(found))
"""
# A manager makes an application in the admin; a photographer and a stranger try to.
IN_THE_ADMIN = """
import json, re
from django.contrib.auth.hashers import check_password
from django.test import Client
from facepass.models import ApiKey, Membership, Role, Studio, User
from facepass.oauth.models import Application
studio, other = [Studio.objects.create(name=name, slug=name) for name in ("a", "b")]
key, _token = ApiKey.issue(studio, name="Partner")
told = {}
for name, place, role in (("stranger", other, Role.OWNER), ("photographer", studio, Role.PHOTOGRAPHER),
                          ("manager", studio, Role.MANAGER)):
    user = User.objects.create(username=name, is_staff=True)
    Membership.objects.create(user=user, studio=place, role=role)
    client = Client(HTTP_HOST="localhost", headers={"accept-language": "en"})
    client.force_login(user)
    path = "/admin/facepass_oauth/application/"
    answer = client.post(path + "add/", {"key": str(key.pk)}, follow=True)
    shown = re.findall(r"<code>(.+?)</code>", answer.content.decode())
    again = client.get(path).content.decode() + client.get("/admin/").content.decode()
    made = Application.objects.filter(key=key).first()
    told[name] = [answer.status_code, bool(made), bool(shown and made and check_password(shown[0], made.client_secret)),
                  bool(shown and shown[0] in again)]
print(json.dumps(told))
"""
addresses = itertools.count(1)


@pytest.fixture(scope="module")
def server(new_home, migrated_home):
    home = new_home(migrated_home)
    done = manage(home, "migrate", "--verbosity", "0", **ON)
    assert done.returncode == 0, done.stderr
    assert manage(home, "makemigrations", "--check", "facepass_oauth", **ON).returncode == 0
    running = start(home, **ON)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def world(server):
    made = manage(server.home, "shell", "--no-imports", "-c", WORLD, **ON)
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout.strip().splitlines()[-1])


def ask(server, path, *, form=None, body=None, method=None, address=None, **headers):
    """Status, answer and headers; each time from another address, so that nothing is limited by accident."""
    data = urllib.parse.urlencode(form).encode() if form is not None else body and json.dumps(body).encode()
    if body is not None:
        headers["Content-Type"] = "application/json"
    headers["X-Forwarded-For"] = address or f"198.51.100.{next(addresses)}"
    request = urllib.request.Request(f"{server.url}{path}", data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read() or "{}"), answer.headers
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read() or "{}"), refusal.headers


def basic(client_id, secret):
    return {"Authorization": f"Basic {base64.b64encode(f'{client_id}:{secret}'.encode()).decode()}"}


def grant(server, world, name, **form):
    client_id, secret, *_rest = world[name]
    return ask(server, "/oauth/token", form={"grant_type": "client_credentials", **form}, **basic(client_id, secret))[
        :2
    ]


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_a_client_gets_a_token_for_an_hour_that_may_do_what_its_key_may(server, world):
    status, given = grant(server, world, "ours")
    assert (status, given["token_type"], given["expires_in"]) == (200, "Bearer", 3600)
    assert set(given["scope"].split()) == {"read", "write"}
    status, found, _headers = ask(server, "/api/v1/galleries", **bearer(given["access_token"]))
    assert status == 200
    assert [gallery["title"] for gallery in found["results"]] == ["ours"]
    made = ask(server, "/api/v1/people/", body={"real_name": "Maria"}, **bearer(given["access_token"]))
    assert made[0] == 201


def test_a_token_for_less_may_do_less(server, world):
    token = grant(server, world, "ours", scope="read")[1]["access_token"]
    assert ask(server, "/api/v1/galleries", **bearer(token))[0] == 200
    status, answer, _headers = ask(server, "/api/v1/people/", body={"real_name": "Maria"}, **bearer(token))
    assert (status, answer["error"]["code"]) == (403, "permission_denied")


def test_nobody_gets_more_than_the_key_has(server, world):
    status, answer = grant(server, world, "theirs", scope="read write")
    assert (status, answer["error"]) == (400, "invalid_scope")


def test_another_studios_gallery_is_not_there(server, world):
    token = grant(server, world, "theirs")[1]["access_token"]
    assert ask(server, f"/api/v1/galleries/{world['theirs'][2]}", **bearer(token))[0] == 200
    assert ask(server, f"/api/v1/galleries/{world['ours'][2]}", **bearer(token))[0] == 404


def test_with_its_key_an_application_and_its_tokens_end(server, world):
    status, answer = grant(server, world, "ended")
    assert (status, answer["error"]) == (401, "invalid_client")
    token = grant(server, world, "theirs")[1]["access_token"]
    server.query(f"UPDATE api_keys SET revoked_at = now() WHERE id = '{world['theirs'][3]}' RETURNING id")
    assert ask(server, "/api/v1/galleries", **bearer(token))[0] == 401
    server.query(f"UPDATE api_keys SET revoked_at = NULL WHERE id = '{world['theirs'][3]}' RETURNING id")
    assert ask(server, "/api/v1/galleries", **bearer(token))[0] == 200


def test_what_a_key_may_no_longer_do_its_tokens_may_not_either(server, world):
    token = grant(server, world, "ours")[1]["access_token"]
    server.query(f"UPDATE api_keys SET scopes = '{{read}}' WHERE id = '{world['ours'][3]}' RETURNING id")
    assert ask(server, "/api/v1/people/", body={"real_name": "Maria"}, **bearer(token))[0] == 403
    server.query(f"UPDATE api_keys SET scopes = '{{read,write}}' WHERE id = '{world['ours'][3]}' RETURNING id")


def test_a_revoked_or_expired_or_made_up_token_is_refused(server, world):
    token = grant(server, world, "ours")[1]["access_token"]
    client_id, secret, *_rest = world["ours"]
    assert ask(server, "/oauth/revoke", form={"token": token}, **basic(client_id, secret))[0] == 200
    assert ask(server, "/api/v1/galleries", **bearer(token))[0] == 401
    late = grant(server, world, "ours")[1]["access_token"]
    server.query("UPDATE oauth2_provider_accesstoken SET expires = now() - interval '1 second' RETURNING id")
    assert ask(server, "/api/v1/galleries", **bearer(late))[0] == 401
    status, answer, headers = ask(server, "/api/v1/galleries", **bearer("x" * 30))
    assert (status, answer["error"]["code"]) == (401, "not_authenticated")
    assert headers["WWW-Authenticate"] == "Bearer"


def test_a_wrong_secret_gets_nothing_and_goes_on_trying_slowly(server, world):
    tries = [
        ask(
            server, "/oauth/token", form={"grant_type": "client_credentials"}, address="203.0.113.9",
            **basic(world["ours"][0], "wrong"),
        )
        for _number in range(8)
    ]  # fmt: skip
    assert [status for status, *_rest in tries[:5]] == [401] * 5
    assert tries[-1][0] == 429
    assert int(tries[-1][2]["Retry-After"]) >= 1


@pytest.mark.parametrize("kind", ["password", "authorization_code", "refresh_token", "implicit"])
def test_there_is_no_other_grant(server, world, kind):
    client_id, secret, *_rest = world["ours"]
    form = {"grant_type": kind, "username": "admin", "password": "x", "code": "x", "refresh_token": "x"}
    assert ask(server, "/oauth/token", form=form, **basic(client_id, secret))[0] in (400, 401)


@pytest.mark.parametrize("path", ["/oauth/authorize/", "/oauth/applications/", "/oauth/introspect/", "/o/token/"])
def test_the_librarys_other_pages_are_not_served(server, path):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{server.url}{path}")
    assert refusal.value.code == 404


def test_neither_secrets_nor_tokens_are_kept_in_clear(server, world):
    token = grant(server, world, "ours")[1]["access_token"]
    rows = server.query("SELECT a::text, t::text FROM oauth_applications a, oauth2_provider_accesstoken t")
    everything = str(rows)
    assert token not in everything
    assert not any(row[1] in everything for row in world.values())


def test_api_keys_work_as_before_and_the_document_names_both(server, world):
    assert ask(server, "/api/v1/galleries", **bearer(world["ours"][4]))[0] == 200
    schemes = ask(server, "/openapi.json")[1]["components"]["securitySchemes"]
    assert schemes["oauth2"]["flows"]["clientCredentials"]["tokenUrl"] == "/oauth/token/"
    assert set(schemes) == {"apiKey", "oauth2", "token", "session"}


def test_in_the_admin_a_manager_sees_the_secret_once_and_nobody_else_makes_an_application(server):
    done = manage(server.home, "shell", "--no-imports", "-c", IN_THE_ADMIN, **ON)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.strip().splitlines()[-1]) == {
        "stranger": [200, False, False, False],
        "photographer": [403, False, False, False],
        "manager": [200, True, True, False],
    }


def test_switched_off_there_is_no_path_and_no_scheme(client, db):
    assert client.post("/oauth/token/").status_code == 404
    assert "oauth2" not in client.get("/openapi.json").json()["components"]["securitySchemes"]
