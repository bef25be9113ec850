"""Every edge that changes state writes its entry: the API, the admin's pages and actions, guests' privacy.

The database is looked at before and after each call, so what counts is what was written, not what a test knows of it.
"""

from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from facepass.core.audit.shown_values import is_told
from facepass.core.requests.audited_requests import GUEST_ACTS
from facepass.models import STUDIO_SCOPES, ActorKind, AuditEntry, Role, Scope
from facepass.testing import access_matrix
from facepass.testing.factories import PASSWORD, MembershipFactory, PersonFactory, StudioFactory, UserFactory
from facepass.testing.pages.forms import read_form
from facepass.testing.pages.guests import agree
from facepass.testing.pages.visitors import ann, party_gallery, photos, selfie, session  # noqa: F401 - fixtures
from facepass.tests.access.test_matrix import answer
from facepass.tests.console.test_admin import client_for, member_of, new_world
from facepass.tests.console.test_admin_walk import addresses
from recognition.model_versions import current_model_version
from sessions_app.models import ConsentRecord, Guest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "fake_engine")]
# Of the API, what asks and changes nothing; everything else that is no GET has to write.
ONLY_ASKED = {
    "POST /api/v1/sessions/validate/",
    "POST /api/v1/faces/search-session/",
    "POST /api/v1/faces/search/",
    "POST /api/v1/verify/",
    "POST /api/v1/compare/",
    "POST /api/v1/liveness/challenges/",
    "POST /api/v1/liveness/",
    "POST /detect-faces/",
    "POST /recognize-face/",
    "POST /batch-recognize/",
    "POST /api/v2/recognize/batch/",
}
# Its job goes on already in the world of the matrix, and is not started twice.
UNDER_WAY = {"POST /regenerate-unknown-descriptors/"}
# What is written whoever asks, and told by nobody.
OF_REQUESTS = {"last_login", "last_used_at"}


WRITES = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables WHERE schemaname = 'public'"


def told_tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    there = set(connection.introspection.table_names())
    return sorted({m._meta.db_table for m in models if m._meta.managed and is_told(m._meta.label)} & there)


class Digests:
    """What each table holds, without what requests write of themselves.

    Reading a hundred tables takes longer than most calls. So a table is read again only where rows of it were written
    in this transaction since, and at the next two readings, because what was written may be rolled back.
    """

    def begin(self) -> None:
        """Forget what another transaction held."""
        self._tables = told_tables()
        self._digests: dict[str, str] = {}
        self._writes: dict[str, int] = {}
        self._written: list[set[str]] = [set(self._tables), set()]

    def read(self) -> dict[str, str]:
        with connection.cursor() as cursor:
            cursor.execute(WRITES)
            writes = dict(cursor.fetchall())
            written = {name for name in self._tables if writes[name] != self._writes.get(name, 0)}
            self._read(cursor, sorted(written.union(*self._written)))
        self._writes, self._written = writes, [written, self._written[0]]
        return dict(self._digests)

    def _read(self, cursor: Any, tables: list[str]) -> None:
        content = "coalesce(string_agg((to_jsonb(t) - %s::text[])::text, '' ORDER BY t::text), '')"
        digest = f"SELECT '{{0}}', md5({content}) FROM \"{{0}}\" t"
        if tables:
            cursor.execute(" UNION ALL ".join(map(digest.format, tables)), [sorted(OF_REQUESTS)] * len(tables))
            self._digests.update(cursor.fetchall())


DIGESTS = Digests()


@pytest.fixture(autouse=True)
def digests(db: None) -> None:
    DIGESTS.begin()


def new_entries(known: set[UUID]) -> list[AuditEntry]:
    return list(AuditEntry.objects.exclude(pk__in=known))


def known_entries() -> set[UUID]:
    return set(AuditEntry.objects.values_list("pk", flat=True))


def checked(call: Any, *, what: str, studio: Any = None) -> bool:
    """Call, and return whether there is an entry: one where something was changed, and never two.

    A form that is saved as it was may have one, and writes nothing else.
    """
    before, known = DIGESTS.read(), known_entries()
    call()
    is_changed, made = DIGESTS.read() != before, new_entries(known)
    assert len(made) == 1 or not (made or is_changed), f"{what}: changed {is_changed}, entries {made}"
    assert studio is None or not made or made[0].studio_id in (studio.pk, None), what
    return bool(made)


