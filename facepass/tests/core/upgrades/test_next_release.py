"""While hosts are updated one by one, the code of the last release runs on the schema of the next one."""

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

import facepass
from facepass.testing import releases
from facepass.testing.releases import breaking_changes, old_rows


@pytest.fixture(scope="module")
def loader():
    return MigrationLoader(None)


@pytest.fixture(scope="module")
def released(loader):
    return loader.project_state(list(releases.latest_release().items()))


def test_the_last_release_is_known_here():
    assert list(releases.RELEASES)[-1] == facepass.__version__


def later_migrations(loader):
    """Yield each migration that came after the release, with the models as they were before it."""
    known = {key for node in releases.latest_release().items() for key in loader.graph.forwards_plan(node)}
    state, done = ProjectState(real_apps=loader.unmigrated_apps), set()
    for leaf in loader.graph.leaf_nodes():
        for key in loader.graph.forwards_plan(leaf):
            if key in done:
                continue
            done.add(key)
            if key not in known and key[0] in releases.latest_release():
                yield loader.graph.nodes[key], state.clone()
            state = loader.graph.nodes[key].mutate_state(state, preserve=False)


def test_no_migration_breaks_the_last_release(loader, released):
    broken = {
        (migration.app_label, migration.name): breaks
        for migration, before in later_migrations(loader)
        if (breaks := breaking_changes.find_breaks(migration, before, released))
    }
    new = {key: breaks for key, breaks in broken.items() if key not in releases.BEFORE_THE_RULE}
    assert new == {}, "take two releases for it (docs/upgrade.md)"
    assert set(broken) == releases.BEFORE_THE_RULE


@pytest.mark.django_db
def test_the_last_release_writes_reads_changes_and_deletes_rows_of_all_its_tables(released):
    failed = old_rows.use_each_model(released.apps, set(releases.latest_release()))
    assert failed.keys() == releases.CANNOT.keys(), failed


# --- the rule itself


def changed(*operations, known=True):
    """Return what is said of operations on a table that the last release has, or has not."""
    before = ProjectState()
    creation = migrations.CreateModel(
        "Thing",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=10)),
            ("note", models.TextField(null=True)),
            ("place", models.TextField(db_default="")),
        ],
    )
    creation.state_forwards("app", before)
    migration = migrations.Migration("0002_x", "app")
    migration.operations = list(operations)
    return breaking_changes.find_breaks(migration, before, before if known else ProjectState())


def state_only(operation):
    return migrations.SeparateDatabaseAndState(state_operations=[operation])


def in_database(operation):
    return migrations.SeparateDatabaseAndState(database_operations=[operation])


ADD, ALTER = migrations.AddField, migrations.AlterField
BREAKING = [
    ADD("thing", "size", models.IntegerField(default=0)),
    ADD("thing", "owner", models.ForeignKey("app.Thing", models.CASCADE)),
    ALTER("thing", "note", models.TextField()),
    ALTER("thing", "note", models.TextField(default="")),
    ALTER("thing", "name", models.IntegerField()),
    ALTER("thing", "place", models.TextField(default="")),
    migrations.RemoveField("thing", "name"),
    migrations.RenameField("thing", "name", "title"),
    migrations.DeleteModel("Thing"),
    migrations.AlterModelTable("thing", "things"),
    migrations.RunSQL("ALTER TABLE app_thing DROP COLUMN name"),
    migrations.RunSQL(["SELECT 1", "ALTER TABLE app_thing\n ALTER COLUMN note SET NOT NULL"]),
    migrations.RunSQL([("ALTER TABLE app_thing RENAME COLUMN name TO title", [])]),
    migrations.RunSQL("ALTER TABLE app_thing ALTER COLUMN name TYPE bytea"),
    migrations.RunSQL("drop table app_thing"),
    in_database(migrations.RemoveField("thing", "name")),
]
HARMLESS = [
    ADD("thing", "size", models.IntegerField(default=0, db_default=0)),
    ADD("thing", "size", models.IntegerField(null=True)),
    ADD("thing", "friends", models.ManyToManyField("app.Thing")),
    ALTER("thing", "name", models.CharField(max_length=20)),
    ALTER("thing", "name", models.CharField(max_length=10, null=True)),
    ALTER("thing", "name", models.CharField(max_length=10, choices=[("a", "A")])),
    state_only(migrations.RemoveField("thing", "name")),
    migrations.AddIndex("thing", models.Index(fields=["name"], name="by_name")),
    migrations.RunSQL("UPDATE app_thing SET name = 'x'"),
]


def label(operation):
    return " ".join(str(part) for part in (type(operation).__name__, operation.describe()))


@pytest.mark.parametrize("operation", BREAKING, ids=label)
def test_what_breaks_it_is_refused(operation):
    assert len(changed(operation)) == 1


@pytest.mark.parametrize("operation", HARMLESS, ids=label)
def test_what_it_can_live_with_is_not(operation):
    assert changed(operation) == []


@pytest.mark.parametrize("operation", [one for one in BREAKING if not isinstance(one, migrations.RunSQL)], ids=label)
def test_a_table_that_it_does_not_know_may_change_in_any_way(operation):
    assert changed(operation, known=False) == []


def test_a_column_may_go_once_the_last_release_does_not_know_it():
    assert changed(ADD("thing", "new", models.TextField(null=True)), migrations.RemoveField("thing", "new")) == []
