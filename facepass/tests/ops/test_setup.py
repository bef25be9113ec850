"""`manage.py setup`: an installation is made ready without questions, as often as it is run."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from facepass.models import STUDIO_SCOPES, ApiKey, Membership, Role, Studio, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_migrating(monkeypatch):
    """The tests' database is migrated."""
    monkeypatch.setattr("facepass.management.commands.setup.call_command", lambda *_args, **_options: None)


def setup(*options):
    out = io.StringIO()
    call_command("setup", *options, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_studio_owner_and_key_are_made_and_work(client):
    made = setup("--studio", "Light & Sons", "--admin", "eva", "--email", "eva@example.com")
    studio = Studio.objects.get()
    assert (made["studio"], studio.slug, studio.name) == ("light-sons", "light-sons", "Light & Sons")
    user = User.objects.get()
    assert (user.email, user.is_superuser, user.check_password(made["password"])) == ("eva@example.com", True, True)
    assert Membership.objects.get().role == Role.OWNER
    key = ApiKey.objects.authenticate(made["token"])
    assert (key.studio, set(key.scopes)) == (studio, set(STUDIO_SCOPES))


def test_run_again_it_changes_nothing_and_tells_no_secret():
    first = setup("--studio", "Light")
    again = setup("--studio", "Light")
    assert again == {**first, "password": "", "token": ""}
    assert (Studio.objects.count(), User.objects.count(), ApiKey.objects.count()) == (1, 1, 1)
    assert User.objects.get().check_password(first["password"])


def test_what_is_missing_is_made_anew():
    setup("--studio", "Light")
    ApiKey.objects.all().delete()
    again = setup("--studio", "Light")
    assert again["password"] == ""
    assert ApiKey.objects.authenticate(again["token"])


def test_the_password_comes_from_a_file(tmp_path):
    path = tmp_path / "password"
    path.write_text("a long enough pass phrase\n")
    told = io.StringIO()
    call_command("setup", "--password-file", str(path), stdout=told)
    assert User.objects.get().check_password("a long enough pass phrase")
    assert "admin admin: made, with that password" in told.getvalue()
    assert "pass phrase" not in told.getvalue()
    User.objects.all().delete()
    assert setup("--password-file", str(path))["password"] == ""


@pytest.mark.parametrize("content", ["12345", ""])
def test_a_weak_or_missing_password_makes_nothing(tmp_path, content):
    path = tmp_path / "password"
    path.write_text(content)
    with pytest.raises(CommandError):
        setup("--password-file", str(path))
    assert not User.objects.exists()
    assert not Studio.objects.exists()