def test_every_operation_of_the_api_that_writes_has_an_entry_and_the_others_none(client_of):
    studio = StudioFactory()
    current_model_version()  # who asks first has it marked as in use
    its = access_matrix.world(studio)
    key, silent = client_of(studio, scopes=list(Scope.values)), []
    for row in access_matrix.ROWS:
        operation = f"{row.method} {row.path.partition('?')[0]}"
        with transaction.atomic():
            call = lambda row=row: answer(key, row, its, keep=True)  # noqa: E731
            if not checked(call, what=operation, studio=studio) and row.method != "GET" and row.own < 400:
                silent.append(operation)
            transaction.set_rollback(True)
    assert set(silent) == ONLY_ASKED | UNDER_WAY


def test_an_entry_says_who_did_what_where_and_when(client_of):
    studio = StudioFactory()
    its, key = access_matrix.world(studio), client_of(studio, scopes=list(STUDIO_SCOPES))
    AuditEntry.objects.all().delete()
    key.patch(
        f"/api/v1/people/{its['person']}/", {"real_name": "Maria"}, format="json",
        headers={"X-Request-ID": "call-7"}, REMOTE_ADDR="203.0.113.77",
    )  # fmt: skip
    entry = AuditEntry.objects.get()
    row = entry.rows.get()
    assert (entry.actor_kind, entry.studio_id, entry.action) == (ActorKind.KEY, studio.pk, "PATCH /api/v1/people/{}/")
    assert (entry.request_id, entry.address, entry.status) == ("call-7", "203.0.113.0/24", 200)
    assert (row.label, row.key, row.after) == ("galleries.Person", str(its["person"]), {"real_name": "Maria"})
    assert row.before.keys() == {"real_name"}


def posted(client: Any, path: str, form: Any) -> Any:
    return lambda: client.post(path, form)


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.OWNER, None])
def test_every_address_of_the_admin_that_writes_has_an_entry(role):
    """Each is sent what makes most of them write; None: a superuser."""
    world = new_world()
    client = member_of(world.studio, role) if role else client_for(UserFactory(is_superuser=True))
    wrote = []
    for path in sorted(set(addresses(world))):
        for form in ({"post": "yes", "confirmed": "yes", "name": "Maria", "key": "x"}, None):
            sent = form or {
                **read_form(b"".join(client.get(path, follow=True)).decode(errors="replace")),
                "_save": "Save",
            }
            with transaction.atomic():
                if checked(posted(client, path, sent), what=path, studio=world.studio):
                    wrote.append(path)
                transaction.set_rollback(True)
    assert len(set(wrote)) >= 20


def test_every_action_of_a_list_and_every_form_of_the_admin_has_an_entry():
    world = new_world()
    boss = client_for(UserFactory(is_superuser=True))
    silent = []
    for name, row in world.rows.items():
        model_admin = admin.site._registry[type(row)]
        path = reverse(f"admin:{name}_changelist")
        for action in [one for one in model_admin.actions or () if one != "restore_selected"]:
            form = {"action": action, "_selected_action": [str(row.pk)], "confirmed": "yes", "post": "yes"}
            with transaction.atomic():
                if not checked(posted(boss, path, form), what=f"{name} {action}"):
                    silent.append(f"{name} {action}")
                transaction.set_rollback(True)
    # One group alone has nothing to be merged with, and these rows are new, so nothing of theirs is to be undone.
    assert silent == ["galleries_facecluster merge"]


@pytest.mark.parametrize("name", ["facepass_studio", "galleries_person", "galleries_gallery", "facepass_user"])
def test_a_form_of_the_admin_tells_what_it_changed(name):
    world = new_world()
    row, boss = world.rows[name], client_for(UserFactory(is_superuser=True))
    field, value = {
        "facepass_studio": ("colour", "#123456"), "galleries_person": ("real_name", "Maria"),
        "galleries_gallery": ("title", "Evening"), "facepass_user": ("is_superuser", "on"),
    }[name]  # fmt: skip
    path = reverse(f"admin:{name}_change", args=[row.pk])
    form = {**read_form(boss.get(path).content.decode()), field: value}
    assert checked(posted(boss, path, form), what=path, studio=getattr(row, "studio", None))
    told = AuditEntry.objects.latest("happened_at").rows.get(key=str(row.pk))
    assert told.after == {field: "true" if value == "on" else value}
    assert told.before == {field: {"is_superuser": "false", "colour": ""}.get(field, getattr(row, field))}


