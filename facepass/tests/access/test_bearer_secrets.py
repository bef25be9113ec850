"""A stolen dump of the database lets nobody in: nothing that opens something is stored as it is presented."""

import re
from base64 import b32encode
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from facepass.console import password_reset
from facepass.core.access.sign_in import recovery_codes
from facepass.models import ApiKey, Role, Scope
from facepass.testing.factories import PASSWORD, MembershipFactory, PersonFactory
from facepass.testing.pages.guests import with_rules
from facepass.testing.pages.visitors import device, search, selfie
from facepass.testing.stand_ins.second_factors import give_app
from galleries.people import private_links
from sessions_app import slideshows
from sessions_app.guest.domain import links
from sessions_app.models import ReturnLink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PIN = "4711-08-15"


def dump() -> dict[str, str]:
    """Every table as text; bytes as hexadecimal digits."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        found = {}
        for name in names:
            cursor.execute(f'SELECT t::text FROM "{name}" t')
            found[name] = "\n".join(row[0] for row in cursor.fetchall())
    return found


def stored_as_it_is(secrets: dict[str, str]) -> set[tuple[str, str]]:
    return {
        (what, table)
        for table, text in dump().items()
        for what, secret in secrets.items()
        if secret in text or secret.encode().hex() in text
    }


def cookies_of(client: Client) -> dict[str, str]:
    return {f"cookie {name}": morsel.value for name, morsel in client.cookies.items() if len(morsel.value) > 10}


@pytest.fixture
def owner(session):
    return MembershipFactory(studio=session.studio, role=Role.OWNER, user__email="owner@example.org").user


def staff_secrets(owner) -> dict[str, str]:
    browser = Client()
    assert browser.post(reverse("admin:login"), {"username": owner.username, "password": PASSWORD}).status_code == 302
    tokens = APIClient().post("/api/v1/auth/token", {"username": owner.username, "password": PASSWORD}).json()
    spent = APIClient().post("/api/v1/auth/refresh", {"refresh": tokens["refresh"]}).json()
    app = give_app(owner)
    codes = recovery_codes.replace_codes(owner)
    password_reset.send_links([str(owner.pk)], "en")
    reset = re.search(r"/reset/(\S+)", mail.outbox.pop().body)[1]
    return {
        "session": browser.cookies[django_settings.SESSION_COOKIE_NAME].value,
        "password": PASSWORD, "refresh": tokens["refresh"], "access": tokens["access"],
        "second refresh": spent["refresh"], "second access": spent["access"],
        "app": b32encode(app.secret).decode(), "app's bytes": app.secret.hex(), "recovery code": codes[0],
        "reset": reset.strip("/").rpartition("/")[2],
    }  # fmt: skip


def partner_secrets(session, owner) -> dict[str, str]:
    _key, token = ApiKey.issue(session.studio, name="test", scopes=Scope.values)
    api = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")
    made = api.post("/api/v1/webhooks/", {"url": "https://example.com/hook", "events": ["gallery.processed"]}).json()
    link = private_links.create_link(PersonFactory(studio=session.studio), days="7", by=owner)
    return {
        "API key": token, "webhook": made["secret"],
        "private link": last_part(private_links.build_url(link)),
        "slideshow": last_part(slideshows.build_url(slideshows.open_slideshow(session))),
    }  # fmt: skip


def guest_secrets(session) -> dict[str, str]:
    with_rules(session, pin=PIN)
    guest, door = device(session), f"/s/{session.code}"
    assert guest.post(f"{door}/pin/", {"pin": PIN}).status_code == 302
    search(guest, session, ["ann"])
    photo = guest.guest.found.first().photo_id
    assert guest.post(f"{door}/photos/share/", {"photo": str(photo)}).status_code == 302
    guest.post(f"{door}/alerts/", {"address": "ann@example.org", "agreed": "on", "selfie": selfie(["ann"])})
    news = re.findall(r"/news/([^/\s]+)/", mail.outbox.pop().body)
    return {
        "PIN": PIN, **cookies_of(guest),
        "shared link": last_part(links.build_share_url(guest.guest.shares.get())),
        "way back": ReturnLink.issue(guest.guest),
        **{f"link in a message {number}": token for number, token in enumerate(news)},
    }  # fmt: skip


def last_part(url: str) -> str:
    return urlsplit(url).path.strip("/").rpartition("/")[2]


def test_nothing_that_opens_something_is_in_the_database_as_it_is_presented(session, photos, owner):
    secrets = {**guest_secrets(session), **partner_secrets(session, owner), **staff_secrets(owner)}
    assert len(secrets) >= 18
    assert all(len(secret) >= 8 for secret in secrets.values())
    assert stored_as_it_is(secrets) == set()
    assert stored_as_it_is({"the event's name": session.name}), "the look finds what is there"


def test_of_a_refresh_token_its_id_is_kept_and_the_flow_works(owner):
    def post(path, **body):
        return APIClient().post(f"/api/v1/auth/{path}", body)

    first = post("token", username=owner.username, password=PASSWORD).json()
    second = post("refresh", refresh=first["refresh"]).json()
    assert set(OutstandingToken.objects.values_list("token", flat=True)) == {""}
    assert OutstandingToken.objects.count() == 2
    assert post("refresh", refresh=first["refresh"]).status_code == 401, "a second use"
    assert post("refresh", refresh=second["refresh"]).status_code == 401, "ends the family"
    third = post("token", username=owner.username, password=PASSWORD).json()
    assert post("logout", refresh=third["refresh"]).status_code == 204
    assert post("refresh", refresh=third["refresh"]).status_code == 401
    assert set(OutstandingToken.objects.values_list("token", flat=True)) == {""}


def test_a_stored_session_key_signs_nobody_in(owner):
    browser = Client()
    browser.force_login(owner)
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_key FROM django_session")
        [(stored,)] = cursor.fetchall()
    thief = Client()
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = stored
    account = reverse("admin:account")
    assert (browser.get(account).status_code, thief.get(account).status_code) == (200, 302)
