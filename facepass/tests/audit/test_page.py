"""The page of the audit: for owners and superusers, with filters, and as CSV."""

import csv
import io

import pytest
from django.urls import reverse

from facepass.core.access.actors import SIGNED_IN
from facepass.models import ActorKind, AuditedRow, AuditEntry, Role
from facepass.testing.factories import MembershipFactory, StudioFactory, UserFactory
from facepass.tests.console.test_admin import client_for, member_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LIST, CSV = "admin:facepass_auditentry_changelist", "admin:facepass_auditentry_csv"


@pytest.fixture
def studio(db):
    return StudioFactory()


@pytest.fixture
def entry(studio):
    """The owner's own act, on one row."""
    member = MembershipFactory(studio=studio, role=Role.OWNER, user=UserFactory(username="olga"))
    made = AuditEntry.objects.create(
        studio=studio, actor_kind=ActorKind.USER, actor_id=str(member.user_id), action="admin:galleries_person_change",
        counts={"galleries.Person": 1}, request_id="r-1", address="192.0.2.0/24", status=302,
    )  # fmt: skip
    AuditedRow.objects.create(
        entry=made, label="galleries.Person", key="p-1", before={"real_name": "Ann"}, after={"real_name": "=Maria"}
    )
    return made


def lines(client, **query):
    answer = client.get(reverse(CSV), query)
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_an_owner_reads_who_changed_what(studio, entry):
    owner = member_of(studio, Role.OWNER)
    page = owner.get(reverse(LIST)).content.decode()
    assert "member of staff: olga" in page
    assert "People: 1" in page
    detail = owner.get(reverse("admin:facepass_auditentry_change", args=[entry.pk])).content.decode()
    assert "real_name: Ann → =Maria" in detail


def test_who_signed_in_is_told_in_the_language_of_the_reader(studio, client):
    AuditEntry.objects.create(studio=studio, actor_kind=ActorKind.USER, action=SIGNED_IN)
    owner = member_of(studio, Role.OWNER)
    owner.cookies["django_language"] = "ru"
    assert ">вход<" in owner.get(reverse(LIST)).content.decode().replace("\n", "").replace(" ", "")
    assert lines(owner)[0]["action"] == "signed in"


def test_the_csv_has_what_the_filters_leave_and_no_formula(studio, entry):
    owner = member_of(studio, Role.OWNER)
    AuditEntry.objects.create(studio=studio, actor_kind=ActorKind.GUEST, action="=guest-forget")
    assert {row["action"] for row in lines(owner)} == {"admin:galleries_person_change", "'=guest-forget"}
    (row,) = lines(owner, actor_kind__exact="user")
    assert (row["name"], row["network"], row["request"]) == ("olga", "192.0.2.0/24", "r-1")
    assert lines(owner, q="r-1")[0]["rows"] == "galleries.Person p-1: real_name: Ann → =Maria"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_only_owners_open_it(studio, entry, role):
    other = member_of(studio, role)
    assert [other.get(reverse(name)).status_code for name in (LIST, CSV)] == [403, 403]


def test_another_studio_and_the_installation_stay_hidden_from_an_owner(entry):
    AuditEntry.objects.create(actor_kind=ActorKind.USER, action="admin:facepass_user_add")
    assert lines(member_of(StudioFactory(), Role.OWNER)) == []
    assert len(lines(client_for(UserFactory(is_superuser=True)))) >= 2


def test_nobody_changes_an_entry(entry):
    boss = client_for(UserFactory(is_superuser=True))
    page = reverse("admin:facepass_auditentry_change", args=[entry.pk])
    assert boss.post(page, {"action": "x"}).status_code == 403
    assert boss.post(page.replace("change", "delete"), {"post": "yes"}).status_code == 403


def test_an_account_that_is_gone_is_named_by_its_id(studio, entry):
    entry.actor_id = "987654"
    entry.save()
    assert "987654, who is gone" in member_of(studio, Role.OWNER).get(reverse(LIST)).content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_deletion_of_a_studio_outlives_it_and_tells_nothing_of_it(studio, entry):
    boss = client_for(UserFactory(is_superuser=True))
    boss.post(reverse("admin:facepass_studio_delete", args=[studio.pk]), {"post": "yes"})
    told = {row["action"]: row for row in lines(boss)}
    assert "facepass.Studio " in told["admin:facepass_studio_delete"]["rows"]
    assert studio.name not in str(told)
    assert boss.get(reverse("admin:facepass_auditentry_change", args=[entry.pk])).status_code == 200
