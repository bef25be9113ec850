"""Whoever lost the second factor has it reset by a superuser, or by the owner of the only studios they belong to."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from facepass.core.access.sign_in import recovery_codes, second_factors
from facepass.models import Passkey, Role
from facepass.testing.factories import MembershipFactory, StudioFactory, UserFactory
from facepass.testing.stand_ins.second_factors import give_app
from facepass.tests.sign_in.test_authenticator_app import ask_token, enter_password, is_signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PEOPLE = reverse("admin:account_people")


@pytest.fixture
def anna():
    """She has lost all of them."""
    user = MembershipFactory(user__username="anna", role=Role.PHOTOGRAPHER).user
    give_app(user)
    Passkey.objects.create(user=user, name="Laptop", host="testserver", credential_id=b"1", credential=b"1")
    recovery_codes.replace_codes(user)
    return user


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def reset_by(by, user):
    return signed_in(by).post(reverse("admin:account_people_reset", args=[user.pk]))


def has_any(user):
    return bool(second_factors.list_second_factors(user)) or user.recovery_codes.exists()


@pytest.mark.parametrize("kind", ["owner", "superuser"])
def test_it_is_reset_with_a_trace_and_signs_her_out(anna, kind):
    by = (
        UserFactory(is_superuser=True)
        if kind == "superuser"
        else MembershipFactory(studio=anna.studios.get(), role=Role.OWNER).user
    )
    here = signed_in(anna)
    page = signed_in(by).get(PEOPLE).content.decode()
    assert "anna" in page
    assert "authenticator app, 1 passkey" in page
    assert reset_by(by, anna).url == PEOPLE
    assert not has_any(anna)
    assert not is_signed_in(here)
    assert ask_token().status_code == 200
    entry = LogEntry.objects.get()
    told = (entry.user, entry.object_id, entry.get_change_message())
    assert told == (by, str(anna.pk), "Changed Second factor.")
    client = Client()
    assert enter_password(client).url == reverse("admin:index")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_other_roles_neither_see_nor_reset_anybody(anna, role):
    by = MembershipFactory(studio=anna.studios.get(), role=role).user
    assert signed_in(by).get(PEOPLE).status_code == 403
    assert reset_by(by, anna).status_code == 404
    assert has_any(anna)


def test_an_owner_of_another_studio_does_not(anna):
    by = MembershipFactory(role=Role.OWNER).user
    assert "anna" not in signed_in(by).get(PEOPLE).content.decode()
    assert reset_by(by, anna).status_code == 404
    assert has_any(anna)


@pytest.mark.parametrize("more", ["another studio", "a superuser", "herself"])
def test_an_owner_does_not_for_whom_others_rely_on(anna, more):
    studio = anna.studios.get()
    by = MembershipFactory(studio=studio, role=Role.OWNER).user
    if more == "another studio":
        MembershipFactory(studio=StudioFactory(), user=anna, role=Role.VIEWER)
    elif more == "a superuser":
        type(anna).objects.filter(pk=anna.pk).update(is_superuser=True)
    else:
        by = anna
        anna.memberships.update(role=Role.OWNER)
    assert reset_by(by, anna).status_code == 404
    assert has_any(anna)


def test_it_is_reset_by_a_form_only_and_not_by_who_signed_in_long_ago(anna, monkeypatch):
    by = UserFactory(is_superuser=True)
    client = signed_in(by)
    assert client.get(reverse("admin:account_people_reset", args=[anna.pk])).status_code == 405
    monkeypatch.setattr("facepass.core.access.sign_in.sign_ins.is_recent", lambda _session: False)
    assert client.post(reverse("admin:account_people_reset", args=[anna.pk])).url == reverse("admin:account")
    assert has_any(anna)


def test_whoever_has_the_machine_resets_it_on_the_command_line(anna, capsys):
    call_command("reset_second_factor", "anna")
    assert not has_any(anna)
    with pytest.raises(CommandError, match="Nobody is called bert"):
        call_command("reset_second_factor", "bert")