def test_somebody_signs_in_and_out_at_the_admin_and_at_the_api(client):
    member = MembershipFactory(role=Role.OWNER)
    name = {"username": member.user.username, "password": PASSWORD}
    client.post("/admin/login/", name)
    client.post("/admin/logout/")
    tokens = APIClient().post("/api/v1/auth/token/", name).json()
    APIClient().post("/api/v1/auth/logout/", {"refresh": tokens["refresh"]})
    told = AuditEntry.objects.order_by("happened_at").values_list("action", "actor_id", "studio_id")
    who = (str(member.user_id), member.studio_id)
    assert list(told) == [(action, *who) for action in ("signed in", "signed out") * 2]


# --- guests


def test_what_guests_do_for_their_privacy_has_an_entry_and_nothing_else_they_do(client, ann, session, photos):  # noqa: F811
    last = lambda: AuditEntry.objects.latest("happened_at")  # noqa: E731
    agreed = checked(lambda: agree(client, session), what="consent", studio=session.studio)
    assert (agreed, last().action, last().actor_kind, last().studio_id) == (
        True, "guest-consent", ActorKind.GUEST, session.studio_id,
    )  # fmt: skip
    known = known_entries()
    client.post(f"/s/{session.code}/search/", {"selfie": selfie(["ann"])})
    ann.post(f"/s/{session.code}/photos/favourite/", {"photo": [str(photos[0].pk)]})
    assert new_entries(known) == []
    alert = {"address": "ann@example.org", "agreed": "on", "selfie": selfie(["ann"])}
    acts = [
        ("guest-alerts", "alerts/", alert), ("guest-alerts-stop", "alerts/stop/", {}),
        ("guest-withdraw", "withdraw/", {}),
    ]  # fmt: skip
    for name, part, form in acts:
        assert checked(posted(ann, f"/s/{session.code}/{part}", form), what=name, studio=session.studio), name
        assert (last().action, last().actor_kind) == (name, ActorKind.GUEST)


def test_a_guest_who_hides_and_is_forgotten_leaves_two_entries_and_no_id(ann, session):  # noqa: F811
    pk = str(ann.guest.pk)
    assert checked(posted(ann, f"/s/{session.code}/forget/", {"hide": ""}), what="hide", studio=session.studio)
    assert checked(posted(ann, f"/s/{session.code}/forget/", {"hidden": "on"}), what="forget", studio=session.studio)
    entry = AuditEntry.objects.latest("happened_at")
    assert (entry.action, "sessions_app.Guest" in entry.counts) == ("guest-forget", True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(e::text, '') || string_agg(r::text, '') FROM audit_entries e, audit_rows r")
        assert pk not in cursor.fetchone()[0]


def test_whoever_takes_along_what_is_kept_of_somebody_has_an_entry_that_names_whom(client_of, ann, session):  # noqa: F811
    person = PersonFactory(studio=session.studio)
    record = ConsentRecord.objects.create(
        studio=session.studio, session_id=session.pk, version="1", language="en", agreed_at=timezone.now()
    )
    Guest.objects.filter(pk=ann.guest.pk).update(consent_record=record)
    owner, key = member_of(session.studio), client_of(session.studio, scopes=list(Scope.values))
    asked = [
        (ann.post, f"/s/{session.code}/data/", ann.guest),
        (key.get, f"/api/v1/guests/{ann.guest.pk}/export/", ann.guest),
        (key.get, f"/api/v1/people/{person.pk}/export/", person),
        (owner.post, reverse("admin:galleries_person_data", args=[person.pk]), person),
        (owner.get, reverse("admin:sessions_app_consentrecord_data", args=[record.pk]), ann.guest),
    ]  # fmt: skip
    for ask, path, subject in asked:
        known = known_entries()
        assert ask(path).status_code == 200, path
        (entry,) = new_entries(known)
        row = entry.rows.get(key=str(subject.pk))
        assert (entry.studio_id, entry.counts, row.before, row.after) == (session.studio_id, {}, {}, {}), path


def test_every_act_of_guests_is_an_address_that_there_is():
    names = {name for name in sessions_app_names() if name}
    assert names >= GUEST_ACTS


def sessions_app_names() -> set[str | None]:
    from sessions_app.urls import urlpatterns

    return {pattern.name for pattern in urlpatterns}
