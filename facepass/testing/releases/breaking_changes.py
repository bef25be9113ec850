"""What a migration must not do to a table that the last release uses: its code goes on while hosts are updated."""

import re
from collections.abc import Iterator
from typing import Any

from django.db import connection, migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# As PostgreSQL writes it. Whitespace may be a line's end.
SQL = re.compile(
    r"\b(DROP\s+COLUMN|DROP\s+TABLE|RENAME\s+(COLUMN|TO)|SET\s+NOT\s+NULL|ALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE)\b",
    re.IGNORECASE,
)


def find_breaks(migration: migrations.Migration, before: ProjectState, released: ProjectState) -> list[str]:
    """Return what breaks the last release's code, one line for each change.

    `before`: the models when the migration begins; `released`: those of the last release. A table that it did not have
    may be changed in any way.
    """
    state, found = before.clone(), []
    for operation in migration.operations:
        for part in _database_parts(operation):
            found += _judge(part, migration.app_label, state, released)
        operation.state_forwards(migration.app_label, state)
    return found


def _database_parts(operation: Operation) -> list[Operation]:
    """Return what changes the database: the models may lose a column one release before the table does."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        return [part for inner in operation.database_operations for part in _database_parts(inner)]
    return [operation]


def _judge(operation: Any, app: str, state: ProjectState, released: ProjectState) -> Iterator[str]:
    if isinstance(operation, migrations.RunSQL):
        yield from (f"{found[0]}: in two releases, and by operations of the models" for found in _find_sql(operation))
    model = _released_model(released, app, getattr(operation, "model_name", getattr(operation, "name", "")))
    if model is None:
        return
    name = f"{app}.{model.name}"
    if isinstance(operation, migrations.AddField):
        yield from _judge_new(operation.field, f"{name}.{operation.name}")
    elif isinstance(operation, migrations.AlterField) and operation.name in model.fields:
        former = state.models[app, model.name_lower].fields[operation.name]
        yield from _judge_altered(former, operation.field, f"{name}.{operation.name}")
    elif isinstance(operation, (migrations.RemoveField, migrations.RenameField)):
        column = operation.name if isinstance(operation, migrations.RemoveField) else operation.old_name
        if column in model.fields:
            yield f"{name}.{column} is dropped or renamed: the last release reads it"
    elif isinstance(operation, migrations.DeleteModel):
        yield f"{name} is dropped: the last release reads it"
    elif isinstance(operation, migrations.AlterModelTable):
        yield f"{name}: its table is renamed"


def _released_model(released: ProjectState, app: str, name: str) -> Any:
    return released.models.get((app, name.lower()))


def _judge_new(field: models.Field[Any, Any], name: str) -> Iterator[str]:
    if not isinstance(field, models.ManyToManyField) and not field.null and not field.has_db_default():
        yield f"{name} is NOT NULL without a db_default: the last release writes rows without it"


def _judge_altered(former: models.Field[Any, Any], field: models.Field[Any, Any], name: str) -> Iterator[str]:
    if former.null and not field.null:
        yield f"{name} becomes NOT NULL: the last release may write nothing there"
    if former.has_db_default() and not (field.has_db_default() or field.null):
        yield f"{name} loses its db_default: the last release writes rows without it"
    if _base_type(former) != _base_type(field):
        yield f"{name} becomes another type: {field.db_type(connection)}"


def _base_type(field: models.Field[Any, Any]) -> str:
    """Return the column's type without its length: text may become longer, and PostgreSQL refuses to cut it off."""
    if isinstance(field, models.ForeignKey):
        return ""  # that of the row it points to
    return (field.db_type(connection) or "").partition("(")[0]


def _find_sql(operation: migrations.RunSQL) -> Iterator[re.Match[str]]:
    texts = [operation.sql] if isinstance(operation.sql, str) else list(operation.sql)
    for text in texts:
        yield from SQL.finditer(text if isinstance(text, str) else text[0])
