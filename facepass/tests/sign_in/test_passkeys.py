"""Passkeys: made for this site, used once for each challenge, by their owner; and what is refused of them."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from facepass.core.access.sign_in import passkeys
from facepass.models import Passkey, Role, SignIn, SignInMethod
from facepass.testing.factories import MembershipFactory, UserFactory
from facepass.testing.stand_ins.second_factors import Device, give_app
from facepass.tests.sign_in.test_authenticator_app import LOGIN, SECOND, enter_password, is_signed_in, read_codes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

REQUEST, ADD = reverse("admin:account_passkeys_request"), reverse("admin:account_passkeys")
CHALLENGE, USE = reverse("admin:login_passkey_challenge"), reverse("admin:login_passkey")


@pytest.fixture
def anna():
    return MembershipFactory(user__username="anna").user


@pytest.fixture(autouse=True)
def _many_tries(settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "login": (1000, 1000)}


def add(client, device, name="Laptop"):
    return client.post(ADD, {"answer": device.make(client.post(REQUEST).json()), "name": name}, follow=True)


@pytest.fixture
def device(anna):
    """A device with a passkey of Anna's."""
    client, made = Client(), Device()
    enter_password(client)
    add(client, made)
    return made


def use(client, device, **more):
    return client.post(USE, {"answer": device.sign(client.post(CHALLENGE).json()), **more})


def test_a_passkey_is_added_with_recovery_codes_and_signs_in_alone(client, anna):
    mine, device = Client(), Device()
    enter_password(mine)
    assert len(read_codes(add(mine, device))) == 10
    assert "Laptop" in mine.get(reverse("admin:account")).content.decode()
    assert use(client, device, next=ADD).url == ADD
    assert is_signed_in(client)
    assert SignIn.objects.latest("created_at").method == SignInMethod.PASSKEY
    assert Passkey.objects.get().last_used_at


def test_after_a_password_it_is_the_second_step(client, device):
    assert enter_password(client, f"{LOGIN}?next={ADD}").url == SECOND
    assert "Use a passkey" in client.get(SECOND).content.decode()
    assert client.post(CHALLENGE).json()["publicKey"]["allowCredentials"], "only hers are asked for"
    assert use(client, device).url == ADD
    assert is_signed_in(client)


def test_another_s_passkey_is_no_second_step(client, anna, device):
    bob, his = MembershipFactory(user__username="bob").user, Device()
    give_app(bob)
    client.post(LOGIN, {"username": "bob", "password": "correct horse battery"})
    assert client.get(SECOND).status_code == 200
    assert use(client, device).url == SECOND
    assert not is_signed_in(client)
    assert his is not None


def test_an_answer_is_of_use_once_and_only_to_the_browser_that_was_asked(client, device):
    options = client.post(CHALLENGE).json()
    answer = device.sign(options)
    thief = Client()
    thief.post(CHALLENGE)
    assert thief.post(USE, {"answer": answer}).url == LOGIN
    assert client.post(USE, {"answer": answer}).url == reverse("admin:index")
    client.logout()
    assert client.post(USE, {"answer": answer}).url == LOGIN
    assert not is_signed_in(client)


def spoil(**changes):
    def change(device, options):
        for name, value in changes.items():
            setattr(device, name, value)
        return device.sign(options)

    return change


WRONG = {
    "another site's": spoil(origin="https://evil.example.com"),
    "for another host": spoil(host="evil.example.com"),
    "an owner who was not verified": spoil(verifies=False),
    "another key": spoil(key=Device().key),
    "a copy that counts from the start": spoil(counter=0),
    "an unknown one": lambda _device, options: Device().sign(options),
    "no JSON": lambda *_: "{",
    "a list": lambda *_: "[]",
    "nothing": lambda *_: "",
    "no fields": lambda *_: "{}",
    "fields of other types": lambda *_: json.dumps({"id": 3, "rawId": [], "type": {}, "response": None}),
    "bytes that are none": lambda *_: json.dumps(
        {"id": "!", "rawId": "!", "type": "public-key",
         "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"}}
    ),
}  # fmt: skip


@pytest.mark.parametrize("spoiled", WRONG.values(), ids=WRONG.keys())
def test_what_is_not_the_owner_s_answer_is_refused(client, device, spoiled):
    use(Client(), device)  # so that it has counted
    answer = spoiled(device, client.post(CHALLENGE).json())
    refused = client.post(USE, {"answer": answer})
    assert (refused.status_code, refused.url) == (302, LOGIN)
    assert "not accepted" in client.get(LOGIN).content.decode()
    assert not is_signed_in(client)


def test_one_that_does_not_count_is_used_often(anna):
    mine, device = Client(), Device(counts=False)
    enter_password(mine)
    add(mine, device)
    for _time in range(2):
        client = Client()
        use(client, device)
        assert is_signed_in(client)


@pytest.mark.parametrize("origin", ["https://evil.example.com", "http://testserver:81", "http://sub.testserver"])
def test_one_that_was_made_elsewhere_is_not_added(client, anna, origin):
    enter_password(client)
    device = Device(origin)
    device.host = "testserver"
    assert "not accepted" in add(client, device).content.decode()
    assert not Passkey.objects.exists()


def test_one_is_added_to_one_account_only(client, device):
    client.force_login(UserFactory())
    assert "not accepted" in add(client, device).content.decode()
    assert Passkey.objects.count() == 1


def test_they_are_at_most_twenty(client, anna, monkeypatch):
    monkeypatch.setattr(passkeys, "AT_MOST", 1)
    enter_password(client)
    add(client, Device())
    assert client.post(REQUEST).json()["error"]["code"] == "passkeys_full"


def test_who_is_deactivated_or_no_staff_comes_in_by_none(device):
    for change in ({"is_active": False}, {"is_active": True, "is_staff": False}):
        type(Passkey.objects.get().user).objects.update(**change)
        client = Client()
        use(client, device)
        assert not is_signed_in(client)


def test_one_is_removed_by_its_owner_only(client, device):
    key = Passkey.objects.get()
    path = reverse("admin:account_passkeys_remove", args=[key.pk])
    stranger = Client()
    stranger.force_login(MembershipFactory(studio=key.user.studios.get(), role=Role.OWNER).user)
    assert stranger.post(path).status_code == 404
    use(client, device)
    client.post(path)
    assert not Passkey.objects.exists()


def test_without_a_password_login_a_passkey_alone_does_not_let_in(client, device, settings):
    settings.PASSWORD_LOGIN = False
    assert client.post(CHALLENGE).status_code == 404
    assert client.post(USE, {"answer": "{}"}).status_code == 404


def test_a_site_without_a_name_offers_none(client, anna, settings):
    settings.ALLOWED_HOSTS = ["192.0.2.1", "[::1]"]
    for host in ("192.0.2.1", "192.0.2.1:8000", "[::1]:8000"):
        assert "passkeys.js" not in client.get(LOGIN, headers={"host": host}).content.decode()
        refused = client.post(CHALLENGE, headers={"host": host})
        assert refused.json()["error"]["code"] == "passkeys_unavailable"
