"""The audit's chain: what is sealed is not changed unseen, and what is old is cut off so that the rest still holds."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from facepass.core.audit import chain, entries, shown_values, statements
from facepass.core.audit.acts import Act, Actor
from facepass.core.audit.watching import watch
from facepass.core.trash import entries as trash_entries
from facepass.core.trash import purge
from facepass.models import ActorKind, AuditedRow, AuditEntry, AuditHead, Studio
from facepass.testing.factories import FaceFactory, GalleryFactory, PersonFactory, StudioFactory
from galleries.models import Person, PhotoFace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path):
    settings.HOME = tmp_path


def act_of(studio=None, action="POST /test/"):
    who = Actor(ActorKind.USER, "1", studio.pk if studio else None)
    return Act(action=action, find_actor=lambda: who, request_id="r", address="192.0.2.0/24")


def perform(change, studio=None):
    """The act, with its entry where it made one."""
    act = act_of(studio)
    with watch(act):
        change()
    entries.finish(act, status=200)
    return act


def verify():
    out = StringIO()
    call_command("audit", "verify", stdout=out)
    return out.getvalue()


@pytest.fixture
def sealed():
    """Three sealed entries about three people, and the head written down."""
    people = [PersonFactory(real_name=f"Person {number}") for number in range(3)]
    for person in people:
        perform(lambda person=person: Person.objects.filter(pk=person.pk).update(real_name="Maria"))
    chain.seal_entries()
    chain.note_head()
    return people


def test_what_was_sealed_holds(sealed):
    assert verify() == "3 entries, the chain holds; 0 not sealed yet; 0 rows of which only digests are left\n"
    assert list(AuditEntry.objects.sealed().values_list("number", flat=True)) == [1, 2, 3]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda: AuditEntry.objects.filter(number=2).update(action="POST /other/"), "Entry 2 was changed"),
        (lambda: AuditEntry.objects.filter(number=2).update(actor_id="2"), "Entry 2 was changed"),
        (lambda: AuditedRow.objects.filter(entry__number=2).update(after={"real_name": "x"}), "entry 2 tells of a row"),
        (lambda: AuditedRow.objects.filter(entry__number=2).delete(), "Entry 2 was changed"),
        (lambda: AuditEntry.objects.filter(number=2).delete(), "Entry 2 is missing"),
        (lambda: AuditEntry.objects.filter(number=3).delete(), "Entries up to 3 were written down"),
        (lambda: AuditEntry.objects.all().delete(), "Entries up to 3 were written down"),
    ],
)
def test_what_was_changed_left_out_or_cut_off_is_named(sealed, change, told):
    change()
    with pytest.raises(CommandError, match=told):
        verify()


def test_a_chain_that_is_written_anew_as_a_whole_is_not_the_one_that_was_written_down(sealed):
    AuditEntry.objects.filter(number=2).update(action="POST /other/")
    AuditEntry.objects.update(number=None)
    chain.seal_entries()
    with pytest.raises(CommandError, match="Entry 3 is not the one that was written down"):
        verify()


def test_a_head_that_somebody_else_wrote_down_has_a_wrong_signature(sealed):
    line = json.loads(chain.list_path().read_text())
    chain.list_path().write_text(json.dumps({**line, "signature": "0" * 64}) + "\n")
    with pytest.raises(CommandError, match="wrong signature"):
        verify()


def test_what_is_older_than_its_days_is_cut_off_and_the_rest_still_holds(sealed, settings):
    old = timezone.now() - timedelta(days=settings.AUDIT_DAYS + 1)
    AuditEntry.objects.update(number=None)
    for pk in AuditEntry.objects.order_by("happened_at").values_list("pk", flat=True)[:2]:
        AuditEntry.objects.filter(pk=pk).update(happened_at=old)
    chain.list_path().unlink()
    chain.seal_entries()
    chain.note_head()
    assert (AuditHead.objects.get().number, AuditEntry.objects.get().number) == (2, 3)
    assert verify().startswith("1 entries, the chain holds")
    AuditHead.objects.update(digest="0" * 64)
    with pytest.raises(CommandError, match="number 2, has a wrong signature"):
        verify()


def test_a_person_who_is_erased_leaves_no_name_and_the_chain_holds(sealed, settings):
    person = sealed[0]
    face = FaceFactory(photo__gallery=GalleryFactory(studio=person.studio))
    perform(lambda: PhotoFace.objects.filter(pk=face.pk).update(person=person))
    chain.seal_entries()
    (entry,) = trash_entries.move_to_trash("person", [person], by=None)
    purge.purge(entry.pk)
    told = str(list(AuditedRow.objects.values_list("key", "before", "after", "salt")))
    assert "Person 0" not in told
    assert str(person.pk) not in told
    assert "Person 1" in told
    assert "2 rows of which only digests are left" in verify()


def test_an_act_whose_process_died_is_sealed_without_an_answer():
    AuditEntry.objects.create(
        action="POST /", actor_kind=ActorKind.USER, happened_at=timezone.now() - chain.GIVEN_UP - timedelta(minutes=1)
    )
    AuditEntry.objects.create(action="POST /", actor_kind=ActorKind.USER)  # it goes on
    chain.seal_entries()
    assert list(AuditEntry.objects.sealed().values_list("number", "status")) == [(1, 0)]


# --- acts


def roll_back(change):
    with transaction.atomic():
        change()
        transaction.set_rollback(True)


def test_a_change_that_is_rolled_back_has_no_entry_and_one_after_it_has():
    one = PersonFactory()
    rename = lambda: Person.objects.filter(pk=one.pk).update(real_name="Maria")  # noqa: E731
    perform(lambda: roll_back(rename))
    assert AuditEntry.objects.count() == 0
    perform(lambda: (roll_back(rename), rename()))
    assert AuditEntry.objects.get().counts == {"galleries.Person": 2}


def test_what_changes_nothing_has_no_entry():
    perform(lambda: Person.objects.filter(real_name="nobody").update(real_name="Maria"))
    perform(lambda: list(Person.objects.select_for_update()))
    assert AuditEntry.objects.count() == 0


def test_an_act_in_two_studios_tells_each_owner_of_their_own_rows():
    one, other = StudioFactory(), StudioFactory()
    people = [PersonFactory(studio=studio) for studio in (one, other)]
    perform(lambda: Person.objects.filter(pk__in=[p.pk for p in people]).update(is_vip=True))
    told = {entry.studio_id: entry for entry in AuditEntry.objects.all()}
    assert told.keys() == {one.pk, other.pk}
    for person in people:
        entry = told[person.studio_id]
        assert (entry.rows.get().key, entry.counts) == (str(person.pk), {"galleries.Person": 1})


def test_rows_that_are_made_changed_and_deleted_are_told_with_their_values():
    studio = StudioFactory(name="Before")

    def change():
        Studio.objects.filter(pk=studio.pk).update(name="After")
        made = PersonFactory(studio=studio, real_name="Maria", email="")
        made.delete()

    perform(change, studio)
    told = {row.label: (row.before, row.after) for row in AuditedRow.objects.all()}
    assert told["facepass.Studio"] == ({"name": "Before"}, {"name": "After"})
    assert told["galleries.Person"] == (None, None)  # it came and went in the same act


def test_thousands_of_rows_are_counted_and_the_first_ones_told():
    studio = StudioFactory()
    Person.objects.bulk_create(Person(studio=studio, real_name=f"{number}") for number in range(50))
    perform(lambda: Person.objects.filter(studio=studio).update(is_vip=True))
    entry = AuditEntry.objects.get()
    assert (entry.counts, entry.rows.count()) == ({"galleries.Person": 50}, 20)


def test_every_model_is_on_one_list_and_no_value_that_is_told_is_a_secret_or_a_face():
    ours = {"facepass", "recognition", "galleries", "training", "sessions_app"}
    models = [m for m in apps.get_models(include_auto_created=True) if m._meta.app_label in ours and m._meta.managed]
    lists = (shown_values.SHOWN.keys(), shown_values.COUNTED, shown_values.BOOKKEEPING)
    assert {m._meta.label: sum(m._meta.label in one for one in lists) for m in models} == {
        m._meta.label: 1 for m in models
    }, "say in facepass/core/audit/shown_values.py whether the audit tells of these"
    for label, fields in shown_values.SHOWN.items():
        types = {apps.get_model(label)._meta.get_field(name).get_internal_type() for name in fields}
        assert not types & {"HalfVectorField", "BinaryField", "FileField", "ImageField"}, label
        assert not set(fields) & {"secret", "previous_secret", "digest", "pin", "printed_pin", "password"} - (
            {"digest"} if label == "sessions_app.NoticeText" else set()
        ), label


@pytest.mark.parametrize(
    ("sql", "params", "selection"),
    [
        ('UPDATE "a" SET "x" = %s WHERE "a"."id" = %s', (1, 2), ("a", '"a"."id" = %s', (2,))),
        (
            'UPDATE "a" SET "x" = (SELECT U0."y" FROM "b" U0 WHERE U0."z" = %s) WHERE ("a"."id" IN (%s, %s))',
            (1, 2, 3),
            ("a", '("a"."id" IN (%s, %s))', (2, 3)),
        ),
        ('DELETE FROM "a" WHERE "a"."id" IN (%s)', (1,), ("a", '"a"."id" IN (%s)', (1,))),
        ('UPDATE "a" SET "x" = %s', (1,), None),
        ('INSERT INTO "a" ("x") VALUES (%s)', (1,), None),
        ("UPDATE a SET x = %(x)s WHERE id = 1", {"x": 1}, None),
    ],
)
def test_which_rows_a_statement_is_about_is_read_from_it(sql, params, selection):
    found = statements.find_selection(sql, params)
    assert (found and (found.table, found.condition, found.values)) == selection


def test_the_tables_that_a_statement_writes_to_are_read_from_it():
    trash = 'WITH gone AS (DELETE FROM "people" t RETURNING t.*) INSERT INTO trash_rows SELECT 1 FROM gone'
    assert statements.list_written(trash) == ["people", "trash_rows"]
    assert statements.list_written('SELECT 1 FROM "people" FOR UPDATE') == []
    assert "people" in statements.list_written("insert into people (a) values (1) on conflict do update set a = 2")
