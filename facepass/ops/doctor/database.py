"""PostgreSQL: whether it answers, its extension, what the role may do, the schema, and connections enough."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from facepass.ops.checks import Pgvector, read_pgvector
from facepass.ops.doctor.finding import Finding, error, first_line, ok, warning

# Beside the pool of each web process: of each worker two, for its work and its watch; the courier, the supervisor and
# commands.
EACH_WORKER, OTHERS = 2, 5


def examine_database() -> Iterator[Finding]:
    """Look for the server, the extension, and the right to change the schema."""
    try:
        version, role, may_create = _row(
            "SELECT current_setting('server_version'), current_user, has_schema_privilege(current_schema(), 'CREATE')"
        )
    except DatabaseError as problem:
        yield error("database", f"does not answer: {first_line(problem)}")
        return
    yield ok("database", f"PostgreSQL {version}, {'embedded' if not settings.ENV.database_url else 'by DATABASE_URL'}")
    yield _judge_role(str(role), may_create=bool(may_create))
    yield from _judge_backups(str(role))
    yield _judge_extension(read_pgvector())


def _judge_role(role: str, *, may_create: bool) -> Finding:
    if may_create:
        return ok("role", f"{role} may change the schema")
    return error("role", f"{role} may not create tables: GRANT CREATE ON SCHEMA public TO {role};")


def _judge_backups(role: str) -> Iterator[Finding]:
    """Look whether back-ups can be read back here, where some are made."""
    if settings.ENV.backup_to and settings.ENV.backup_identity:
        (may_create,) = _row("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        if not may_create:
            yield error("back-ups", f"cannot be read back, and so never count: ALTER ROLE {role} CREATEDB;")


def _judge_extension(found: Pgvector) -> Finding:
    if found.problem:
        return error("extension", found.problem)
    if found.created:
        return ok("extension", f"pgvector {found.created}")
    return ok("extension", f"pgvector {found.available}, which the first migration creates")


def examine_schema() -> Iterator[Finding]:
    """Look for migrations that have not run here, and for those of a newer FacePass."""
    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        unknown = set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
    except DatabaseError:
        return  # the database's own line says so
    ours = {name for app, name in unknown if app in OURS}
    if ours:
        yield error("schema", f"a newer FacePass has migrated this database: {', '.join(sorted(ours))}")
    elif waiting:
        yield warning("schema", f"{waiting} migrations wait: manage.py migrate, or the next start")
    else:
        yield ok("schema", "all migrations have run")


OURS = ("facepass", "recognition", "galleries", "training", "sessions_app")


def examine_connections() -> Iterator[Finding]:
    """Compare what is free of the server's connections with what this host takes at the most."""
    # Each with one more, by which it sees whether the database answers.
    pools = (settings.ENV.database_pool_size + 1) * settings.WEB_PROCESSES
    needed = pools + EACH_WORKER * settings.WORKERS + OTHERS
    try:
        limit, used, ours = _row(
            "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,"
            " count(*), count(*) FILTER (WHERE usename = current_user AND datname = current_database())"
            " FROM pg_stat_activity WHERE backend_type = 'client backend'"
        )
    except DatabaseError:
        return
    text = f"{used} of {limit} in use, {ours} of them ours; this host takes up to {needed}"
    if limit - used + ours < needed:
        yield error("connections", f"{text}: raise max_connections, or lower WORKERS or DATABASE_POOL_SIZE")
    else:
        yield ok("connections", text)


def _row(statement: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return tuple(cursor.fetchone())
